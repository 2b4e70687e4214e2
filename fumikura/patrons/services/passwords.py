"""Patrons' passwords: set at the desk, changed by themselves, checked with a lock-out."""

from datetime import datetime
from functools import cache

from django.contrib.auth import hashers
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.services.sign_in import attempt, forget_failures
from fumikura.patrons.events import OwnDataFetched, PasswordSet
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.queries import find_card, reader_of
from fumikura.patrons.rules import objections_to_password


@transaction.atomic
def set_password(*, patron: Patron, password: str, by: Actor, at: datetime) -> None:
    """Staff set a password for somebody who stands before them. Ends all sessions of this patron.

    Whom failures had shut out can come in with it at once.
    """
    by.require("patrons.set-password")
    _write(patron, password, by=by, at=at)
    for number in Card.objects.filter(patron=patron).values_list("number", flat=True):
        forget_failures(door="patron", name=number)
    forget_failures(door="change", name=patron.key)


def change_password(*, patron: Patron, old: str, new: str, by: Actor, at: datetime) -> None:
    """The patron changes it, showing the old one. Ends all sessions of this patron.

    Refused with password-wrong, sign-in-locked after five wrong ones in 15 minutes, or the objections to the new one.
    """
    by.require("patrons.change-own-password")
    prove_password(patron=patron, password=old, at=at)
    with transaction.atomic():
        _write(patron, new, by=by, at=at)


def prove_password(*, patron: Patron, password: str, at: datetime) -> None:
    """Before something that cannot be taken back. Refused with password-wrong, or sign-in-locked after five wrong ones."""
    try:
        attempt(door="change", name=patron.key, at=at, succeeds=lambda: _is_theirs(patron, password))
    except Refused as refused:
        if refused.reasons[0].kind != "sign-in-failed":
            raise
        raise Refused(Reason.of("password-wrong")) from None


@transaction.atomic
def note_own_copy(*, patron: Patron, by: Actor, at: datetime) -> None:
    """Write down that the patron fetched a copy of everything, so that they notice when it was somebody else."""
    by.require("patrons.change-own-password")
    record(OwnDataFetched(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)


@cache
def _often_used() -> CommonPasswordValidator:
    """Twenty thousand words, unpacked once a process: it takes as long as two good hashes of a password."""
    return CommonPasswordValidator()


def _write(patron: Patron, password: str, *, by: Actor, at: datetime) -> None:
    numbers = tuple(Card.objects.filter(patron=patron).values_list("number", flat=True))
    reasons = objections_to_password(password, card_numbers=numbers, born_on=patron.born_on)
    if not reasons:
        try:
            _often_used().validate(password)
        except ValidationError:
            reasons = (Reason.of("password-guessable"),)
    if reasons:
        raise Refused(*reasons)
    patron.password = hashers.make_password(password)
    patron.save(update_fields=["password"])
    record(PasswordSet(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)


def check_password(card: str, password: str, address: str, at: datetime) -> Patron:
    """The patron with this card (as typed or scanned) and password.

    Refused with sign-in-failed (never which of the two was wrong), sign-in-locked (minutes) after five failures in 15
    minutes for the card or from the network `address`, or card-stopped when both were right. Several short
    transactions: a failure is kept although the call is refused.
    """
    found = find_card(card)
    patron = reader_of(found) if found else None
    if patron and not patron.password:
        patron = None
    attempt(door="patron", name=clean(card), address=address, at=at, succeeds=lambda: _is_theirs(patron, password))
    if found is None or patron is None:
        raise Refused(Reason.of("sign-in-failed"))
    if found.stopped_at is not None:
        raise Refused(Reason.of("card-stopped"))
    return patron


def _is_theirs(patron: Patron | None, password: str) -> bool:
    """Whether it is the patron's password. Takes as long when there is no such patron, or none with a password."""
    if patron is None:
        hashers.make_password(password)
        return False
    return hashers.check_password(password, patron.password)
