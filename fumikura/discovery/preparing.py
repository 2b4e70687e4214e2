"""From record numbers to what an engine stores, by several processes: reading, describing and cutting keeps a core busy."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from multiprocessing import get_context
from typing import Final, NamedTuple

import django
from django.conf import settings
from django.db import connections

from fumikura.discovery.engines import Prepared, preparer

PIECE: Final = 250
"""So many records go to a process at once."""

WORTH_SHARING: Final = 1_500
"""For fewer records than this it does not pay to start processes; once they run, two pieces are enough."""

IDLE: Final = 60.0  # seconds after which the processes are let go


class Ready(NamedTuple):
    ids: Sequence[int]
    """Records that were asked for; those that `prepared` lacks are no longer in the catalogue."""
    prepared: list[Prepared]


def prepare(ids: Sequence[int], at: datetime) -> list[Prepared]:
    """What the engine in use stores for these records, as they are now."""
    from fumikura.discovery.gathering import gather

    cut = preparer(settings.SEARCH_URL)
    return [cut(document) for document in gather(ids, at)]


class Crew:
    """Processes that prepare documents, started when there is enough to do and kept for the next batch."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._last_used = 0.0

    def prepared(self, pieces: Iterable[Sequence[int]], at: datetime, *, expected: int) -> Iterator[Ready]:
        """Each piece of record numbers prepared, in order. `expected` is about how many records there will be."""
        waiting: deque[tuple[Sequence[int], Future[list[Prepared]] | None]] = deque()
        for piece in pieces:
            waiting.append((piece, self._handed_over(piece, at, expected)))
            if len(waiting) > 3 * settings.INDEX_PROCESSES or waiting[0][1] is None:
                yield self._taken(*waiting.popleft(), at)
        while waiting:
            yield self._taken(*waiting.popleft(), at)
        self._last_used = time.monotonic()

    def rest(self, *, idle: float = 0) -> None:
        """Let the processes go, if nobody has asked them for `idle` seconds."""
        if self._pool is not None and time.monotonic() - self._last_used >= idle:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _handed_over(self, piece: Sequence[int], at: datetime, expected: int) -> Future[list[Prepared]] | None:
        if settings.INDEX_PROCESSES < 2 or expected < (2 * PIECE if self._pool else WORTH_SHARING):
            return None
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                settings.INDEX_PROCESSES, mp_context=get_context("spawn"), initializer=_begin, initargs=(os.getpid(),)
            )
        try:
            return self._pool.submit(prepare, piece, at)
        except BrokenProcessPool:
            self.rest()
            return None

    def _taken(self, piece: Sequence[int], found: Future[list[Prepared]] | None, at: datetime) -> Ready:
        try:
            return Ready(piece, found.result() if found else prepare(piece, at))
        except BrokenProcessPool:
            # One of them was killed, by the kernel for want of memory perhaps: this process does it alone.
            self.rest()
            return Ready(piece, prepare(piece, at))


CREW: Final = Crew()


def pieces_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PIECE):
        yield ids[start : start + PIECE]


def _begin(parent: int) -> None:
    django.setup()
    connections.close_all()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """A worker that was killed cannot tell its helpers."""
    while os.getppid() == parent:
        time.sleep(2)
    os._exit(0)
