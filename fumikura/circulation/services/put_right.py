"""What readers are to be told of, and whether it has been put right before they are."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, F, Q
from django.utils import timezone

from fumikura.circulation.events import (
    HoldCancelled,
    HoldExpired,
    HoldLapsed,
    HoldRequeued,
    HoldUnready,
    LoanDeclaredLost,
    ReturnUndone,
)
from fumikura.circulation.models import Allotment, Hold, Loan
from fumikura.circulation.network_events import NoCopyLeft
from fumikura.circulation.queries import lies_ready
from fumikura.circulation.services.without_hope import waiting_without_hope
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.journal.queries import entries_since
from fumikura.patrons.models import Patron

OF_ONE = (HoldCancelled.name, HoldExpired.name, HoldLapsed.name, HoldRequeued.name, HoldUnready.name)
OF_MANY = (LoanDeclaredLost.name, NoCopyLeft.name)


def put_right(readers: Mapping[int, date]) -> frozenset[int]:
    """Of these readers, each with a day, those for whom nothing that went wrong since that day is still so.

    A withdrawal was taken back, a copy was found, a hold that was cancelled waits again. Of whom the journal says nothing
    (any more), nothing is known to have been put right.
    """
    if not readers:
        return frozenset()
    keys = dict(Patron.objects.filter(pk__in=readers).values_list("key", "pk"))
    first = min(readers.values())
    now = _Now(readers)
    still_so: dict[int, list[bool]] = {reader: [] for reader in readers}
    for entry in entries_since(first, events=OF_ONE, patron_keys=list(keys)):
        reader = keys[entry.patron_key]
        if timezone.localdate(entry.happened_at) >= readers[reader]:
            still_so[reader] += _of_one(entry, now)
    for entry in entries_since(first, events=OF_MANY):
        for reader, hold in now.concerned(entry.particulars["holds_without_copy"]):
            if timezone.localdate(entry.happened_at) >= readers[reader]:
                still_so[reader].append(now.is_without_hope(hold, entry.particulars["item"]))
    return frozenset(reader for reader, causes in still_so.items() if causes and not any(causes))


def taken_back(readers: Mapping[int, date], *, event: str) -> frozenset[int]:
    """Of these readers, each with a day, those for whom every return that such events told of since then was taken back.

    ClaimResolved, LostItemCameBack: the loan is open again, and claimed or lost as before.
    """
    if not readers:
        return frozenset()
    keys = dict(Patron.objects.filter(pk__in=readers).values_list("key", "pk"))
    in_dispute = Loan.objects.open().filter(Q(claimed_at__isnull=False) | Q(lost_at__isnull=False), patron__in=readers)
    since = {pk: min(filter(None, moments)) for pk, *moments in in_dispute.values_list("pk", "claimed_at", "lost_at")}
    settled: Counter[int] = Counter()
    undone: Counter[int] = Counter()
    for entry in entries_since(min(readers.values()), events=(event, ReturnUndone.name), patron_keys=list(keys)):
        reader = keys[entry.patron_key]
        if timezone.localdate(entry.happened_at) < readers[reader]:
            continue
        if entry.event == event:
            settled[reader] += 1
        elif (loan := entry.particulars["loan"]) in since and since[loan] <= entry.happened_at:
            undone[reader] += 1
    return frozenset(reader for reader, times in settled.items() if undone[reader] >= times)


@dataclass(frozen=True)
class _Now:
    """How the open holds of some readers stand at this moment."""

    readers: Collection[int]

    @cached_property
    def open(self) -> dict[int, int]:
        """Hold to reader."""
        return dict(Hold.objects.open().filter(patron__in=self.readers).values_list("pk", "patron"))

    @cached_property
    def ready(self) -> set[int]:
        return set(Hold.objects.filter(lies_ready("pk"), pk__in=self.open).values_list("pk", flat=True))

    @cached_property
    def bound(self) -> set[tuple[int, int]]:
        """Holds with a title for which there is a copy."""
        rows = Allotment.objects.open().filter(title__hold__in=self.open)
        return set(rows.values_list("title__hold", "title__record"))

    @cached_property
    def content(self) -> set[int]:
        """Holds for any of several titles that have copies of as many as are wanted: which of them does not matter."""
        lent = Count("titles", filter=Q(titles__done_at__isnull=False), distinct=True)
        bound = Count(
            "titles", filter=Q(titles__allotments__ended_at=None, titles__allotments__isnull=False), distinct=True
        )
        rows = Hold.objects.filter(pk__in=self.open, kind=Hold.Kind.ANY_OF).annotate(has=lent + bound)
        return set(rows.filter(has__gte=F("want")).values_list("pk", flat=True))

    @cached_property
    def _hopeless(self) -> dict[int, tuple[int, ...]]:
        return {}

    def concerned(self, holds: Iterable[int]) -> list[tuple[int, int]]:
        """Readers with those of these holds that they still have."""
        return [(self.open[hold], hold) for hold in holds if hold in self.open]

    def is_without_hope(self, hold: int, item: int) -> bool:
        if item not in self._hopeless:
            self._hopeless[item] = waiting_without_hope(Item.objects.get(pk=item))
        return hold in self._hopeless[item]


def _of_one(entry: Entry, now: _Now) -> list[bool]:
    """Whether it is still so; empty for what nobody is told of."""
    facts, hold = entry.particulars, entry.particulars["hold"]
    match entry.event:
        case HoldExpired.name | HoldLapsed.name:
            return [True]
        case HoldCancelled.name if facts.get("why"):
            return [hold not in now.open]
        case HoldRequeued.name if facts.get("breaks_a_promise"):
            return [hold in now.open and (hold, facts["record"]) not in now.bound and hold not in now.content]
        case HoldUnready.name if facts.get("is_a_surprise"):
            return [hold in now.open and hold not in now.ready]
    return []
