"""Second factors of staff: adding, proving, removing; recovery codes; which roles must have one."""

import secrets
from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import passkeys, totp
from fumikura.organisation.events import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    RoleChanged,
    SecondFactorAdded,
    SecondFactorRemoved,
)
from fumikura.organisation.models import RecoveryCode, Role, SecondFactor, User
from fumikura.organisation.queries import digest_of, needs_second_factor
from fumikura.organisation.sealing import seal, unseal
from fumikura.organisation.services.sign_in import attempt

CODES = 10
PURPOSE = "second-factor"


def add_totp(*, user: User, secret: bytes, typed: str, name: str, by: Actor, at: datetime) -> SecondFactor:
    """An authenticator that has shown its first code. Refused("second-factor-wrong")."""
    step = totp.matching_step(secret, typed, at, after=0)
    if step is None:
        raise Refused(Reason.of("second-factor-wrong"))
    with transaction.atomic():
        row = SecondFactor.objects.create(
            user=user,
            kind="totp",
            name=name,
            secret=seal(totp.written(secret), purpose=PURPOSE),
            counter=step,
            added_at=at,
        )
        _tell(SecondFactorAdded(kind="totp"), user, by=by, at=at)
    return row


@transaction.atomic
def add_passkey(*, user: User, made: passkeys.Made, name: str, by: Actor, at: datetime) -> SecondFactor:
    """A passkey that the browser has made and passkeys.made has checked."""
    row = SecondFactor.objects.create(
        user=user,
        kind="passkey",
        name=name,
        secret=made.public_key,
        credential=made.credential,
        counter=made.counter,
        added_at=at,
    )
    _tell(SecondFactorAdded(kind="passkey"), user, by=by, at=at)
    return row


@transaction.atomic
def remove_factor(*, factor: SecondFactor, by: Actor, at: datetime) -> None:
    """Refused("last-factor") when the role needs one and this is the last."""
    others = SecondFactor.objects.filter(user=factor.user).exclude(pk=factor.pk)
    if not others.exists() and needs_second_factor(factor.user):
        raise Refused(Reason.of("last-factor"))
    factor.delete()
    _tell(SecondFactorRemoved(kind=factor.kind), factor.user, by=by, at=at)


def prove_code(*, user: User, typed: str, address: str, at: datetime) -> None:
    """A code of an authenticator, or a recovery code. Refused("second-factor-wrong") or sign-in-locked after five wrong ones.

    Several short transactions: a failure is kept although the call is refused.
    """
    letters = "".join(letter for letter in typed.lower() if letter.isalnum())
    try:
        attempt(door="factor", name=str(user.pk), address=address, at=at, succeeds=lambda: _is_good(user, letters, at))
    except Refused as refused:
        if refused.reasons[0].kind != "sign-in-failed":
            raise
        raise Refused(Reason.of("second-factor-wrong")) from None


@transaction.atomic
def _is_good(user: User, letters: str, at: datetime) -> bool:
    for factor in SecondFactor.objects.select_for_update().filter(user=user, kind="totp"):
        secret = totp.read(unseal(factor.secret, purpose=PURPOSE))
        step = totp.matching_step(secret, letters, at, after=factor.counter)
        if step is not None:
            SecondFactor.objects.filter(pk=factor.pk).update(counter=step, used_at=at)
            return True
    if RecoveryCode.objects.filter(user=user, digest=digest_of(letters), used_at=None).update(used_at=at):
        _tell(RecoveryCodeUsed(), user, by=Actor(ref=f"staff:{user.pk}", via="desk"), at=at)
        return True
    return False


def prove_passkey(*, answer: str, challenge: str, origin: str, at: datetime, user: User | None = None) -> User:
    """Whose passkey signed; with `user` it must be theirs. Refused("passkey-wrong")."""
    try:
        credential = passkeys.credential_in(answer)
        factor = SecondFactor.objects.select_related("user").filter(credential=credential, kind="passkey").first()
        if factor is None or not factor.user.is_active or (user is not None and factor.user_id != user.pk):
            raise passkeys.NotGood("unknown")
        counter = passkeys.counter_after(
            answer, challenge=challenge, origin=origin, public_key=factor.secret, counter=factor.counter
        )
    except passkeys.NotGood:
        raise Refused(Reason.of("passkey-wrong")) from None
    SecondFactor.objects.filter(pk=factor.pk).update(counter=counter, used_at=at)
    return factor.user


@transaction.atomic
def make_recovery_codes(*, user: User, by: Actor, at: datetime) -> list[str]:
    """Ten new codes, shown this once; the old ones are no longer good."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(CODES)]
    rows = [RecoveryCode(user=user, digest=digest_of(code.replace("-", ""))) for code in codes]
    RecoveryCode.objects.bulk_create(rows)
    _tell(RecoveryCodesMade(), user, by=by, at=at)
    return codes


@transaction.atomic
def require_factor(*, role: Role, required: bool, by: Actor, at: datetime) -> None:
    """Whoever has this role must sign in with a second factor from the next sign-in on, or need not any more."""
    by.require("organisation.grant-role")
    by.require("organisation.configure")
    if Role.objects.filter(pk=role.pk).exclude(needs_second_factor=required).update(needs_second_factor=required):
        record(
            RoleChanged(role=role.code, needs_second_factor=required),
            by=by,
            at=at,
            subject=f"organisation.role:{role.code}",
        )


@transaction.atomic
def forget_factors(*, user: User, by: Actor, at: datetime) -> None:
    """Somebody lost everything: a manager removes all factors, and a new one is set at the next sign-in."""
    by.require("organisation.grant-role")
    for factor in SecondFactor.objects.filter(user=user):
        _tell(SecondFactorRemoved(kind=factor.kind), user, by=by, at=at)
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def _tell(
    event: SecondFactorAdded | SecondFactorRemoved | RecoveryCodeUsed | RecoveryCodesMade,
    user: User,
    *,
    by: Actor,
    at: datetime,
) -> None:
    record(event, by=by, at=at, subject=f"organisation.user:{user.pk}")
