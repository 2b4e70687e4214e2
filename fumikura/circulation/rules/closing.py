"""A site closes at short notice: how much longer a thing waits on its hold shelf."""

from collections.abc import Sequence
from datetime import date, timedelta

from fumikura.organisation.rules import Calendar


def kept_until(until: date, *, ready_on: date, closed: Sequence[date], before: Calendar) -> date:
    """The last day to collect when these days, open `before`, are closed: as many open days are left as there were.

    `closed` in order. A day that had passed when it was announced takes nothing away.
    """
    lost = [day for day in closed if ready_on < day <= until]
    if not lost:
        return until
    after = before.with_exceptions(dict.fromkeys(closed, False))
    start = max(lost[0] - timedelta(days=1), ready_on)
    return after.open_day_after(start, before.open_days_between(start, until))
