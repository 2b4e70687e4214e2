"""Reading a stocktake: what should stand there, how far it is, what is to be done."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from fumikura.catalogue.ordering import as_read
from fumikura.circulation.queries import states_of
from fumikura.holdings.models import Item, Missing, Withdrawal
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.stocktake.models import Reading, ScanBatch, Search, Stocktake, WithdrawalProposal
from fumikura.stocktake.rules.order import Key, shelf_key
from fumikura.stocktake.rules.verdicts import STANDS_HERE, TO_DEAL_WITH

NEEDED = (
    "barcode", "agency", "home", "stands_at", "location", "call_number", "reference_only", "in_house_only",
    "last_seen_at", "last_seen_facility", "searched_in_vain",
)  # fmt: skip


def get_stocktake(pk: int) -> Stocktake:
    """Refused("stocktake-unknown")."""
    rows = Stocktake.objects.select_related("facility", "location")
    if found := rows.filter(pk=pk).first():
        return found
    raise Refused(Reason("stocktake-unknown"))


def stocktakes_at(facility: Facility, *, limit: int = 30) -> list[Stocktake]:
    """The open ones first, then the newest."""
    rows = Stocktake.objects.filter(facility=facility).select_related("facility", "location")
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "-opened_at")[:limit])


def items_in_scope(stocktake: Stocktake) -> list[Item]:
    """Everything that has its place there and was not withdrawn, wherever it is just now."""
    here = Q(stands_at=stocktake.facility_id) | Q(stands_at=None, home=stocktake.facility_id)
    rows = Item.objects.in_stock().filter(here).only(*NEEDED)
    if stocktake.location_id:
        rows = rows.filter(location=stocktake.location_id)
    sites = Facility.objects.only("code").in_bulk()
    for item in rows:
        item.home = sites[item.home_id]
    return [item for item in rows if in_range(stocktake, item.call_number)]


def in_range(stocktake: Stocktake, call_number: str) -> bool:
    """Bounds are counted, and a bound counts for all that begins with it: to 913.6 means to the last novel."""
    if not (stocktake.call_from or stocktake.call_to):
        return True
    key = shelf_key(call_number)
    if stocktake.call_from and key < shelf_key(stocktake.call_from):
        return False
    return not stocktake.call_to or key <= shelf_key(stocktake.call_to) or call_number.startswith(stocktake.call_to)


def readings_of(stocktake: Stocktake) -> QuerySet[Reading]:
    return Reading.objects.filter(batch__stocktake=stocktake, batch__undone_at=None)


def read_where_they_belong(stocktake: Stocktake) -> set[int]:
    return set(readings_of(stocktake).filter(verdict__in=STANDS_HERE).values_list("item", flat=True))


def unread(stocktake: Stocktake, at: datetime) -> list[Item]:
    """What should stand on the shelf by everything that is known, and was not read."""
    seen = read_where_they_belong(stocktake)
    candidates = [item for item in items_in_scope(stocktake) if item.pk not in seen]
    states = states_of(candidates, at)
    return [item for item in candidates if states[item.pk].kind == "on-shelf"]


@dataclass(frozen=True, kw_only=True)
class ShelfProgress:
    shelf: str
    read: int
    right: int
    to_deal_with: int
    out_of_order: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a stocktake is."""

    in_scope: int
    away: int
    """Lent, travelling, on a hold shelf: they are not expected on the shelf."""
    missing: int
    """Searched in vain: not expected either, and waiting for a decision."""
    read: int
    expected_unread: int
    verdicts: Mapping[str, int]
    out_of_order: int
    shelves: tuple[ShelfProgress, ...]

    @property
    def expected(self) -> int:
        return self.in_scope - self.away - self.missing

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.read / self.expected)) if self.expected else 100


def progress_of(stocktake: Stocktake, at: datetime) -> Progress:
    scope = items_in_scope(stocktake)
    seen = read_where_they_belong(stocktake)
    states = states_of([item for item in scope if item.pk not in seen], at)
    expected_unread = sum(1 for state in states.values() if state.kind == "on-shelf")
    missing = sum(1 for state in states.values() if state.kind == "missing")
    readings = readings_of(stocktake)
    read_here = sum(1 for item in scope if item.pk in seen)
    return Progress(
        in_scope=len(scope),
        away=len(states) - expected_unread - missing,
        missing=missing,
        read=read_here,
        expected_unread=expected_unread,
        verdicts=dict(readings.values_list("verdict").annotate(Count("pk"))),
        out_of_order=readings.filter(is_out_of_order=True, settled_at=None).count(),
        shelves=_by_shelf(readings),
    )


def _by_shelf(readings: QuerySet[Reading]) -> tuple[ShelfProgress, ...]:
    rows = readings.values("batch__shelf").annotate(
        read=Count("pk"),
        right=Count("pk", filter=Q(verdict__in=STANDS_HERE)),
        to_deal_with=Count("pk", filter=Q(verdict__in=TO_DEAL_WITH, settled_at=None)),
        moved=Count("pk", filter=Q(is_out_of_order=True, settled_at=None)),
    )
    return tuple(
        ShelfProgress(
            shelf=row["batch__shelf"],
            read=row["read"],
            right=row["right"],
            to_deal_with=row["to_deal_with"],
            out_of_order=row["moved"],
        )
        for row in sorted(rows, key=lambda row: as_read(row["batch__shelf"]))
    )


def findings_of(stocktake: Stocktake, *, limit: int = 500) -> list[Reading]:
    """Readings that somebody has to act upon, in the order of reading."""
    wanted = Q(verdict__in=TO_DEAL_WITH | {"unknown", "ghost"}) | Q(is_out_of_order=True)
    rows = readings_of(stocktake).filter(wanted, settled_at=None)
    rows = rows.select_related("batch", "item__record", "item__home", "item__location").defer("item__record__marc")
    return list(rows.order_by("batch", "place")[:limit])


def batches_of(stocktake: Stocktake, *, limit: int = 30) -> list[tuple[ScanBatch, int]]:
    """The newest batches with how many numbers each holds."""
    rows = ScanBatch.objects.filter(stocktake=stocktake).annotate(size=Count("readings")).order_by("-pk")[:limit]
    return [(batch, int(vars(batch)["size"])) for batch in rows]


def searches_of(stocktake: Stocktake) -> list[Search]:
    """What is still being searched, in the order of the walk along the shelves."""
    rows = Search.objects.open().filter(stocktake=stocktake)
    return sorted(_with_titles(rows), key=_walk)


def missing_of(stocktake: Stocktake) -> list[Search]:
    """Searched in vain; nobody has said yet what becomes of it, those first."""
    # What came back meanwhile, over any desk, is nobody's question any more.
    still = Exists(Missing.objects.filter(item=OuterRef("item"), found_at=None))
    rows = Search.objects.filter(Q(still) | ~Q(settled_as=""), stocktake=stocktake, ended_as="missing")
    return sorted(_with_titles(rows), key=lambda search: (bool(search.settled_as), _walk(search)))


def _with_titles(rows: QuerySet[Search]) -> list[Search]:
    return list(rows.select_related("item__record", "item__location").defer("item__record__marc"))


def _walk(search: Search) -> tuple[int, Key, str]:
    place = search.item.location
    return (place.walk_order if place else 0, shelf_key(search.item.call_number), search.item.barcode)


def open_proposals(facility: Facility | None = None) -> list[WithdrawalProposal]:
    """Waiting for approval, the oldest first; of one facility's items, or all."""
    rows = WithdrawalProposal.objects.open().select_related("item__record", "item__home").defer("item__record__marc")
    if facility:
        rows = rows.filter(item__home=facility)
    return list(rows.order_by("pk"))


def decided_proposals(*, limit: int = 50) -> list[WithdrawalProposal]:
    rows = WithdrawalProposal.objects.exclude(decided_at=None).select_related("item__record", "item__home", "day")
    return list(rows.defer("item__record__marc").order_by("-decided_at", "-pk")[:limit])


def to_give_away(day: int | None) -> list[WithdrawalProposal]:
    """Approved for citizens: of one recycling day, or (None) not yet given a day; in shelf order."""
    rows = WithdrawalProposal.objects.filter(decided_as="approved", way_out="recycling", day=day)
    found = list(rows.select_related("item__record", "item__home").defer("item__record__marc"))
    return sorted(found, key=lambda one: (shelf_key(one.item.call_number), one.item.barcode))


def withdrawals_counted(first: date, last: date) -> dict[tuple[str, str], int]:
    """(reason, first digit of the class or "") → how many left the stock in these days."""
    rows: Iterable[tuple[str, str]] = Withdrawal.objects.filter(
        withdrawn_at__date__gte=first, withdrawn_at__date__lte=last
    ).values_list("reason", "item__record__ndc")
    return dict(Counter((reason, ndc[:1] if ndc[:1].isdigit() else "") for reason, ndc in rows))
