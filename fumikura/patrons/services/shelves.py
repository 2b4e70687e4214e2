"""マイ本棚: opened by the patron, filled at each return, read with the pass phrase, erased at one word."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fumikura.journal.events import Event
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.services.sign_in import attempt
from fumikura.patrons.events import ShelfErased, ShelfOpened
from fumikura.patrons.models import Patron, Shelf
from fumikura.patrons.sealing import SHORTEST_PHRASE, new_keys, seal, unlock, unseal


@transaction.atomic
def open_shelf(*, patron: Patron, phrase: str, by: Actor, at: datetime) -> Shelf:
    """Begin to keep what comes back. Refused("pass-phrase-too-short"); an open shelf stays as it is."""
    by.require("patrons.change-own")
    if len(phrase) < SHORTEST_PHRASE:
        raise Refused(Reason.of("pass-phrase-too-short", limit=SHORTEST_PHRASE))
    locked = Patron.objects.select_for_update().get(pk=patron.pk)
    if shelf := Shelf.objects.filter(patron=locked).first():
        return shelf
    public, private, salt = new_keys(phrase)
    shelf = Shelf.objects.create(
        patron=locked, public_key=public, locked_key=private, salt=salt, opened_on=timezone.localdate(at)
    )
    Patron.objects.filter(pk=patron.pk).update(keeps_shelf=True)
    _record(ShelfOpened(), patron, by=by, at=at)
    return shelf


def shelf_of(patron: Patron) -> Shelf | None:
    return Shelf.objects.filter(patron=patron).first()


def keep_on_shelf(*, patron_id: int, sheet: Mapping[str, str]) -> None:
    """Seal what was returned into its reader's shelf, if there still is one. In the transaction of the return."""
    shelf = Shelf.objects.select_for_update().filter(patron=patron_id).first()
    if shelf is not None:
        shelf.sealed = [*shelf.sealed, seal(shelf.public_key, sheet)]
        shelf.save(update_fields=["sealed"])


def read_shelf(*, patron: Patron, phrase: str, at: datetime) -> list[dict[str, str]]:
    """The sheets, the latest first. Refused("pass-phrase-wrong"), or sign-in-locked after five wrong ones."""
    shelf = Shelf.objects.filter(patron=patron).first()
    if shelf is None:
        return []
    found: list[bytes] = []

    def opens() -> bool:
        key = unlock(phrase, locked_key=shelf.locked_key, salt=shelf.salt)
        found.extend([key] if key else [])
        return key is not None

    try:
        attempt(door="shelf", name=patron.key, at=at, succeeds=opens)
    except Refused as refused:
        if refused.reasons[0].kind != "sign-in-failed":
            raise
        raise Refused(Reason.of("pass-phrase-wrong")) from None
    return [unseal(found[0], sheet) for sheet in reversed(shelf.sealed)]


@transaction.atomic
def erase_shelf(*, patron: Patron, by: Actor, at: datetime) -> None:
    """Destroy the sheets and the keys; without the keys an old backup opens to nobody."""
    by.require("patrons.change-own")
    Patron.objects.filter(pk=patron.pk).update(keeps_shelf=False)
    gone, _rows = Shelf.objects.filter(patron=patron).delete()
    if gone:
        _record(ShelfErased(), patron, by=by, at=at)


def _record(event: Event, patron: Patron, *, by: Actor, at: datetime) -> None:
    record(event, by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)
