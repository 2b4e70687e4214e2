"""ひとこと: what the counter is to be told when a card or an item is read."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from fumikura.circulation.events import CounterNoteRead, CounterNoteWritten
from fumikura.circulation.models import CounterNote
from fumikura.circulation.services.scene import Scene, item_subject
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.statements.reads import prepared

LONGEST = 200


@transaction.atomic
def write_note(
    *, text: str, by: Actor, at: datetime, patron: Patron | None = None, item: Item | None = None, stays: bool = False
) -> CounterNote:
    """A note about a reader or an item, for the counter only. `stays`: every time; else until one person has read it."""
    by.require("circulation.write-note")
    words = text.strip()[:LONGEST]
    if not words or (patron is None) == (item is None):
        raise Refused(Reason("note-empty"))
    note = CounterNote.objects.create(patron=patron, item=item, text=words, stays=stays, written_at=at)
    scene, event = Scene(by, at), CounterNoteWritten(note=note.pk)
    if patron:
        scene.record(event, f"circulation.note:{note.pk}", patron_key=patron.key)
    elif item:
        scene.record(event, item_subject(item))
    return note


@transaction.atomic
def acknowledge_note(*, note: CounterNote, by: Actor, at: datetime) -> None:
    """読みました: it is not shown again. A second time changes nothing."""
    by.require("circulation.check-out")
    if CounterNote.objects.open().filter(pk=note.pk).update(acknowledged_at=at):
        Scene(by, at).record(CounterNoteRead(note=note.pk), f"circulation.note:{note.pk}")


def notes_about(*, patron: int = 0, item: int = 0) -> list[CounterNote]:
    """Unread notes about a reader, about an item, or both: one statement, worded once, because each scan asks."""
    return list(_about(patron=patron, item=item))


@prepared
def _about(patron: int, item: int) -> "QuerySet[CounterNote]":
    return CounterNote.objects.open().filter(Q(patron=patron) | Q(item=item)).order_by("pk")
