"""The night shift of circulation: holds that are over, journeys that never end, reminders."""

from datetime import datetime, timedelta
from functools import partial

from fumikura.circulation import services
from fumikura.circulation.events import ENDINGS
from fumikura.journal.mixing import mix
from fumikura.journal.queries import numbers_by
from fumikura.journal.services import untie
from fumikura.organisation.queries import glass_since, system_actor

LATEST_REPLAY = timedelta(days=60)
"""An entry can be that much older than the day on which an offline counter hands it in."""
TOLD_WITHIN = timedelta(hours=6)
SEEN_WITHIN = timedelta(days=1)
"""So long, and to the end of the day, is known who opened a reader's card at which minute."""


def close_holds(at: datetime) -> None:
    """Not collected in time, or needed only until yesterday."""
    by = system_actor(via="worker")
    services.expire_shelf(by=by, at=at)
    services.expire_holds(by=by, at=at)
    services.begin_suspensions(by=by, at=at)
    services.forget_onward(by=by, at=at)


def allot_copies(at: datetime) -> None:
    """Before the libraries open: whoever waits is bound to what stands on a shelf, and no set waits for another's volume."""
    by = system_actor(via="worker")
    services.allot_everywhere(by=by, at=at)
    services.unite_sets(by=by, at=at)


def count_stays(at: datetime) -> None:
    """Estimates of the day read what was counted in the night."""
    services.count_stays(by=system_actor(via="worker"), at=at)


def look_for_lost_journeys(at: datetime) -> None:
    services.find_stuck(by=system_actor(via="worker"), at=at)


def remind_overdue(at: datetime) -> None:
    services.remind(by=system_actor(via="worker"), at=at)


def untie_what_ended(at: datetime) -> int:
    """返したら消える: what was announced beside a return needed the reader's key until they were told, and no longer."""
    kept = ("circulation.loan:", "circulation.hold:")
    return untie(ENDINGS, kept=kept, since=at - LATEST_REPLAY, before=at - TOLD_WITHIN)


def mix_what_is_kept(at: datetime) -> int:
    """返したら消える: what still carries a reader's key keeps its day and loses its place beside what was lent and returned."""
    kept = ("circulation.loan:", "circulation.hold:")
    since = at - LATEST_REPLAY
    return mix(since=since, before=at - SEEN_WITHIN, kept=kept, besides=partial(_entries_that_stay, since))


def _entries_that_stay(since: datetime) -> set[int]:
    """A joining may be taken back; and whoever took 緊急の権限 answers for each minute of it."""
    found = services.entries_to_give_back()
    for glass in glass_since(since):
        found |= numbers_by(f"staff:{glass.user_id}", since=glass.opened_at, until=glass.ended_at or glass.until)
    return found


def turn_rotations(at: datetime) -> None:
    """Sets whose day has come belong to their next stop before the libraries open."""
    services.turn_rotations(by=system_actor(via="worker"), at=at)
