"""When too many sign-ins have failed. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

TRIES = 5
"""For one card or user name."""
TRIES_FROM_ONE_ADDRESS = 50
"""For one network address: a whole library, or a telephone company's customers, can stand behind one."""
WINDOW = timedelta(minutes=15)


def locked_until(tried: Sequence[datetime], at: datetime, *, tries: int = TRIES) -> datetime | None:
    """When sign-in is open again, or None if it is open at `at`: `tries` failures within 15 minutes close it.

    `tried` are the times of the failures, in any order.
    """
    recent = sorted(moment for moment in tried if at - WINDOW < moment <= at)
    if len(recent) < tries:
        return None
    return recent[-tries] + WINDOW
