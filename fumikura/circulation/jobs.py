"""The night shift of circulation: holds that are over, journeys that never end, reminders."""

from datetime import datetime

from fumikura.circulation import services
from fumikura.organisation.queries import system_actor


def close_holds(at: datetime) -> None:
    """Not collected in time, or needed only until yesterday."""
    by = system_actor(via="worker")
    services.expire_shelf(by=by, at=at)
    services.expire_holds(by=by, at=at)
    services.begin_suspensions(by=by, at=at)
    services.forget_onward(by=by, at=at)


def allot_copies(at: datetime) -> None:
    """Before the libraries open: whoever waits is bound to what stands on a shelf."""
    services.allot_everywhere(by=system_actor(via="worker"), at=at)


def look_for_lost_journeys(at: datetime) -> None:
    services.find_stuck(by=system_actor(via="worker"), at=at)


def remind_overdue(at: datetime) -> None:
    services.remind(by=system_actor(via="worker"), at=at)


def turn_rotations(at: datetime) -> None:
    """Sets whose day has come belong to their next stop before the libraries open."""
    services.turn_rotations(by=system_actor(via="worker"), at=at)
