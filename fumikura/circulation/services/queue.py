"""The queue for a title, and the copies that could serve it."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Allotment, Hold, HoldTitle, Loan, Route, ShelfPlace, Transit
from fumikura.circulation.rules.holding import FreeCopy, Waiting, is_awake, next_for_copy_in_hand, wants_a_copy
from fumikura.holdings.models import FrozenStock, Item, KeptAside, Missing
from fumikura.organisation.models import Facility
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


def next_waiting(record: int, *, on: date, besides: Iterable[int] = ()) -> HoldTitle | None:
    """The first hold for a title to which a copy from a shelf may be bound; `besides` are hold titles already tried."""
    tried = frozenset(besides)
    singles = _first_singles(record=record, on=on)
    if len(singles) == FIRST and tried.issuperset(one.pk for one in singles):
        singles = list(_singles(record, on).exclude(pk__in=tried)[:1])
    single = [title for title in singles if title.pk not in tried][:1]
    sets = [title for title in _sets_waiting(record=record, on=on) if title.pk not in tried]
    candidates = [*sets, *single]
    # A single hold without a copy has nothing beside it that one would have to look at.
    rows = [*waiting_rows(sets), *(_row(title, [title], {}) for title in single)]
    wanting = [waiting for waiting in rows if wants_a_copy(waiting, on)]
    if not wanting:
        return None
    first = min(wanting, key=lambda waiting: waiting.turn)
    return next(title for title in candidates if title.pk == first.title)


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


def unfilled(item: Item, on: date) -> int:
    """Readers awake who wait, or whose copy is still on a pick list, and whom this copy could serve."""
    titles = list(_open_titles(item, on))
    return sum(
        is_awake(waiting, on) and (waiting.copy == "pick-list" or wants_a_copy(waiting, on))
        for waiting in waiting_rows(titles)
    )


def anybody_waits(item: Item) -> bool:
    """Whether somebody has no copy yet, asleep or not, whom this copy could serve."""
    wanted = Q(item=item) if item.origin == "interlibrary" else Q(item=None) | Q(item=item)
    titles = HoldTitle.objects.filter(wanted, record=item.record_id, done_at=None, hold__closed_at=None)
    rows = waiting_rows(list(titles.filter(_unbound()).select_related("hold__pickup")))
    return any(row.kind != "any-of" or row.settled < row.want for row in rows)


def waiting_line(record: int, on: date) -> list[int]:
    """The holds that wait for a title, first to last."""
    titles = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None).select_related("hold__pickup")
    rows = [
        row for row in waiting_rows(list(titles)) if not row.copy and (row.kind != "any-of" or row.settled < row.want)
    ]
    return list(dict.fromkeys(row.hold for row in sorted(rows, key=lambda row: row.turn)))


def waiting_rows(titles: Sequence[HoldTitle]) -> list[Waiting]:
    """Hold titles as the rules see them: with their own copy and, in a set, what the others have."""
    holds = {title.hold_id for title in titles}
    everything = _titles_of(holds=listed(holds)) if holds else []
    copies = copies_of_titles([title.pk for title in everything])
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


def free_copies(record: int, on: date, *, only: Item | None = None) -> list[FreeCopy]:
    """Copies on shelves that may be lent and are bound to nobody; copies that a desk holds just now are passed over."""
    rows = _free_items(record=record, on=on)
    frozen = set(_frozen_facilities()) if rows else set()
    return [
        FreeCopy(item.pk, (item.stands_at or item.home).code, item.searched_in_vain)
        for item in rows
        if (item.stands_at or item.home).pk not in frozen and (only is None or item.pk == only.pk)
    ]


@prepared
def _free_items(record: int, on: date) -> "QuerySet[Item]":
    items = lendable(Item.objects.filter(record=record), on).filter(_on_shelf())
    items = items.exclude(Exists(Allotment.objects.open().filter(item=OuterRef("pk"))))
    rows = items.select_for_update(skip_locked=True, of=("self",)).select_related("home", "stands_at")
    return rows.only("searched_in_vain", "home__code", "stands_at__code").order_by("pk")


@prepared
def _frozen_facilities() -> "QuerySet[FrozenStock, int]":
    return FrozenStock.objects.filter(ended_at=None).values_list("facility_id", flat=True)


def records_to_allot(on: date) -> list[int]:
    """Titles for which somebody awake waits without a copy while a copy stands free on a shelf."""
    return _records_with_both(on=on)


@prepared
def _records_with_both(on: date) -> "QuerySet[Item, int]":
    waiting = _awake(HoldTitle.objects.filter(done_at=None, hold__closed_at=None), on).filter(_unbound())
    free = lendable(Item.objects.filter(record__in=waiting.values("record")), on).filter(_on_shelf())
    free = free.exclude(Exists(Allotment.objects.open().filter(item=OuterRef("pk"))))
    return free.order_by("record").values_list("record", flat=True).distinct()


def standing_at(record: int, facility: Facility, *, besides: Item) -> int:
    """Copies of a title that stand on the shelves of a facility."""
    here = Q(stands_at=facility) | Q(stands_at=None, home=facility)
    return Item.objects.filter(here, record=record, withdrawal=None).filter(_on_shelf()).exclude(pk=besides.pk).count()


def copies_that_could_serve(record: int, on: date, *, only: Item | None = None) -> list[str]:
    """What stands behind a hold: free, lent, unborn or gone, for each copy that may ever be lent."""
    rows = _prospects_of_copy(item=only.pk) if only else _prospects(record=record)
    return [
        "gone" if is_gone else "unborn" if starts and on < starts else "free" if is_free else "lent"
        for is_free, is_gone, starts in rows
    ]


def asked_prospects(record: BibliographicRecord) -> Asked:
    """What `copies_that_could_serve` reads of a title, for `read_ahead`."""
    return _prospects.asked(record=record.pk)


@prepared
def _prospects(record: int) -> "QuerySet[Item, tuple[bool, bool, date | None]]":
    items = Item.objects.filter(record=record, withdrawal=None, reference_only=False, in_house_only=False, origin="own")
    return _with_prospects(items)


@prepared
def _prospects_of_copy(item: int) -> "QuerySet[Item, tuple[bool, bool, date | None]]":
    return _with_prospects(Item.objects.filter(pk=item, withdrawal=None, in_house_only=False, reference_only=False))


def _with_prospects(items: "QuerySet[Item]") -> "QuerySet[Item, tuple[bool, bool, date | None]]":
    is_lost = Loan.objects.open().filter(item=OuterRef("pk")).exclude(lost_at=None)
    return items.annotate(
        is_free=Q(_on_shelf(), ~Exists(Allotment.objects.open().filter(item=OuterRef("pk")))),
        is_gone=Exists(Missing.objects.filter(item=OuterRef("pk"), found_at=None)) | Exists(is_lost),
    ).values_list("is_free", "is_gone", "lendable_from")


def copies_on_shelves(record: int, on: date) -> int:
    """Copies on shelves that may be lent, bound or not."""
    return lendable(Item.objects.filter(record=record), on).filter(_on_shelf()).count()


def lendable(items: "QuerySet[Item]", on: date) -> "QuerySet[Item]":
    """Copies of our own that may be lent home on that day."""
    return items.filter(
        Q(lendable_from=None) | Q(lendable_from__lte=on), withdrawal=None, reference_only=False, in_house_only=False,
        is_latest_issue=False, origin="own",
    )  # fmt: skip


def route() -> Route:
    """The van's ring; an empty one when the city has entered none."""
    return _routes.first() or Route()


@prepared
def _routes() -> "QuerySet[Route]":
    return Route.objects.order_by("pk")[:1]


def _on_shelf() -> Q:
    """For a query over items: neither lent, nor travelling, nor on a hold shelf, nor set aside, nor missing."""
    elsewhere = (
        Exists(Loan.objects.open().filter(item=OuterRef("pk"))),
        Exists(Transit.objects.open().filter(item=OuterRef("pk"))),
        Exists(ShelfPlace.objects.open().filter(item=OuterRef("pk"))),
        Exists(KeptAside.objects.filter(item=OuterRef("pk"), ended_at=None)),
        Exists(Missing.objects.filter(item=OuterRef("pk"), found_at=None)),
    )
    return Q(*(~condition for condition in elsewhere))


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
