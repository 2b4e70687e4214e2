"""Why this reader before the others, why this copy and no other, why this day. Codes of kernel.reasons.WHY."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import Any

from fumikura.circulation.rules.holding import FreeCopy, Waiting, sleeps, stops_forward
from fumikura.kernel.refusals import Reason


def lost_the_turn(
    rival: Waiting, chosen: Waiting, *, on: date, bound_at: datetime, bound_on: date, wants_this_copy: bool
) -> Reason:
    """By what a reader who waits for the same title comes after the one whom the copy was bound to at `bound_at`.

    `bound_on` is that day where the library is.
    """
    if not wants_this_copy:
        return Reason("wants-other-copy")
    if rival.copy:
        return Reason("has-own-copy")
    if standing := stands_still(rival, on):
        return standing
    if rival.turn > chosen.turn:
        return _by_turn(rival, chosen)
    if rival.entered_at > bound_at:
        return Reason("typed-after-binding")
    last = rival.suspended_until
    if last is not None and last >= bound_on:
        return Reason("slept-then")
    return Reason("waits-again")


def passed_over(rival: Waiting, chosen: Waiting, *, on: date, wants_this_copy: bool) -> str:
    """The code of why somebody without a copy came after the one whom a copy is bound to at this moment."""
    if not wants_this_copy:
        return "wants-other-copy"
    if standing := stands_still(rival, on):
        return "slept-then" if standing.code == "asleep" else standing.code
    # Nothing stood in the way: the copy could only serve others, as a new book serves its own library first.
    return _by_turn(rival, chosen).code if rival.turn > chosen.turn else "not-for-this-copy"


def lost_the_turn_then(rival: Waiting, chosen: Waiting, seen: Mapping[str, Any], on: date) -> Reason | None:
    """By what a reader came later, from what was seen then; None when that tells nothing of this one."""
    if "ahead" not in seen or rival.turn > chosen.turn:
        return None
    then = dict(seen["ahead"])
    if rival.hold not in then:
        if rival.entered_at > datetime.fromisoformat(seen["turn_at"]):
            return Reason("typed-after-binding")
        return Reason("has-own-copy") if len(then) < MOST_SEEN else None
    standing = stands_still(rival, on)
    return standing if standing and then[rival.hold] == "slept-then" else Reason(then[rival.hold])


def stands_still(waiting: Waiting, on: date) -> Reason | None:
    """What keeps somebody from being served at all today; None when nothing does."""
    if sleeps(on, first=waiting.suspended_from, last=waiting.suspended_until):
        last = waiting.suspended_until
        return Reason.of("asleep", until=last.isoformat() if last else "")
    if waiting.needed_by is not None and waiting.needed_by < on:
        return Reason("not-needed-any-more")
    if waiting.kind == "ordered" and not waiting.before_is_settled:
        return Reason("set-waits")
    if waiting.kind == "any-of" and waiting.settled >= waiting.want:
        return Reason("set-has-enough")
    return None


def _by_turn(rival: Waiting, chosen: Waiting) -> Reason:
    if rival.accepted_at > chosen.accepted_at:
        return Reason("asked-later")
    return Reason("typed-later") if rival.entered_at > chosen.entered_at else Reason("number-later")


@dataclass(frozen=True, kw_only=True)
class DueDecided:
    """What is kept of how the due date of a loan was found."""

    kind: str
    """loan, in-house or overnight."""
    given: Mapping[str, tuple[Any, str]]
    """Output to its value and the rule that it came from."""
    why: Sequence[str]
    """As rules.dates.Due.why, or agreed-term."""
    lent_on: date
    due_on: date
    renewals: int = 0
    is_shifted: bool = False
    """It has the day of a mass shift (services.shifting)."""


def due_reasons(decided: DueDecided) -> tuple[Reason, ...]:
    """The period and its rule, then whatever moved the day, in that order."""
    shifted = (Reason("due-shifted"),) if decided.is_shifted else ()
    moved = tuple(Reason(f"due-{code}") for code in decided.why if code != "agreed-term")
    if "agreed-term" in decided.why and not decided.renewals:
        return (Reason("due-agreed-term"), *moved, *shifted)
    if decided.kind in {"in-house", "overnight"}:
        return (Reason(f"due-{decided.kind}"), *moved, *shifted)
    return (*_period(decided), *moved, *shifted)


def _period(decided: DueDecided) -> tuple[Reason, ...]:
    given = decided.given
    period, rule = given.get("renewal.period" if decided.renewals else "loan.period", ("", ""))
    if not period:
        return ()
    is_open = given.get("loan.unit", ("calendar", ""))[0] == "open"
    reasons = [Reason.of("due-open-days" if is_open else "due-calendar-days", rule=rule, days=period)]
    if not decided.renewals:
        return tuple(reasons)
    anchor = given.get("renewal.anchor", ("renewal-day", ""))[0]
    reasons.append(Reason("due-from-renewal" if anchor == "renewal-day" else "due-from-old-day"))
    longest = given.get("renewal.longest_stay", ("unlimited", ""))[0]
    if isinstance(longest, int) and decided.due_on == decided.lent_on + timedelta(days=longest):
        reasons.append(Reason.of("due-longest-stay", days=longest))
    return tuple(reasons)


def shelf_reasons(*, until: date | None, unit: str, rule: str, days: int, extensions: int) -> tuple[Reason, ...]:
    """Why a thing lies ready through its day."""
    if until is None:
        return (Reason("shelf-not-reached"),)
    first = Reason.of("shelf-open-days" if unit == "open" else "shelf-calendar-days", rule=rule, days=days)
    return (first, Reason.of("shelf-extended", times=extensions)) if extensions else (first,)


@dataclass(frozen=True, kw_only=True)
class OtherCopy:
    """A copy of the same title, as it is now."""

    number: int
    state: str
    """As circulation.queries.ItemState.kind."""
    stops: int
    """Van stops forward to the pickup."""
    lends_home: bool = True
    lendable_from: date | None = None
    is_of_another_library: bool = False
    is_bound: bool = False
    is_frozen: bool = False
    searched_in_vain: int = 0
    seen_at: datetime | None = None


def lost_for_good(rival: OtherCopy, on: date) -> Reason | None:
    """What keeps a copy from ever being the one, whatever was on the shelves."""
    if rival.is_of_another_library:
        return Reason("copy-of-another-library")
    if not rival.lends_home:
        return Reason("copy-not-lent-home")
    if rival.lendable_from is not None and rival.lendable_from > on:
        return Reason.of("copy-not-yet-lent", day=rival.lendable_from.isoformat())
    return None


def lost_as_copy(rival: OtherCopy, chosen: OtherCopy, *, on: date, bound_at: datetime, in_hand: bool) -> Reason:
    """By what a copy was not the one; `in_hand`: the chosen one was scanned when the reader was next."""
    if for_good := lost_for_good(rival, on):
        return for_good
    if rival.is_bound:
        return Reason("copy-bound")
    if rival.state != "on-shelf":
        return Reason(f"copy-{rival.state}")
    if rival.is_frozen:
        return Reason("copy-frozen")
    if rival.seen_at is not None and rival.seen_at > bound_at:
        return Reason("copy-came-later")
    if in_hand:
        return Reason("copy-on-shelf-then")
    if rival.searched_in_vain > chosen.searched_in_vain:
        return Reason("copy-not-found-before")
    if rival.stops > chosen.stops:
        return Reason.of("copy-farther", stops=rival.stops, instead=chosen.stops)
    return Reason("copy-number-later") if rival.number > chosen.number else Reason("copy-not-free-then")


MOST_SEEN = 40
"""So many copies are remembered that one was chosen from."""


@dataclass(frozen=True)
class Chosen:
    """A copy, and those on shelves that it was chosen from."""

    copy: FreeCopy
    copies: tuple[FreeCopy, ...]
    pickup: str
    ring: Sequence[str]
    on_call: Sequence[str]


def seen_in_hand(here: str) -> dict[str, Any]:
    """What an allotment remembers of a copy that was scanned when the reader was next."""
    return {"in_hand": True, "stood_at": here}


def seen_when_chosen(chosen: Chosen) -> dict[str, Any]:
    """What an allotment remembers of a choice among copies on shelves: each with its van stops to the pickup."""

    def stops(copy: FreeCopy) -> int:
        return stops_forward(copy.site, chosen.pickup, chosen.ring, chosen.on_call)

    seen = chosen.copies
    if len(seen) > MOST_SEEN:
        # Those that came nearest to being the one, in the order of their numbers as ever.
        nearest = nsmallest(MOST_SEEN, seen, key=lambda copy: (copy.searched_in_vain, stops(copy), copy.item))
        seen = tuple(sorted(nearest, key=lambda copy: copy.item))
    return {
        "in_hand": False,
        "stood_at": chosen.copy.site,
        "stops": stops(chosen.copy),
        "copies": [[one.item, one.site, stops(one), one.searched_in_vain] for one in seen],
    }


def lost_when_chosen(rival: OtherCopy, seen: Mapping[str, Any]) -> Reason | None:
    """By what a copy was not the one, from what was seen then; None when what it is now tells more."""
    if "copies" not in seen:
        return None
    number, then = rival.number, {item: (stops, searched) for item, _site, stops, searched in seen["copies"]}
    if number not in then:
        is_free_now = rival.state == "on-shelf" and not rival.is_bound and len(then) < MOST_SEEN
        return Reason("copy-not-free-then") if is_free_now else None
    best = min(then.values(), key=lambda figures: (figures[1], figures[0]))
    stops, searched = then[number]
    if searched > best[1]:
        return Reason("copy-not-found-before")
    if stops > best[0]:
        return Reason.of("copy-farther", stops=stops, instead=best[0])
    return Reason("copy-number-later")
