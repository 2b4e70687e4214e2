"""What a crate's label means where a van stands, and when a journey is late."""

from dataclasses import dataclass
from datetime import date, timedelta

from fumikura.organisation.rules import Calendar


@dataclass(frozen=True, kw_only=True)
class CrateAtStop:
    """A label read in or beside the van."""

    here: str
    destination: str
    rides_to: str
    """Where this van should set it down; empty when it takes it nowhere."""
    is_aboard: bool


def leg_of_reading(crate: CrateAtStop) -> str:
    """loaded, unloaded or passed. Set down where this van's part of its way ends, and never carried past its destination."""
    if crate.is_aboard:
        return "unloaded" if crate.here in {crate.destination, crate.rides_to} else "passed"
    if crate.here == crate.destination:
        return "unloaded"
    return "loaded" if crate.rides_to else "passed"


def days_late(*, arrives_on: date, today: date, calendar: Calendar) -> int:
    """Open days of the destination that are over since the van's day and on which it did not come; 0 is not late.

    The van's own day counts once it is over: what should have come yesterday is one day late.
    """
    return calendar.open_days_between(arrives_on - timedelta(days=1), today - timedelta(days=1))
