"""What a reader thinks of after the hold was made: needed only until a day, cancelled by mistake, reached by telephone."""

from datetime import date, datetime

from django.db import transaction

from fumikura.circulation.models import Hold, HoldTitle, ShelfPlace
from fumikura.circulation.network_events import HoldReached, HoldRestored, HoldTermSet
from fumikura.circulation.rules.dates import shelf_until
from fumikura.circulation.services.binding import allot, hold_subject
from fumikura.circulation.services.holds import open_under_lock
from fumikura.circulation.services.scene import Scene, lock_patron
from fumikura.circulation.services.waiting_rules import hold_policy
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron


@transaction.atomic
def set_needed_by(*, hold: Hold, needed_by: date | None, by: Actor, at: datetime) -> Hold:
    """Needed through this day, or (None) whenever it comes. Refused: hold-closed, needed-by-passed."""
    by.require("circulation.suspend-hold")
    scene = Scene(by, at)
    row = open_under_lock(hold)
    if needed_by and needed_by < scene.on:
        raise Refused(Reason("needed-by-passed"))
    row.needed_by = needed_by
    row.save(update_fields=["needed_by"])
    day = needed_by.isoformat() if needed_by else ""
    scene.record(HoldTermSet(hold=row.pk, needed_by=day), hold_subject(row.pk), patron_key=_key(row))
    return row


@transaction.atomic
def wake_hold(*, hold: Hold, by: Actor, at: datetime) -> Hold:
    """End a suspension now: the reader is in the queue again, at the old place. Refused: hold-closed."""
    by.require("circulation.suspend-hold")
    scene = Scene(by, at)
    row = open_under_lock(hold)
    row.suspended_from = row.suspended_until = None
    row.save(update_fields=["suspended_from", "suspended_until"])
    scene.record(HoldTermSet(hold=row.pk, needed_by=""), hold_subject(row.pk), patron_key=_key(row))
    for record in row.titles.filter(done_at=None).values_list("record", flat=True):
        allot(record, scene)
    return row


@transaction.atomic
def undo_cancel_hold(*, hold: Hold, patron: Patron, by: Actor, at: datetime) -> Hold:
    """A hold cancelled by mistake waits again at its old place, for the reader whom only the door still knows.

    Refused("not-undoable") unless it was cancelled, or when the reader waits for the title anew.
    """
    by.require("circulation.place-hold")
    scene = Scene(by, at)
    reader = lock_patron(patron.pk)
    row = Hold.objects.select_for_update(of=("self",)).select_related("pickup").get(pk=hold.pk)
    if row.closed_as != "cancelled":
        raise Refused(Reason("not-undoable"))
    wanted = HoldTitle.objects.filter(hold=row, done_at=row.closed_at)
    records = list(wanted.values_list("record", flat=True))
    waits = HoldTitle.objects.filter(hold__patron=reader, hold__closed_at=None, record__in=records, done_at=None)
    if waits.exists():
        raise Refused(Reason("already-held-by-you"))
    wanted.update(done_at=None)
    Hold.objects.filter(pk=row.pk).update(closed_at=None, closed_as="", patron=reader)
    scene.record(HoldRestored(hold=row.pk), hold_subject(row.pk), patron_key=reader.key)
    for record in records:
        allot(record, scene)
    return Hold.objects.select_related("pickup", "patron").get(pk=row.pk)


@transaction.atomic
def note_reached(*, hold: Hold, by: Actor, at: datetime) -> date:
    """The reader was reached by telephone: the days to collect begin. Answers the last one. Refused: hold-closed."""
    by.require("circulation.check-in")
    scene = Scene(by, at)
    row = open_under_lock(hold)
    places = ShelfPlace.objects.open().filter(item__allotments__title__hold=row, item__allotments__ended_at=None)
    waiting = list(places.exclude(ready_on=None).filter(until=None).select_related("item"))
    if not waiting:
        raise Refused(Reason("hold-closed"))
    policy = hold_policy(row, waiting[0].item, scene)
    ready_on = waiting[0].ready_on or scene.on
    until = shelf_until(
        ready_on=ready_on,
        contact="telephone",
        terms=policy.shelf,
        calendar=scene.calendar_to_collect(row.pickup),
        reached_on=scene.on,
    )
    assert until is not None
    ShelfPlace.objects.filter(pk__in=[place.pk for place in waiting]).update(reached_on=scene.on, until=until)
    scene.record(HoldReached(hold=row.pk, until=until.isoformat()), hold_subject(row.pk), patron_key=_key(row))
    return until


def _key(hold: Hold) -> str:
    return hold.patron.key if hold.patron else ""
