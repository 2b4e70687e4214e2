"""How long somebody who waits may have to wait: an estimate from our own history, never a promise."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SHELF_DAYS = 3
"""How long a book lies on the hold shelf before its reader comes, when nothing better is known."""


@dataclass(frozen=True)
class Turn:
    """How many days a copy stays with one reader: quick (a quarter are quicker) and slow (a quarter are slower)."""

    quick: int
    slow: int


@dataclass(frozen=True)
class Expected:
    earliest: date
    latest: date


FEWEST = 5
"""Fewer loans than these tell nothing."""


def turn_of(stays: Sequence[int]) -> Turn | None:
    """From the days that loans lasted; None when fewer than five are known."""
    if len(stays) < FEWEST:
        return None
    ordered = sorted(stays)
    return Turn(max(1, ordered[len(ordered) // 4]), max(1, ordered[(len(ordered) * 3) // 4]))


def expected(*, position: int, free_on: Sequence[date], turn: Turn, travel_days: int) -> Expected | None:
    """When the reader at `position` (1 is next) may collect, if each reader before keeps a copy for one turn.

    `free_on`: for each copy that could serve, the day on which it is next in the library. None without copies.
    """
    if not free_on:
        return None
    travel = timedelta(days=travel_days)
    return Expected(_day(position, free_on, turn.quick) + travel, _day(position, free_on, turn.slow) + travel)


def _day(position: int, free_on: Sequence[date], days: int) -> date:
    queue = list(free_on)
    heapq.heapify(queue)
    for _ in range(position - 1):
        heapq.heapreplace(queue, queue[0] + timedelta(days=days + SHELF_DAYS))
    return queue[0]
