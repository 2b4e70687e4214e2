"""Patrons' passkeys: made by somebody who is signed in, and from then on enough without card and password."""

from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import passkeys
from fumikura.organisation.services.sign_in import attempt
from fumikura.patrons.events import PasskeyAdded, PasskeyRemoved
from fumikura.patrons.models import Passkey, Patron
from fumikura.patrons.queries import current_card


@transaction.atomic
def add_own_passkey(*, patron: Patron, made: passkeys.Made, name: str, by: Actor, at: datetime) -> Passkey:
    """A passkey that the browser has made and passkeys.made has checked."""
    by.require("patrons.change-own-password")
    row = Passkey.objects.create(
        patron=patron,
        name=name,
        credential=made.credential,
        public_key=made.public_key,
        counter=made.counter,
        added_at=at,
    )
    record(PasskeyAdded(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)
    return row


@transaction.atomic
def remove_own_passkey(*, passkey: Passkey, by: Actor, at: datetime) -> None:
    """The patron signs in with it no more."""
    by.require("patrons.change-own-password")
    patron = passkey.patron
    passkey.delete()
    record(PasskeyRemoved(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)


def check_passkey(*, answer: str, challenge: str, origin: str, address: str, at: datetime) -> Patron:
    """The patron whose passkey signed. Refused with passkey-wrong, sign-in-locked, or card-stopped as with a password."""
    row: Passkey | None = None
    counter = 0

    def succeeds() -> bool:
        nonlocal row, counter
        try:
            credential = passkeys.credential_in(answer)
            row = Passkey.objects.select_related("patron").filter(credential=credential).first()
            if row is None or row.patron.closed_at is not None:
                return False
            counter = passkeys.counter_after(
                answer, challenge=challenge, origin=origin, public_key=row.public_key, counter=row.counter
            )
        except passkeys.NotGood:
            return False
        return True

    try:
        attempt(door="passkey", name=address or "nowhere", address=address, at=at, succeeds=succeeds)
    except Refused as refused:
        if refused.reasons[0].kind != "sign-in-failed":
            raise
        raise Refused(Reason.of("passkey-wrong")) from None
    if row is None:
        raise Refused(Reason.of("passkey-wrong"))
    if current_card(row.patron) is None:
        raise Refused(Reason.of("card-stopped"))
    Passkey.objects.filter(pk=row.pk).update(counter=counter, used_at=at)
    return row.patron
