"""The queue for a title: who waits for it, and whose turn it is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from fumikura.circulation.models import Allotment, Hold, HoldTitle, Route, ShelfPlace, Transit
from fumikura.circulation.rules.holding import Waiting, next_for_copy_in_hand, wants_a_copy
from fumikura.circulation.services.copies import free
from fumikura.holdings.models import Item
from fumikura.statements.ahead import Asked
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

ONE = Hold.Kind.ONE


def next_reader(item: Item, *, here: str, on: date, only_at: str = "") -> HoldTitle | None:
    """Whose turn it is for this copy in hand at `here`; with `only_at`, only readers who collect there.

    The first single hold is found by the database; sets, which are few, are looked at one by one.
    """
    if not _anybody_waits_for(record=item.record_id):
        return None
    if item.origin == "interlibrary" or only_at:
        titles = _open_titles(item, on)
        if only_at:
            titles = titles.filter(hold__pickup__code=only_at)
        single = _in_turn(titles.filter(hold__kind=ONE).filter(_unbound() | _on_pick_list_for(here))).first()
        sets = list(titles.exclude(hold__kind=ONE))
    else:
        single = _single_for_copy.first(item=item.pk, record=item.record_id, here=here, on=on)
        sets = _sets_for_copy(item=item.pk, record=item.record_id, on=on)
    queue = waiting_rows([*sets, *([single] if single else [])])
    found = next_for_copy_in_hand(queue, on=on, here=here)
    return next((title for title in [*sets, single] if title and found and title.pk == found.title), None)


@prepared
def _anybody_waits_for(record: int) -> "QuerySet[HoldTitle, tuple[int]]":
    return HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None).values_list("pk")[:1]


@prepared
def _single_for_copy(item: int, record: int, here: str, on: date) -> "QuerySet[HoldTitle]":
    titles = _served_by(item, record, on).filter(hold__kind=ONE).filter(_unbound() | _on_pick_list_for(here))
    return _in_turn(titles)[:1]


@prepared
def _sets_for_copy(item: int, record: int, on: date) -> "QuerySet[HoldTitle]":
    return _served_by(item, record, on).exclude(hold__kind=ONE)


def _served_by(item: int, record: int, on: date) -> "QuerySet[HoldTitle]":
    """Open hold titles that a copy of our own could serve."""
    wanted = Q(item=None) | Q(item=item)
    titles = HoldTitle.objects.filter(wanted, record=record, done_at=None, hold__closed_at=None)
    return _awake(titles, on).select_related("hold__pickup", "hold__patron")


@dataclass
class Line:
    """Those who wait for a title, while its copies on shelves are given out one after the other."""

    record: int
    on: date
    ends_here: bool = False
    """Behind whom `next` answered last nobody waited."""

    def next(self, besides: Collection[int] = ()) -> HoldTitle | None:
        """The first to whom a copy from a shelf may be bound; `besides` are hold titles already tried."""
        singles = _first_singles(record=self.record, on=self.on)
        is_whole = len(singles) < FIRST
        if not is_whole and all(one.pk in besides for one in singles):
            singles = list(_singles(self.record, self.on).exclude(pk__in=besides)[:1])
        waiting = [title for title in singles if title.pk not in besides]
        sets = [title for title in _sets_waiting(record=self.record, on=self.on) if title.pk not in besides]
        self.ends_here = is_whole and len(waiting) + len(sets) <= 1
        candidates = [*sets, *waiting[:1]]
        # A single hold without a copy has nothing beside it that one would have to look at.
        rows = [*waiting_rows(sets), *(_row(title, [title], {}) for title in waiting[:1])]
        wanting = [row for row in rows if wants_a_copy(row, self.on)]
        if not wanting:
            return None
        first = min(wanting, key=lambda row: row.turn)
        return next(title for title in candidates if title.pk == first.title)

    def asked(self) -> tuple[Asked, ...]:
        """What `next` reads first, for `read_ahead`."""
        values = {"record": self.record, "on": self.on}
        return _first_singles.asked(**values), _sets_waiting.asked(**values)


FIRST = 20
"""So many at the head of a queue are read at once: binding one copy after the other passes over those already tried."""


def _singles(record: int, on: date) -> "QuerySet[HoldTitle]":
    titles = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None, hold__kind=ONE)
    return _in_turn(_awake(titles, on).filter(_unbound())).select_related("hold__pickup", "hold__patron")


@prepared
def _first_singles(record: int, on: date) -> "QuerySet[HoldTitle]":
    return _singles(record, on)[:FIRST]


@prepared
def _sets_waiting(record: int, on: date) -> "QuerySet[HoldTitle]":
    titles = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None).exclude(hold__kind=ONE)
    return _awake(titles, on).select_related("hold__pickup", "hold__patron")


def who_wants_a_copy(record: int, on: date) -> list[HoldTitle]:
    """Everybody to whom a copy from a shelf may be bound now, by turn; of their readers what the rules look at."""
    titles = _waiting_for(record=record, on=on)
    return [title for title, row in zip(titles, waiting_rows(titles), strict=True) if wants_a_copy(row, on)]


@prepared
def _waiting_for(record: int, on: date) -> "QuerySet[HoldTitle]":
    titles = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None)
    waiting = _in_turn(_awake(titles, on).filter(_unbound())).select_related("hold__pickup", "hold__patron")
    return waiting.only(
        *OF_WAITING, "hold__via", "hold__pickup__kind", "hold__patron__category", "hold__patron__residency",
        "hold__patron__services", "hold__patron__born_on",
    )  # fmt: skip


def unfilled(record: int, on: date) -> list[int | None]:
    """For each reader awake who waits for a title, or whose copy is still on a pick list: the copy that was asked for."""
    waiting = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None)
    titles = list(_awake(waiting, on).select_related("hold__pickup", "hold__patron"))
    rows = zip(titles, waiting_rows(titles), strict=True)
    return [title.item_id for title, row in rows if row.copy == "pick-list" or wants_a_copy(row, on)]


def anybody_waits(item: Item) -> bool:
    """Whether somebody has no copy yet, asleep or not, whom this copy could serve."""
    wanted = Q(item=item) if item.origin == "interlibrary" else Q(item=None) | Q(item=item)
    titles = HoldTitle.objects.filter(wanted, record=item.record_id, done_at=None, hold__closed_at=None)
    rows = waiting_rows(list(titles.filter(_unbound()).select_related("hold__pickup")))
    return any(row.kind != "any-of" or row.settled < row.want for row in rows)


def waiting_line(record: int) -> list[int]:
    """The holds that wait for a title, first to last."""
    return waiting_lines([record])[record]


def waiting_lines(records: Iterable[int]) -> dict[int, list[int]]:
    """The same of several titles: as many questions as for one."""
    lines: dict[int, list[int]] = {record: [] for record in records}
    titles = _titles_awaited(records=listed(lines))
    rows = sorted(zip(titles, waiting_rows(titles), strict=True), key=lambda pair: pair[1].turn)
    for title, row in rows:
        if not row.copy and (row.kind != "any-of" or row.settled < row.want):
            lines[title.record_id].append(row.hold)
    return {record: list(dict.fromkeys(line)) for record, line in lines.items()}


@prepared
def _titles_awaited(records: str) -> "QuerySet[HoldTitle]":
    """With what `waiting_rows` looks at, and nothing more: thousands may wait for one title."""
    titles = HoldTitle.objects.filter(Among("record", records), done_at=None, hold__closed_at=None)
    return titles.select_related("hold__pickup").only(*OF_WAITING)


OF_WAITING = (
    "hold", "record", "item", "place", "hold__accepted_at", "hold__entered_at", "hold__kind", "hold__want",
    "hold__suspended_from", "hold__suspended_until", "hold__needed_by", "hold__pickup__code",
)  # fmt: skip
"""Of a hold title."""


def waiting_rows(titles: Sequence[HoldTitle]) -> list[Waiting]:
    """Hold titles as the rules see them: with their own copy and, in a set, what the others have."""
    holds = {title.hold_id for title in titles}
    everything = _titles_of(holds=listed(holds)) if holds else []
    copies = copies_of_titles([title.pk for title in everything]) if everything else {}
    by_hold: dict[int, list[HoldTitle]] = {}
    for title in everything:
        by_hold.setdefault(title.hold_id, []).append(title)
    return [_row(title, by_hold[title.hold_id], copies) for title in titles]


@prepared
def _titles_of(holds: str) -> "QuerySet[HoldTitle]":
    return HoldTitle.objects.filter(Among("hold", holds)).order_by("place", "pk")


def _row(title: HoldTitle, siblings: Sequence[HoldTitle], copies: dict[int, str]) -> Waiting:
    hold = title.hold
    copy = copies.get(title.pk, "")
    before = [one for one in siblings if (one.place, one.pk) < (title.place, title.pk)]
    return Waiting(
        title=title.pk,
        hold=hold.pk,
        accepted_at=hold.accepted_at,
        entered_at=hold.entered_at,
        pickup=hold.pickup.code,
        kind=hold.kind,
        want=hold.want,
        suspended_from=hold.suspended_from,
        suspended_until=hold.suspended_until,
        needed_by=hold.needed_by,
        copy={"": "", "allotted": "pick-list", "collecting": "collecting"}.get(copy, "bound"),
        before_is_settled=all(one.done_at or copies.get(one.pk) == "ready" for one in before),
        settled=sum(bool(one.done_at or copies.get(one.pk)) for one in siblings),
    )


def copies_of_titles(titles: Iterable[int]) -> dict[int, str]:
    """For each hold title with a copy: allotted, travelling, collecting or ready."""
    rows = _copies(titles=listed(titles))
    return {
        title: _copy_state(travels, lies_at, ready_on, pickup) for title, travels, lies_at, ready_on, pickup in rows
    }


@prepared
def _copies(titles: str) -> "QuerySet[Allotment, tuple[int, bool, int | None, date | None, int]]":
    return (
        Allotment.objects.open()
        .filter(Among("title", titles))
        .annotate(
            travels=Exists(Transit.objects.open().filter(item=OuterRef("item"))),
            lies_at=ShelfPlace.objects.open().filter(item=OuterRef("item")).values("facility")[:1],
            ready_on=ShelfPlace.objects.open().filter(item=OuterRef("item")).values("ready_on")[:1],
        )
        .values_list("title", "travels", "lies_at", "ready_on", "title__hold__pickup")
    )


def _copy_state(travels: bool, lies_at: int | None, ready_on: date | None, pickup: int) -> str:
    if travels:
        return "travelling"
    if lies_at is None or lies_at != pickup:
        return "allotted"
    return "ready" if ready_on else "collecting"


def records_to_allot(on: date) -> list[int]:
    """Titles for which somebody awake waits without a copy while a copy stands free on a shelf."""
    return _records_with_both(on=on)


@prepared
def _records_with_both(on: date) -> "QuerySet[Item, int]":
    waiting = _awake(HoldTitle.objects.filter(done_at=None, hold__closed_at=None), on).filter(_unbound())
    copies = free(Item.objects.filter(record__in=waiting.values("record")), on)
    return copies.order_by("record").values_list("record", flat=True).distinct()


def route() -> Route:
    """The van's ring; an empty one when the city has entered none."""
    return _routes.first() or Route()


def asked_route() -> Asked:
    """What `route` reads."""
    return _routes.asked()


@prepared
def _routes() -> "QuerySet[Route]":
    return Route.objects.order_by("pk")[:1]


def _open_titles(item: Item, on: date) -> "QuerySet[HoldTitle]":
    """Open hold titles that this copy could serve. A copy from another library serves only those who asked for it."""
    wanted = Q(item=item.pk) if item.origin == "interlibrary" else Q(item=None) | Q(item=item.pk)
    titles = HoldTitle.objects.filter(wanted, record=item.record_id, done_at=None, hold__closed_at=None)
    return _awake(titles, on).select_related("hold__pickup", "hold__patron")


def _awake(titles: "QuerySet[HoldTitle]", on: date) -> "QuerySet[HoldTitle]":
    return titles.filter(
        Q(hold__suspended_until=None) | Q(hold__suspended_until__lt=on) | Q(hold__suspended_from__gt=on),
        Q(hold__needed_by=None) | Q(hold__needed_by__gte=on),
    )


def _unbound() -> Q:
    return Q(~Exists(Allotment.objects.open().filter(title=OuterRef("pk"))))


def _on_pick_list_for(here: str) -> Q:
    picked = Allotment.objects.open().filter(title=OuterRef("pk"), picked_at=None)
    return Q(Exists(picked), hold__pickup__code=here)


def _in_turn(titles: "QuerySet[HoldTitle]") -> "QuerySet[HoldTitle]":
    return titles.order_by(F("hold__accepted_at"), F("hold__entered_at"), F("hold"))
