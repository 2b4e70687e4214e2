"""Reading along the shelves while the library is open: sessions, batches, taking a batch back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from fumikura.holdings.models import ShelvingLocation
from fumikura.holdings.services.sightings import (
    SeenBefore,
    find_missing,
    miss_again,
    note_many_seen,
    put_sightings_back,
)
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.statements.writes import insert_many
from fumikura.stocktake.events import (
    CountingFinished,
    ScanBatchTaken,
    ScanBatchUndone,
    StocktakeClosed,
    StocktakeOpened,
)
from fumikura.stocktake.models import Reading, ScanBatch, Search, Stocktake
from fumikura.stocktake.queries import unread
from fumikura.stocktake.rules.verdicts import DOUBLE, FOUND, GHOST, UNKNOWN
from fumikura.stocktake.services.judging import Shelf, judge, silence_ghosts

MOST = 10_000
"""Numbers in one batch."""
ONE_LIST = timedelta(hours=12)
"""The same list within this time is a list sent twice; later somebody has walked along the shelf again."""
SOURCES = ("barcode", "rfid")
UNSEEN = frozenset({GHOST, DOUBLE, UNKNOWN})
"""Verdicts that tell nothing new of where an item is."""


@transaction.atomic
def open_stocktake(
    *,
    facility: Facility,
    by: Actor,
    at: datetime,
    location: ShelvingLocation | None = None,
    call_from: str = "",
    call_to: str = "",
) -> Stocktake:
    """Begin counting a site, one of its shelving locations, or a range of call numbers there.

    Refused: site-holds-no-stock, stocktake-open-already.
    """
    by.require("stocktake.close")
    if not facility.holds_stock:
        raise Refused(Reason.of("site-holds-no-stock", site=facility.code))
    bounds = {"location": location, "call_from": call_from.strip(), "call_to": call_to.strip()}
    if Stocktake.objects.open().filter(facility=facility, counted_at=None, **bounds).exists():
        raise Refused(Reason("stocktake-open-already"))
    made = Stocktake.objects.create(facility=facility, opened_at=at, **bounds)
    opened = StocktakeOpened(stocktake=made.pk, facility=facility.code, location=location.code if location else "")
    record(opened, by=by, at=at, subject=_subject(made))
    return made


@transaction.atomic
def take_batch(
    *,
    stocktake: Stocktake,
    numbers: Sequence[str],
    key: str,
    by: Actor,
    at: datetime,
    shelf: str = "",
    source: str = "barcode",
    read_at: datetime | None = None,
) -> ScanBatch:
    """Take numbers in the order in which they were read: at most MOST, from one shelf.

    The same `key` is taken once: sent again, the batch that was made is answered. So it is when the same list of the
    same shelf comes under another key and says nothing new. `source` is barcode or rfid. Refused: stocktake-over, batch-empty, batch-too-large.
    """
    by.require("stocktake.count")
    row = Stocktake.objects.select_for_update(of=("self",)).select_related("facility").get(pk=stocktake.pk)
    if before := ScanBatch.objects.filter(stocktake=row, key=key).first():
        return before
    if row.counted_at or row.closed_at:
        raise Refused(Reason("stocktake-over"))
    read = [number for number in (clean(number)[:80] for number in numbers) if number]
    if not read:
        raise Refused(Reason("batch-empty"))
    if len(read) > MOST:
        raise Refused(Reason.of("batch-too-large", most=MOST))
    if before := _same_list(row, read, shelf.strip()[:40], source, at):
        return before
    batch = ScanBatch.objects.create(
        stocktake=row,
        key=key,
        shelf=shelf.strip()[:40],
        source=source if source in SOURCES else SOURCES[0],
        read_at=min(read_at or at, at),
        taken_at=at,
    )
    readings = judge(read, Shelf(batch, row), at=at)
    _find_the_missing(readings, by=by, at=at)
    insert_many(readings)
    seen = {one.item_id for one in readings if one.item_id and one.verdict not in UNSEEN}
    note_many_seen(seen, facility=row.facility, at=batch.read_at)
    if batch.source == "rfid":
        silence_ghosts(batch, seen)
    Search.objects.open().filter(item__in=_in_hand(readings)).update(ended_at=at, ended_as="found")
    verdicts = dict(Counter(one.verdict for one in readings))
    taken = ScanBatchTaken(batch=batch.pk, stocktake=row.pk, verdicts=verdicts)
    record(taken, by=by, at=at, subject=_subject(row))
    return batch


def _same_list(row: Stocktake, read: Sequence[str], shelf: str, source: str, at: datetime) -> ScanBatch | None:
    """The batch of this day that holds these numbers in this order, when reading them again would say nothing new."""
    alike = ScanBatch.objects.counted().filter(stocktake=row, shelf=shelf, source=source, taken_at__gt=at - ONE_LIST)
    for batch in alike.annotate(size=Count("readings")).filter(size=len(read)).order_by("-pk"):
        before = Reading.objects.filter(batch=batch).order_by("place").values_list("number", "verdict", "settled_at")
        if all(number in {told, ""} and not settled for told, (number, _, settled) in zip(read, before, strict=True)):
            again = judge(read, Shelf(batch, row), at=at)
            if all(_says_the_same(one, *known) for one, known in zip(again, before, strict=True)):
                return batch
    return None


def _says_the_same(again: Reading, number: str, verdict: str, _settled: datetime | None) -> bool:
    """A card is kept without its number; what was read where it belongs would be a double."""
    return again.number == number and again.verdict in {verdict, DOUBLE}


def _find_the_missing(readings: Sequence[Reading], *, by: Actor, at: datetime) -> None:
    for one in readings:
        if one.verdict == FOUND and one.item:
            one.ended_missing = find_missing(one.item, by=by, at=at)


def _in_hand(readings: Sequence[Reading]) -> list[int]:
    return [one.item_id for one in readings if one.item_id and one.verdict == FOUND]


@transaction.atomic
def undo_batch(*, batch: ScanBatch, by: Actor, at: datetime) -> None:
    """As if it had not been read: sightings are put back, what it found is missing again.

    Refused: stocktake-over, not-undoable (a second time, or when something of it was dealt with).
    """
    by.require("stocktake.count")
    row = Stocktake.objects.select_for_update(of=("self",)).get(pk=batch.stocktake_id)
    if row.counted_at or row.closed_at:
        raise Refused(Reason("stocktake-over"))
    here = ScanBatch.objects.counted().filter(pk=batch.pk)
    if Reading.objects.filter(batch=batch, settled_at__isnull=False).exists() or not here.update(undone_at=at):
        raise Refused(Reason("not-undoable"))
    readings = list(Reading.objects.filter(batch=batch).select_related("ended_missing__item", "ended_missing__last_at"))
    before = [
        SeenBefore(
            item=one.item_id,
            seen_at=one.seen_before_at,
            facility=one.seen_before_facility_id,
            searched_in_vain=one.searched_before,
        )
        for one in readings
        if one.item_id and one.verdict not in UNSEEN
    ]
    put_sightings_back(before, noted_at=batch.read_at)
    for one in readings:
        if one.ended_missing:
            miss_again(one.ended_missing, by=by, at=at)
    record(ScanBatchUndone(batch=batch.pk, stocktake=row.pk), by=by, at=at, subject=_subject(row))


@transaction.atomic
def finish_counting(*, stocktake: Stocktake, by: Actor, at: datetime) -> int:
    """Reading is over: what should stand there and was not read goes on the search list. Answers how many."""
    by.require("stocktake.close")
    row = Stocktake.objects.select_for_update(of=("self",)).select_related("facility").get(pk=stocktake.pk)
    if row.counted_at or row.closed_at:
        raise Refused(Reason("stocktake-over"))
    lost = unread(row, at)
    insert_many([Search(stocktake=row, item=item) for item in lost])
    row.counted_at = at
    row.save(update_fields=["counted_at"])
    record(CountingFinished(stocktake=row.pk, searched=len(lost)), by=by, at=at, subject=_subject(row))
    return len(lost)


@transaction.atomic
def close_stocktake(*, stocktake: Stocktake, by: Actor, at: datetime) -> None:
    """It is over; what is still being searched is left as it is. A second time changes nothing."""
    by.require("stocktake.close")
    if Stocktake.objects.open().filter(pk=stocktake.pk).update(closed_at=at):
        record(StocktakeClosed(stocktake=stocktake.pk), by=by, at=at, subject=_subject(stocktake))


def _subject(stocktake: Stocktake) -> str:
    return f"stocktake.stocktake:{stocktake.pk}"
