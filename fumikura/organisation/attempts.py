"""When too many sign-ins have failed. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

TRIES = 5
WINDOW = timedelta(minutes=15)


def locked_until(tried: Sequence[datetime], at: datetime) -> datetime | None:
    """When sign-in is open again, or None if it is open at `at`: five failures within 15 minutes close it.

    `tried` are the times of the failures, in any order.
    """
    recent = sorted(moment for moment in tried if at - WINDOW < moment <= at)
    if len(recent) < TRIES:
        return None
    return recent[-TRIES] + WINDOW
