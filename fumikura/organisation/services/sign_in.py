"""Signing in, for staff here and for patrons in their room: attempts, lock-out, passwords that take equally long.

An attempt must be kept when the sign-in is refused, so each of these is several short transactions.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import salted_hmac

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.attempts import TRIES, TRIES_FROM_ONE_ADDRESS, locked_until
from fumikura.organisation.events import SignInLocked, StaffSessionsEnded, StaffSignedIn
from fumikura.organisation.models import SignInAttempt, StaffSession, User
from fumikura.organisation.queries import find_user, may_work_at

KEPT = timedelta(days=1)


def sign_in_staff(*, username: str, password: str, address: str, at: datetime) -> User:
    """The user with this name and password, or Refused("sign-in-failed") / Refused("sign-in-locked", minutes=…).

    `address` is the network address the attempt came from.
    """
    user = find_user(username.strip())
    attempt(
        door="staff",
        name=username.strip().lower(),
        address=address,
        at=at,
        succeeds=lambda: checked(user, password),
    )
    if user is None:
        raise Refused(Reason.of("sign-in-failed"))
    if not may_work_at(user, at):
        since, until = f"{user.works_from:%-H:%M}", f"{user.works_until:%-H:%M}"
        raise Refused(Reason.of("outside-working-hours", since=since, until=until))
    by = Actor(ref=f"staff:{user.pk}", via="desk")
    with transaction.atomic():
        record(StaffSignedIn(user=user.pk), by=by, at=at, subject=f"organisation.user:{user.pk}")
    return user


@transaction.atomic
def note_staff_session(*, user: User, session: str, device: str, at: datetime) -> None:
    """Where the user is signed in now, for the list from which it can be ended."""
    StaffSession.objects.update_or_create(
        session=session, defaults={"user": user, "device": device[:80], "began_at": at}
    )


@transaction.atomic
def end_staff_sessions(*, user: User, besides: str, by: Actor, at: datetime) -> int:
    """Sign out everywhere but in the session `besides`. Answers how many were ended."""
    others = StaffSession.objects.filter(user=user).exclude(session=besides)
    count, _ = Session.objects.filter(session_key__in=others.values("session")).delete()
    others.delete()
    record(StaffSessionsEnded(count=count), by=by, at=at, subject=f"organisation.user:{user.pk}")
    return count


def checked(user: User | None, password: str) -> bool:
    """Whether it is the user's password. Takes as long when there is no such user."""
    if user is None:
        make_password(password)
        return False
    return user.check_password(password)


def attempt(*, door: str, name: str, at: datetime, succeeds: Callable[[], bool], address: str = "") -> None:
    """Let `succeeds` look at the password, unless too much has failed for this name or from this address.

    An attempt counts as a failure until it has succeeded, so that many at once do not slip through.
    """
    name_key = hashed(f"{door}:{name}")
    limits = {name_key: TRIES} | ({hashed(f"address:{address}"): TRIES_FROM_ONE_ADDRESS} if address else {})
    with transaction.atomic():
        SignInAttempt.objects.filter(tried_at__lt=at - KEPT).delete()
        for key, tries in limits.items():
            _refuse_if_locked(key, at, tries=tries)
        mine = SignInAttempt.objects.bulk_create([SignInAttempt(what=key, tried_at=at) for key in limits])
    if succeeds():
        SignInAttempt.objects.filter(what=name_key).delete()
        SignInAttempt.objects.filter(pk__in=[row.pk for row in mine]).delete()
        return
    _record_lock(door, name_key, at)
    raise Refused(Reason.of("sign-in-failed"))


def forget_failures(*, door: str, name: str) -> None:
    """What failed for this name counts no longer: somebody has seen who it is and given a new password."""
    SignInAttempt.objects.filter(what=hashed(f"{door}:{name}")).delete()


def hashed(what: str) -> str:
    """What is kept of a card number, user name or address: a keyed hash."""
    return salted_hmac("fumikura.organisation.sign_in", what, algorithm="sha256").hexdigest()


def _refuse_if_locked(key: str, at: datetime, *, tries: int) -> None:
    tried = list(SignInAttempt.objects.filter(what=key).values_list("tried_at", flat=True))
    until = locked_until(tried, at, tries=tries)
    if until is not None:
        minutes = -(-int((until - at).total_seconds()) // 60)
        raise Refused(Reason.of("sign-in-locked", minutes=max(1, minutes)))


def _record_lock(door: str, key: str, at: datetime) -> None:
    with transaction.atomic():
        if SignInAttempt.objects.filter(what=key).count() == TRIES:
            record(SignInLocked(door=door), by=Actor(ref="system", via=door), at=at)
