"""返したら消える, against who reads the journal in order: a reader's card that was opened, and the next line is a loan.

Blanking the key of a loan's entries does not hide that 花子's card was opened three seconds before a book was lent at the same
desk. So what still carries a reader's key changes places in the night after its day: with the day left of its moment, and
with others of the same day in between. Nothing is lost but the hour; each reader's own entries stay in their order.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from random import SystemRandom

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fumikura.journal.models import Bookmark, Entry

MOVED = ("event", "subject", "happened_at", "facility", "actor", "via", "patron_key", "particulars")
"""What changes its place. Number, transaction and the moment of writing stay where they are, and so say nothing."""
AT_ONCE = 500
GLASS = "glass"
"""The door of 緊急の権限: whoever took more rights than usual answers for each minute of it."""


@transaction.atomic
def mix(*, since: datetime, before: datetime, kept: Collection[str], besides: Collection[int] = ()) -> int:
    """Let the keyed entries of each whole day change places. Answers how many had not done so yet.

    `before` is rounded down to a midnight. Left alone: subjects that begin with one of `kept` (their key is blanked with what
    they are about), what was done under 緊急の権限, the entries numbered `besides`, and what some reader of the journal has not read yet.
    """
    until = _midnight(timezone.localdate(before))
    rows = Entry.objects.exclude(patron_key="").exclude(via=GLASS)
    rows = rows.filter(happened_at__gte=_midnight(timezone.localdate(since)))
    for beginning in kept:
        rows = rows.exclude(subject__startswith=beginning)
    for mark in Bookmark.objects.all():
        rows = rows.filter(Q(transaction__lt=mark.transaction) | Q(transaction=mark.transaction, pk__lte=mark.entry))
    days: dict[date, list[Entry]] = defaultdict(list)
    for entry in rows.filter(happened_at__lt=until).order_by("transaction", "pk"):
        if entry.pk not in besides:
            days[timezone.localdate(entry.happened_at)].append(entry)
    return sum(_mix_one_day(day, entries) for day, entries in days.items())


def is_day_only(moment: datetime) -> bool:
    """Whether only the day is left of the moment of an entry."""
    return timezone.localtime(moment).time().isoformat() == "00:00:00"


def _mix_one_day(day: date, entries: list[Entry]) -> int:
    fresh = sum(not is_day_only(entry.happened_at) for entry in entries)
    if not fresh:
        return 0
    whose = [entry.patron_key for entry in entries]
    SystemRandom().shuffle(whose)
    told: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for entry in entries:
        entry.happened_at = _midnight(day)
        told[entry.patron_key].append(tuple(getattr(entry, name) for name in MOVED))
    for entry, key in zip(entries, whose, strict=True):
        _put(entry, told[key].pop(0))
        entry.request_key = ""
    Entry.objects.bulk_update(entries, [*MOVED, "request_key"], batch_size=AT_ONCE)
    return fresh


def _put(entry: Entry, values: Iterable[object]) -> None:
    for name, value in zip(MOVED, values, strict=True):
        setattr(entry, name, value)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
