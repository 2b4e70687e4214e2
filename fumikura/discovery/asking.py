"""Asking the neighbours while a reader waits: all at once, each within its own limit, none for longer than the page waits.

What has not come when the page is shown is still listened for: whoever looks again a moment later is told.
A neighbour that was silent three times rests (`targets.ask`) and costs nobody any time; until then it keeps only its own few threads
busy, and the questions that wait for it are told of its rest. The words go to the neighbours and stay nowhere:
the answers are kept in this process for a few minutes.
"""

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Final, Literal

from django.db import connections

from fumikura.catalogue.description import description_of
from fumikura.discovery.models import Target
from fumikura.discovery.targets import ask, targets
from fumikura.discovery.union.fetching import Silent
from fumikura.discovery.union.sru import Question

State = Literal["answered", "waiting", "silent", "resting"]

PATIENCE: Final = 2.5
"""Seconds that a page waits for its neighbours."""

SHOWN: Final = 3
KEPT_FOR: Final = 300.0
MOST_KEPT: Final = 500
AT_ONCE: Final = 3
"""Questions under way at one neighbour: a slow one never takes the turns of the others."""


@dataclass(frozen=True)
class Elsewhere:
    """One title that a neighbour has."""

    title: str
    creator: str
    publisher: str
    year: int | None
    isbn: str


@dataclass(frozen=True)
class Reply:
    name: str
    state: State
    total: int = 0
    titles: tuple[Elsewhere, ...] = ()


Found = tuple[int, tuple[Elsewhere, ...]]
_pools: Final[dict[int, ThreadPoolExecutor]] = {}
_asked: "OrderedDict[tuple[int, str], tuple[Future[Found], float]]" = OrderedDict()
_asking: Final = Lock()


def ask_neighbours(text: str, *, at: datetime, patience: float = PATIENCE) -> list[Reply]:
    """What each neighbour has said within `patience` seconds, in their order; none when the library has named none."""
    rows = list(targets())
    futures = [_future(target, text, at) for target in rows]
    wait(futures, timeout=patience)
    return [_reply(target, text, future) for target, future in zip(rows, futures, strict=True)]


def _future(target: Target, text: str, at: datetime) -> "Future[Found]":
    """The question that is under way or was answered lately; else it is asked now."""
    key, now = (target.pk, text), monotonic()
    with _asking:
        while _asked and (len(_asked) > MOST_KEPT or next(iter(_asked.values()))[1] < now - KEPT_FOR):
            _asked.popitem(last=False)
        if key not in _asked:
            if target.pk not in _pools:
                _pools[target.pk] = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"neighbour-{target.pk}")
            _asked[key] = _pools[target.pk].submit(_ask, target.pk, text, at), now
        return _asked[key][0]


def _ask(target: int, text: str, at: datetime) -> Found:
    try:
        # Read when its turn has come: since it was asked for, the neighbour may have been found silent.
        found = ask(Target.objects.get(pk=target), Question(words=text), at=at, rows=SHOWN)
        described = [description_of(one.content) for one in found.records[:SHOWN]]
    finally:
        connections.close_all()
    return found.total, tuple(
        Elsewhere(
            title=" ".join(filter(None, [one.title, one.volume])),
            creator=next((by.name for by in one.creators), "") or one.responsibility,
            publisher=one.publisher,
            year=one.year,
            isbn=next((number for number in one.isbns if len(number) == LONG_ISBN), ""),
        )
        for one in described
    )


LONG_ISBN: Final = 13


def _reply(target: Target, text: str, future: "Future[Found]") -> Reply:
    if not future.done():
        return Reply(target.name, "waiting")
    try:
        total, titles = future.result()
    except Silent as silent:
        with _asking:
            # Whoever looks again asks again, if it does not rest.
            _asked.pop((target.pk, text), None)
        return Reply(target.name, "resting" if silent.code == "resting" else "silent")
    return Reply(target.name, "answered", total, titles)


def still_waiting(replies: Sequence[Reply]) -> bool:
    return any(one.state == "waiting" for one in replies)
