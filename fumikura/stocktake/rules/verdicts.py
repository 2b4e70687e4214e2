"""What it means that a number was read on this shelf. One verdict a reading; the first that fits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RIGHT, DOUBLE, UNKNOWN, CARD = "right", "double", "unknown", "card"
ON_LOAN, RECEIVED, IN_TRANSIT, HELD, ASIDE, WITHDRAWN, FOUND = (
    "on-loan", "received", "in-transit", "held", "set-aside", "withdrawn", "found",
)  # fmt: skip
OTHER_SITE, OTHER_PLACE, OTHER_RANGE, GHOST = "other-site", "other-place", "other-range", "ghost"

STANDS_HERE = frozenset({RIGHT, FOUND})
"""Counted as present where it belongs."""
TO_DEAL_WITH = frozenset({ON_LOAN, RECEIVED, IN_TRANSIT, HELD, ASIDE, WITHDRAWN, OTHER_SITE, OTHER_PLACE, OTHER_RANGE})
"""It is here and should not be: somebody has to do something."""

ALMOST_SURELY = 80
"""From this score on, a reading counts as a ghost and not as a misplaced book."""
HEARD_TOGETHER = timedelta(minutes=10)
"""One book cannot stand on two shelves: read on both within this time, one of the readings went through the board."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One reading and what is known of its item at that moment."""

    state: str
    """kind of circulation's ItemState."""
    is_received: bool = False
    stands_at: str
    """Facility code where it should stand."""
    location: int | None
    is_in_range: bool = True
    was_read_before: bool = False
    ghost_score: int = 0


def verdict(sight: Sight, *, here: str, location: int | None) -> str:
    """`location`: the shelving location that is being read, None for a whole site."""
    if sight.was_read_before:
        return DOUBLE
    if sight.ghost_score >= ALMOST_SURELY:
        return GHOST
    match sight.state:
        case "on-loan":
            return RECEIVED if sight.is_received else ON_LOAN
        case "in-transit":
            return IN_TRANSIT
        case "on-hold-shelf":
            return HELD
        case "set-aside":
            return ASIDE
        case "withdrawn":
            return WITHDRAWN
    if sight.stands_at != here:
        return OTHER_SITE
    if location is not None and sight.location not in {location, None}:
        return OTHER_PLACE
    if not sight.is_in_range:
        return OTHER_RANGE
    return FOUND if sight.state == "missing" else RIGHT


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """What speaks for a reading having come from a neighbouring shelf."""

    by_radio: bool
    belongs_here: bool
    heard_elsewhere_at: datetime | None = None
    """When its tag was last read on another shelf in this or a neighbouring stocktake."""
    belonged_there: bool = False
    """The other shelf is where it should stand."""
    neighbours_fit: bool = True
    """The readings beside it belong to this shelf: it alone does not."""


def ghost_score(hearing: Hearing, *, at: datetime) -> int:
    """0–100. Only radio hears through boards; a barcode that was read is in the hand.

    Heard on its own shelf within minutes: 95. Heard on some other shelf within minutes: 60. Alone among books that
    belong here: 40. A book that belongs here is never a ghost here. (HF readers hear the neighbouring shelf: the reason
    why tag counts are checked a second time in the reports of Japanese university libraries.)
    """
    if not hearing.by_radio or hearing.belongs_here:
        return 0
    if hearing.heard_elsewhere_at and abs(at - hearing.heard_elsewhere_at) <= HEARD_TOGETHER:
        return 95 if hearing.belonged_there else 60
    return 40 if hearing.neighbours_fit else 10
