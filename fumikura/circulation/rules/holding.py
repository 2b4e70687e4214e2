"""Who is next, which copy is chosen, what state a hold is in, and whether one may be placed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from fumikura.circulation.rules.lending import AGE, BLOCK, CARD, LIMIT, PLACE, days_overdue, full_counters
from fumikura.circulation.rules.policies import HoldPolicy, OverduePolicy, is_full, reaches
from fumikura.kernel.refusals import Reason

RULE = "circulation.override-hold"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One title that somebody waits for, as the queue sees it."""

    title: int
    hold: int
    accepted_at: datetime
    entered_at: datetime
    pickup: str
    kind: str = "one"
    want: int = 1
    suspended_from: date | None = None
    suspended_until: date | None = None
    needed_by: date | None = None
    copy: str = ""
    """Its own copy: "" none, "pick-list", "collecting" or "bound" (travelling or ready)."""
    before_is_settled: bool = True
    """In an ordered set: every earlier title lies ready or was lent."""
    settled: int = 0
    """In an any-of set: titles bound or lent."""

    @property
    def turn(self) -> tuple[datetime, datetime, int]:
        return (self.accepted_at, self.entered_at, self.hold)


def sleeps(on: date, *, first: date | None, last: date | None) -> bool:
    """Whether a suspension holds on this day: both days included; without a first day it has begun."""
    return last is not None and on <= last and (first is None or first <= on)


def is_awake(waiting: Waiting, on: date) -> bool:
    """Not suspended (through the last day) and still needed (through that day)."""
    asleep = sleeps(on, first=waiting.suspended_from, last=waiting.suspended_until)
    return not asleep and (waiting.needed_by is None or on <= waiting.needed_by)


def wants_a_copy(waiting: Waiting, on: date) -> bool:
    """Whether a copy may be bound to it now."""
    if waiting.copy or not is_awake(waiting, on):
        return False
    match waiting.kind:
        case "ordered":
            return waiting.before_is_settled
        case "any-of":
            return waiting.settled < waiting.want
    return True


def next_for_copy_in_hand(queue: Iterable[Waiting], *, on: date, here: str) -> Waiting | None:
    """The first whose turn it is. Whoever collects here lets a copy on a pick list go for the one in hand."""
    for waiting in sorted(queue, key=lambda one: one.turn):
        if wants_a_copy(waiting, on):
            return waiting
        if waiting.copy == "pick-list" and waiting.pickup == here and is_awake(waiting, on):
            return waiting
    return None


@dataclass(frozen=True)
class FreeCopy:
    item: int
    site: str
    searched_in_vain: int = 0


def choose_copy(
    copies: Iterable[FreeCopy], *, pickup: str, ring: Sequence[str], on_call: Sequence[str]
) -> FreeCopy | None:
    """The copy at the pickup, else the fewest van stops forward; copies once not found come last."""
    return min(
        copies,
        key=lambda copy: (copy.searched_in_vain, stops_forward(copy.site, pickup, ring, on_call), copy.item),
        default=None,
    )


def stops_forward(start: str, end: str, ring: Sequence[str], on_call: Sequence[str]) -> int:
    """Van stops from `start` to `end`. A site on call is served from the first stop, after a whole round."""
    if start == end:
        return 0
    detour = sum(len(ring) for site in (start, end) if site not in ring)
    first = ring[0] if ring else ""
    begin, finish = (site if site in ring else first for site in (start, end))
    if not ring:
        return 1
    return detour + (ring.index(finish) - ring.index(begin)) % len(ring)


STATES = ("ready", "travelling", "allotted", "collecting")


def state_of_hold(closed_as: str, copies: Iterable[str]) -> str:
    """A hold's state is read off its copies, the furthest first; it is never stored."""
    if closed_as:
        return closed_as
    present = set(copies)
    return next((state for state in STATES if state in present), "waiting")


@dataclass(frozen=True, kw_only=True)
class Placing:
    """One wish to wait."""

    on: date
    accepted_after_now: bool
    card_expires_on: date | None
    card_stopped: bool
    blocks: tuple[str, ...] = ()
    overdue_since: date | None = None
    have: Mapping[str, int] = field(default_factory=dict)
    """Counter to open holds that fill it."""
    counters: tuple[str, ...] = ()
    placed_today: int = 0
    """Through this door."""
    door: str = "desk"
    has_a_copy: bool = False
    waits_already: bool = False
    pickup: str = "all"
    """Facility.pickup: all, school or none."""
    is_of_the_school: bool = False
    copies: tuple[str, ...] = ()
    """What could serve it: "free", "lent", "unborn" (first lending day not come), "gone" (missing, declared lost)."""
    is_short: bool = False
    """Fewer titles of a set can ever come than are wanted of it."""
    on_order: int = 0
    age: int | None = None
    age_from: int | None = None
    """Its copies are lent from this age on."""


def objections_to_place(
    placing: Placing,
    policy: HoldPolicy,
    overdue: OverduePolicy,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Reason, ...]:
    """Everything that speaks against the hold. `names` are the words for counters."""
    return (
        *_about_reader(placing, policy, overdue),
        *_about_limits(placing, policy, names or {}),
        *_about_title(placing, policy),
        *_about_pickup(placing),
    )


def _about_reader(placing: Placing, policy: HoldPolicy, overdue: OverduePolicy) -> Iterator[Reason]:
    if placing.card_stopped:
        yield Reason("card-stopped")
    if placing.card_expires_on and placing.card_expires_on < placing.on:
        yield Reason.of("card-expired", CARD, expired_on=placing.card_expires_on.isoformat())
    if placing.blocks:
        yield Reason("holds-paused" if set(placing.blocks) == {"holds-paused"} else "patron-blocked", BLOCK)
    if reaches(days_overdue(placing.overdue_since, placing.on), overdue.blocks_holds_from_day):
        yield Reason("overdue-blocks", BLOCK)
    if not policy.allowed:
        yield Reason("holds-not-allowed", RULE)


def _about_limits(placing: Placing, policy: HoldPolicy, names: Mapping[str, Mapping[str, str]]) -> Iterator[Reason]:
    yield from full_counters("hold", placing.counters, placing.have, policy.limits, names)
    if is_full(placing.placed_today, policy.per_day.get(placing.door, "unlimited")):
        yield Reason(f"channel-limit-reached:{placing.door}", LIMIT)


def _about_title(placing: Placing, policy: HoldPolicy) -> Iterator[Reason]:
    if placing.accepted_after_now:
        yield Reason("accepted-in-future")
    if placing.has_a_copy:
        yield Reason("already-on-loan-to-you")
    if placing.waits_already:
        yield Reason("already-held-by-you")
    expected = {"free", "lent", "unborn"} & set(placing.copies)
    if (placing.is_short or not expected) and not (placing.on_order and policy.on_order):
        yield Reason("no-lendable-copy")
    elif expected == {"unborn"} and not policy.before_lending_start:
        yield Reason("not-yet-holdable", RULE)
    if placing.age_from and (placing.age is None or placing.age < placing.age_from):
        yield Reason.of("age-restricted", AGE, age=placing.age_from)
    if "free" in placing.copies and not policy.on_shelf:
        yield Reason("copy-on-shelf", RULE)


def _about_pickup(placing: Placing) -> Iterator[Reason]:
    if placing.pickup == "none":
        yield Reason("not-a-pickup")
    elif placing.pickup == "school" and not placing.is_of_the_school:
        yield Reason("pickup-not-for-you", PLACE)
