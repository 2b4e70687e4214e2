"""Hits put together by work: all editions, formats and volumes that were found stand behind the one that fits best.

The order of groups is that of their first hits, so that a page does not depend on how far one looks for it.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from fumikura.catalogue.queries import records_of_same_works
from fumikura.discovery.answers import Sort
from fumikura.discovery.engines import Engine, Found
from fumikura.discovery.query import ANY, Among, Field, Query, all_of

LOOK: Final = 120
"""So many hits are looked at first, or a quarter more than works are wanted; three times as many when they are of too few works. Of
180,000 hits the best 400 cost 4 ms more."""

COUNTED: Final = 2_000
"""Up to so many hits the number of works is exact; beyond, it is not said."""

FARTHEST: Final = 10_000


@dataclass(frozen=True)
class Group:
    first: int
    """The record that fits best."""
    others: tuple[int, ...]
    """Others of the work that were found as well, the best first."""
    in_now: int
    """How many of the others have a copy on a shelf."""


@dataclass(frozen=True)
class Grouped:
    total: int
    """Records."""
    works: int | None
    """None when there are too many hits to count works."""
    groups: tuple[Group, ...]
    has_more: bool


def grouped(engine: Engine, query: Query, *, start: int, rows: int, sort: Sort) -> Grouped:
    """The groups of one page of works."""
    found, members = _looked_at(engine, query, start + rows + 1, sort)
    shown = list(islice(members.items(), start, start + rows))
    is_whole = len(found.ids) >= found.total
    if is_whole:
        others = {ids[0]: tuple(ids[1:]) for _, ids in shown}
    else:
        # What stands alone is grouped by itself, by a negative number (Document.grouped_by).
        others = _matching(engine, query, [ids[0] for work, ids in shown if work >= 0], sort)
    in_now = _in_now(engine, [one for ids in others.values() for one in ids])
    groups = tuple(
        Group(ids[0], others.get(ids[0], ()), sum(one in in_now for one in others.get(ids[0], ()))) for _, ids in shown
    )
    return Grouped(found.total, len(members) if is_whole else None, groups, len(members) > start + rows)


def _looked_at(engine: Engine, query: Query, wanted: int, sort: Sort) -> tuple[Found, dict[int, list[int]]]:
    """The best hits, enough for so many works, and the same by work in the order of their first."""
    size = max(LOOK, wanted + wanted // 4)
    while True:
        found = engine.search(query, start=0, rows=min(size, FARTHEST), sort=sort, whole=COUNTED)
        members: dict[int, list[int]] = {}
        for number, work in zip(found.ids, found.works, strict=True):
            members.setdefault(work, []).append(number)
        seen = len(found.ids)
        if seen >= found.total or seen >= FARTHEST or (len(members) >= wanted and found.total > COUNTED):
            return found, members
        size = max(size * 3, COUNTED if found.total <= COUNTED else 0)


def _matching(engine: Engine, query: Query, firsts: list[int], sort: Sort) -> dict[int, tuple[int, ...]]:
    """What else of their works the question finds, however far behind."""
    works = records_of_same_works(firsts) if firsts else {}
    candidates = tuple(one for ids in works.values() for one in ids)
    if not candidates:
        return {}
    found = engine.search(all_of(query, Among(candidates)), start=0, rows=len(candidates), sort=sort).ids
    return {first: tuple(one for one in found if one in ids) for first, ids in works.items()}


def _in_now(engine: Engine, ids: list[int]) -> frozenset[int]:
    if not ids:
        return frozenset()
    asked = all_of(Among(tuple(ids)), Field("available", ANY))
    return frozenset(engine.search(asked, start=0, rows=len(ids), sort="newest").ids)
