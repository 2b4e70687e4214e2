"""What must hold in a network after any verb: the open rows are read as they stand, in few statements, and looked at."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from fumikura.circulation.events import HoldAllotted, HoldReady, HoldRequeued
from fumikura.circulation.models import Allotment, HoldTitle, Loan, LockerStay, ShelfPlace, Transit
from fumikura.holdings.models import FrozenStock, Item, KeptAside, Missing, Withdrawal
from fumikura.journal.models import Entry
from fumikura.statements.reads import prepared


@dataclass(frozen=True, slots=True)
class Wish:
    """An open hold title."""

    title: int
    hold: int
    record: int
    only: int | None
    place: int
    done_at: datetime | None
    kind: str
    accepted_at: datetime
    entered_at: datetime
    suspended_from: date | None
    suspended_until: date | None
    needed_by: date | None

    @property
    def turn(self) -> tuple[datetime, datetime, int]:
        return self.accepted_at, self.entered_at, self.hold

    def is_awake(self, on: date) -> bool:
        begun = self.suspended_from is None or self.suspended_from <= on
        sleeps = begun and self.suspended_until is not None and on <= self.suspended_until
        return not sleeps and (self.needed_by is None or on <= self.needed_by)


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that is open, at one moment. By item, but wishes by hold title."""

    loans: Mapping[int, tuple[int, int, bool, str]]
    """Loan, reader, whether a machine has received it, kind."""
    lent_at: Mapping[int, str]
    """The place of each open loan."""
    transits: Mapping[int, str]
    """Where to."""
    places: Mapping[int, bool]
    """On a hold shelf: whether announced."""
    aside: frozenset[int]
    missing: frozenset[int]
    withdrawn: frozenset[int]
    wishes: Mapping[int, Wish]
    promised: Mapping[int, int]
    """Hold title to item."""
    records: Mapping[int, int]
    """The record of each item."""
    resting: frozenset[int]
    """Items that stand where nobody can get at the stock."""
    idle_doors: frozenset[int]
    """Stays in a locker without anything that lies behind their door."""

    def is_on_shelf(self, item: int) -> bool:
        elsewhere = (self.loans, self.transits, self.places, self.aside, self.missing, self.withdrawn)
        return not any(item in somewhere for somewhere in elsewhere)


@prepared
def _loans() -> "QuerySet[Loan, tuple[int, int, int, datetime | None, str, str]]":
    return Loan.objects.open().values_list("item", "pk", "patron", "received_at", "kind", "lent_facility__code")


@prepared
def _transits() -> "QuerySet[Transit, tuple[int, str]]":
    return Transit.objects.open().values_list("item", "destination__code")


@prepared
def _places() -> "QuerySet[ShelfPlace, tuple[int, date | None]]":
    return ShelfPlace.objects.open().values_list("item", "ready_on")


@prepared
def _aside() -> "QuerySet[KeptAside, int]":
    return KeptAside.objects.filter(ended_at=None).values_list("item", flat=True)


@prepared
def _missing() -> "QuerySet[Missing, int]":
    return Missing.objects.filter(found_at=None).values_list("item", flat=True)


@prepared
def _withdrawn() -> "QuerySet[Withdrawal, int]":
    return Withdrawal.objects.values_list("item", flat=True)


@prepared
def _wishes() -> "QuerySet[HoldTitle, tuple]":
    return HoldTitle.objects.filter(hold__closed_at=None).values_list(
        "pk", "hold", "record", "item", "place", "done_at", "hold__kind", "hold__accepted_at", "hold__entered_at",
        "hold__suspended_from", "hold__suspended_until", "hold__needed_by",
    )  # fmt: skip


@prepared
def _promised() -> "QuerySet[Allotment, tuple[int, int]]":
    return Allotment.objects.open().values_list("title", "item")


@prepared
def _records() -> "QuerySet[Item, tuple[int, int]]":
    return Item.objects.values_list("pk", "record")


@prepared
def _resting() -> "QuerySet[Item, int]":
    frozen = FrozenStock.objects.filter(ended_at=None, facility=Coalesce(OuterRef("stands_at"), OuterRef("home")))
    return Item.objects.filter(Exists(frozen)).values_list("pk", flat=True)


@prepared
def _idle_doors() -> "QuerySet[LockerStay, int]":
    there = ShelfPlace.objects.open().filter(facility=OuterRef("compartment__facility"), stay=OuterRef("pk"))
    return LockerStay.objects.open().exclude(Exists(there)).values_list("pk", flat=True)


@prepared
def entries_after(last: int) -> "QuerySet[Entry, tuple[int, str, str, dict, str]]":
    rows = Entry.objects.filter(pk__gt=last).order_by("pk")
    return rows.values_list("pk", "event", "happened_at", "particulars", "actor")


def look() -> Look:
    loans, transits, places = _loans(), _transits(), _places()
    seen = Look(
        loans={item: (loan, reader, received is not None, kind) for item, loan, reader, received, kind, _at in loans},
        lent_at={item: at for item, *_loan, at in loans},
        transits=dict(transits),
        places={item: ready_on is not None for item, ready_on in places},
        aside=frozenset(_aside()),
        missing=frozenset(_missing()),
        withdrawn=frozenset(_withdrawn()),
        wishes={row[0]: Wish(*row) for row in _wishes()},
        promised=dict(_promised()),
        records=dict(_records()),
        resting=frozenset(_resting()),
        idle_doors=frozenset(_idle_doors()),
    )
    assert len(loans) == len(seen.loans), "an item with two open loans"
    assert len(transits) == len(seen.transits), "an item on two journeys"
    assert len(places) == len(seen.places), "an item in two places"
    return seen


def is_in_one_place(now: Look) -> None:
    """One place or one journey per item."""
    times = Counter[int]()
    for somewhere in (now.loans, now.transits, now.places, now.aside, now.missing):
        times.update(somewhere.keys() if isinstance(somewhere, dict) else somewhere)
    crowded = [item for item, number in times.items() if number > 1]
    assert not crowded, f"items in several places: {crowded}"
    twice = [item for item, number in Counter(now.promised.values()).items() if number > 1]
    assert not twice, f"promised twice: {twice}"
    for title, item in now.promised.items():
        wish = now.wishes.get(title)
        assert wish is not None, f"promised to a hold that is closed: {item}"
        assert wish.done_at is None, f"promised for a title that is done: {item}"
        assert wish.record == now.records[item], f"promised to who waits for another title: {item}"
        assert wish.only in {None, item}, f"promised to who waits for another copy: {item}"
        assert item not in now.loans, f"lent and promised: {item}"
        assert item not in now.missing, f"missing and promised: {item}"
        assert item not in now.withdrawn, f"withdrawn and promised: {item}"


def doors_hold_something(now: Look) -> None:
    """Behind a door that is taken lies something."""
    assert not now.idle_doors, f"taken, and nothing lies behind: {now.idle_doors}"


def was_fair(
    before: Look, now: Look, on: date, *, given_back: Set[int] = frozenset(), last_said: Mapping[tuple[str, int], int]
) -> None:
    """What was promised in this step went to the first who could take it; in an ordered set, in its order.

    `given_back`: holds that have again what they had before a loan that was taken back. `last_said`: the place of each
    event of a hold in what was written; a list from offline does several things in one step: an earlier hold may lose its
    copy after a later one was served, and a volume that was ready be lent before the list ends.
    """
    for title, item in now.promised.items():
        taken = now.wishes[title]
        if title in before.promised or taken.hold in given_back:
            continue
        passed = [
            wish.hold
            for wish in _waiting(now, taken.record, on)
            if wish.turn < taken.turn
            and wish.only in {None, item}
            and wish.title in before.wishes
            and last_said.get((HoldRequeued.name, wish.hold), -1)
            < last_said.get((HoldAllotted.name, taken.hold), len(last_said))
        ]
        assert not passed, f"hold {taken.hold} was served before {passed}"
        if taken.kind == "ordered":
            for wish in now.wishes.values():
                if wish.hold == taken.hold and (wish.place, wish.title) < (taken.place, taken.title):
                    lies_ready = any(there.places.get(there.promised.get(wish.title, 0)) for there in (before, now))
                    lay_ready = last_said.get((HoldReady.name, wish.hold), len(last_said)) < last_said.get(
                        (HoldAllotted.name, taken.hold), -1
                    )
                    is_its_turn = wish.done_at or lies_ready or lay_ready
                    assert is_its_turn, f"volume {taken.place} of hold {taken.hold} before its turn"


def starving(now: Look, on: date) -> set[int]:
    """Records with a copy free on a shelf beside an awake single hold that waits without one."""
    out_of_reach = now.resting | set(now.promised.values())
    free = {item: now.records[item] for item in now.records if now.is_on_shelf(item) and item not in out_of_reach}
    return {
        record for item, record in free.items() if any(wish.only in {None, item} for wish in _waiting(now, record, on))
    }


def _waiting(now: Look, record: int, on: date) -> Iterator[Wish]:
    for wish in now.wishes.values():
        if wish.record == record and wish.kind == "one" and wish.title not in now.promised and wish.is_awake(on):
            yield wish
