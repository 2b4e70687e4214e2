"""Which set of a rotation belongs to which stop, and until when."""

from collections.abc import Sequence
from datetime import date, timedelta


def turn_on(day: date, *, first_on: date, weeks: int) -> int:
    """How many moves lie behind that day, the first counting as 0; -1 before the first."""
    return (day - first_on).days // (7 * weeks) if day >= first_on else -1


def stop_of(stops: Sequence[str], *, number: int, turn: int) -> str:
    """Set 1 begins at the first stop, set 2 at the second; each turn moves every set one stop further."""
    return stops[(number - 1 + turn) % len(stops)]


def move_day(turn: int, *, first_on: date, weeks: int) -> date:
    return first_on + timedelta(weeks=weeks * turn)


def last_day(turn: int, *, first_on: date, weeks: int) -> date:
    """The day before the next move."""
    return move_day(turn + 1, first_on=first_on, weeks=weeks) - timedelta(days=1)
