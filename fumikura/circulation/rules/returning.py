"""An item is laid on a desk: may it be taken, where does it go now, and what becomes of the journey it was on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import ClassVar

from fumikura.circulation.rules.lending import PLACE
from fumikura.kernel.refusals import Reason
from fumikura.organisation.rules import Calendar

PART = "circulation.override-part"


@dataclass(frozen=True)
class Shelve:
    """Onto its shelf here."""

    to: str
    kind: ClassVar[str] = "shelve"


@dataclass(frozen=True)
class SendTo:
    """Into the crate for `to`; for a hold when one is named."""

    to: str
    hold: int | None = None
    kind: ClassVar[str] = "send"


@dataclass(frozen=True)
class OnHoldShelf:
    """Onto the hold shelf here."""

    to: str
    hold: int
    kind: ClassVar[str] = "hold-shelf"


@dataclass(frozen=True)
class SetAside:
    """Put aside here, e.g. for the interlibrary desk."""

    to: str
    why: str
    kind: ClassVar[str] = "set-aside"


@dataclass(frozen=True)
class Keep:
    """Left where it is: in the machine's bin, or withdrawn."""

    to: str
    kind: ClassVar[str] = "keep"


NextStop = Shelve | SendTo | OnHoldShelf | SetAside | Keep


@dataclass(frozen=True)
class Wanted:
    """The hold that the item serves."""

    hold: int
    pickup: str


@dataclass(frozen=True, kw_only=True)
class Laid:
    """An item in hand at a site."""

    here: str
    home: str
    is_withdrawn: bool = False
    rests_at: str = ""
    """Where it stands when nobody wants it (see resting_place); its home when empty."""
    return_to: str = ""
    """The one site an item from another library goes back to."""
    wanted: Wanted | None = None


def next_stop(laid: Laid) -> NextStop:
    """Where the item goes from here. A book never goes home first when its next reader is elsewhere."""
    if laid.is_withdrawn:
        return Keep(laid.here)
    if laid.wanted and laid.wanted.pickup == laid.here:
        return OnHoldShelf(laid.here, laid.wanted.hold)
    if laid.wanted:
        return SendTo(laid.wanted.pickup, laid.wanted.hold)
    if laid.return_to:
        return SetAside(laid.here, "back-to-lender") if laid.return_to == laid.here else SendTo(laid.return_to)
    rests_at = laid.rests_at or laid.home
    return Shelve(laid.here) if rests_at == laid.here else SendTo(rests_at)


@dataclass(frozen=True, kw_only=True)
class Resting:
    """What decides where an item stands when nobody wants it."""

    here: str
    home: str
    here_holds_stock: bool
    deposit: str = ""
    """The place of its deposit, while the term lasts."""
    floating_group: tuple[str, ...] = ()
    copies_here: int = 0
    """Other copies of the title that stand here."""
    most_per_title: int | str = "unlimited"
    home_is_frozen: bool = False
    here_is_frozen: bool = False
    deposit_is_frozen: bool = False


def resting_place(resting: Resting) -> tuple[str, str]:
    """Where it stands, and what staff are told about it: deposit before floating before home, none of them frozen."""
    here, home = resting.here, resting.home
    if resting.deposit and not resting.deposit_is_frozen:
        return resting.deposit, "" if resting.deposit == here else "send-to-deposit"
    if here == home:
        return home, ""
    if resting.here_is_frozen:
        return home, ""
    if resting.here_holds_stock and {here, home} <= set(resting.floating_group):
        if resting.most_per_title == "unlimited" or resting.copies_here < int(resting.most_per_title):
            return here, ""
        # Too many here are still better than one more where nobody gets at them.
        return (here, "home-frozen") if resting.home_is_frozen else (home, "floating-full")
    if resting.home_is_frozen and resting.here_holds_stock:
        return here, "home-frozen"
    return home, ""


class Journey(Enum):
    """What becomes of the journey the item was on, and whether a new one begins."""

    NONE = ()
    ENDS = ("transit-ended",)
    GOES_ON = ("transit-seen",)
    BEGINS = ("transit-started",)
    ENDS_AND_BEGINS = ("transit-ended", "transit-started")
    TURNS = ("transit-redirected",)

    @property
    def ends_one(self) -> bool:
        return self in {Journey.ENDS, Journey.ENDS_AND_BEGINS, Journey.TURNS}

    @property
    def begins_one(self) -> bool:
        return self in {Journey.BEGINS, Journey.ENDS_AND_BEGINS, Journey.TURNS}


def journey_after(stop: NextStop, *, here: str, destination: str) -> Journey:
    """Compare the next stop with the journey the item was on; `destination` is empty when it was on none."""
    if not isinstance(stop, SendTo):
        return Journey.ENDS if destination else Journey.NONE
    if not destination:
        return Journey.BEGINS
    if stop.to == destination:
        return Journey.GOES_ON
    return Journey.ENDS_AND_BEGINS if destination == here else Journey.TURNS


@dataclass(frozen=True, kw_only=True)
class HandingBack:
    """One return over a desk, a machine or a box."""

    here: str
    home: str
    takes_returns: str
    """any, own or none."""
    return_to: str = ""
    """The one site that takes it: of another library's book its counter, of what went home for one night the site that lent it."""
    return_to_name: str = ""
    return_to_name_en: str = ""
    """As a reader is told where to take it."""
    is_overnight: bool = False
    missing_parts: tuple[str, ...] = ()
    can_refuse: bool = True
    """A box in the wall cannot."""


def objections_to_check_in(handing: HandingBack) -> tuple[Reason, ...]:
    """Everything that speaks against ending a loan here."""
    return tuple(_objections(handing)) if handing.can_refuse else ()


def _objections(handing: HandingBack) -> Iterator[Reason]:
    if breaks_return_place(handing):
        yield Reason.of("return-restricted", PLACE, place=handing.return_to_name, place_en=handing.return_to_name_en)
    if _is_not_taken(handing):
        yield Reason("site-takes-no-returns", PLACE)
    if handing.missing_parts:
        yield Reason("part-missing", PART)


def breaks_place(handing: HandingBack) -> bool:
    """Whether it should have come back elsewhere: a box took it all the same, or somebody who may.

    What went home for one night comes back over a desk: the box is emptied when the night is long over.
    """
    in_the_box = handing.is_overnight and not handing.can_refuse
    return breaks_return_place(handing) or in_the_box or _is_not_taken(handing)


def _is_not_taken(handing: HandingBack) -> bool:
    return handing.takes_returns == "none" or (handing.takes_returns == "own" and handing.home != handing.here)


def breaks_return_place(handing: HandingBack) -> bool:
    """Whether it goes back to one named site, and this is another."""
    return bool(handing.return_to) and handing.return_to != handing.here


def box_counts_for(*, scanned_on: date, lent_on: date, calendar: Calendar) -> date:
    """The day a return from a box counts for: the last open day before the scan, never before the loan."""
    return max(lent_on, calendar.previous_open(scanned_on - timedelta(days=1)))
