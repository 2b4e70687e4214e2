"""返したら消える, against who reads the journal in order: a reader's card that was opened, and the next line is a loan.

Blanking the key of a loan's entries does not hide that 花子's card was opened three seconds before a book was lent at the same
desk. So what still carries a reader's key changes places in the second night after its day: with the day left of its moment, and
with others of the same day in between. Nothing is lost but the hour; each reader's own entries stay in their order.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fumikura.journal.models import Bookmark, Entry, SetAside
from fumikura.journal.subscriptions import subscriptions

MOVED = ("event", "subject", "happened_at", "facility", "actor", "via", "patron_key", "particulars")
"""What changes its place. Number, transaction and the moment of writing stay where they are, and so say nothing."""
AT_ONCE = 500


def mix(*, since: datetime, before: datetime, kept: Collection[str], besides: Callable[[], Collection[int]]) -> int:
    """Let the keyed entries of each whole day change places, a day in one transaction. Answers how many had not done so yet.

    `before` is rounded down to a midnight. Left alone: subjects that begin with one of `kept` (their key is blanked with what
    they are about), the entries that `besides` numbers when it is asked behind the lock on the day, and what some reader of the
    journal has not read yet or has set aside.
    """
    rows = _movable(kept).filter(happened_at__gte=_midnight(timezone.localdate(since)))
    moments = rows.filter(happened_at__lt=_midnight(timezone.localdate(before))).values_list("happened_at", flat=True)
    days = {timezone.localdate(moment) for moment in moments.distinct() if not is_day_only(moment)}
    return sum(_mix_one_day(day, kept, besides) for day in sorted(days))


def is_day_only(moment: datetime) -> bool:
    """Whether only the day is left of the moment of an entry."""
    return timezone.localtime(moment).time() == time.min


def _movable(kept: Collection[str]) -> QuerySet[Entry]:
    rows = Entry.objects.exclude(patron_key="").exclude(pk__in=SetAside.objects.values("entry"))
    for beginning in kept:
        rows = rows.exclude(subject__startswith=beginning)
    # A reader that there is no more would keep everything where it is for ever.
    for mark in Bookmark.objects.filter(reader__in=[one.reader for one in subscriptions()]):
        rows = rows.filter(Q(transaction__lt=mark.transaction) | Q(transaction=mark.transaction, pk__lte=mark.entry))
    return rows


@transaction.atomic
def _mix_one_day(day: date, kept: Collection[str], besides: Callable[[], Collection[int]]) -> int:
    rows = _movable(kept).filter(happened_at__gte=_midnight(day), happened_at__lt=_midnight(day + timedelta(days=1)))
    # Who is forgotten or joined with another record at this moment waits for the lock, and looks again where the keys are.
    locked = list(rows.select_for_update().order_by("transaction", "pk"))
    staying = set(besides())
    entries = [entry for entry in locked if entry.pk not in staying]
    fresh = sum(not is_day_only(entry.happened_at) for entry in entries)
    if fresh:
        _change_places(entries, _midnight(day))
    return fresh


def _change_places(entries: list[Entry], midnight: datetime) -> None:
    whose = [entry.patron_key for entry in entries]
    SystemRandom().shuffle(whose)
    told: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for entry in entries:
        entry.happened_at = midnight
        told[entry.patron_key].append(tuple(getattr(entry, name) for name in MOVED))
    for entry, key in zip(entries, whose, strict=True):
        _put(entry, told[key].pop(0))
        entry.request_key = ""
    Entry.objects.bulk_update(entries, [*MOVED, "request_key"], batch_size=AT_ONCE)


def _put(entry: Entry, values: Iterable[object]) -> None:
    for name, value in zip(MOVED, values, strict=True):
        setattr(entry, name, value)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
