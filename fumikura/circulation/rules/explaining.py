"""Why this reader before the others, and why this copy and no other: by what each rival lost. Codes of kernel.reasons.WHY."""

from dataclasses import dataclass
from datetime import date, datetime

from fumikura.circulation.rules.holding import Waiting, sleeps
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


def lost_as_copy(rival: OtherCopy, chosen: OtherCopy, *, on: date, bound_at: datetime, in_hand: bool) -> Reason:
    """By what a copy was not the one; `in_hand`: the chosen one was scanned when the reader was next."""
    if rival.is_of_another_library:
        return Reason("copy-of-another-library")
    if not rival.lends_home:
        return Reason("copy-not-lent-home")
    if rival.lendable_from is not None and rival.lendable_from > on:
        return Reason.of("copy-not-yet-lent", day=rival.lendable_from.isoformat())
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
