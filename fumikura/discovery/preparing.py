"""From record numbers to what an engine stores, by several processes: reading, describing and cutting keeps a core busy."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

import django
from django.conf import settings

from fumikura.discovery.engines import Prepared, preparer
from fumikura.kernel.processes import Gone, Helper

logger = logging.getLogger(__name__)

PIECE: Final = 250
"""So many records go to a process at once."""

WORTH_SHARING: Final = 1_500
"""For fewer records than this it does not pay to start processes; once they run, two pieces are enough."""

SLICE: Final = 50
"""So many a process prepares before it looks up, when it has no helpers: a twentieth of a second's work."""

AHEAD: Final = 2
"""So many pieces a process has before it."""

IDLE: Final = 60.0  # seconds after which the processes are let go


LOOK_UP: Final = 0.05  # seconds between looks at what else there is to do, while the processes work


class Ready(NamedTuple):
    ids: Sequence[int]
    """Records that were asked for; those that `prepared` lacks are no longer in the catalogue."""
    prepared: list[Prepared]


def prepare(ids: Sequence[int], at: datetime) -> list[Prepared]:
    """What the engine in use stores for these records, as they are now."""
    from fumikura.discovery.gathering import gather

    cut = preparer(settings.SEARCH_URL)
    return [cut(document) for document in gather(ids, at)]


def _prepare_here(ids: Sequence[int], at: datetime, meanwhile: Callable[[], object]) -> list[Prepared]:
    found: list[Prepared] = []
    for start in range(0, len(ids), SLICE):
        if start:
            meanwhile()
        found += prepare(ids[start : start + SLICE], at)
    return found


def do_nothing() -> None:
    """For those who have nothing else to do meanwhile."""


class Crew:
    """Processes that prepare documents, started when there is enough to do and kept for the next batch."""

    def __init__(self) -> None:
        self._helpers: list[Helper] = []
        self._last_used = 0.0
        self._busy = False

    def prepared(
        self,
        pieces: Iterable[Sequence[int]],
        at: datetime,
        *,
        expected: int,
        meanwhile: Callable[[], object] = do_nothing,
    ) -> Iterator[Ready]:
        """Each piece of record numbers prepared, in order. `expected` is about how many records there will be;
        `meanwhile` is done again and again while the processes work, and after each piece."""
        worth_it = expected >= (2 * PIECE if self._helpers else WORTH_SHARING)
        # Answers come in the order of asking, so one who reads on in between does without the helpers.
        if settings.INDEX_PROCESSES < 2 or not worth_it or self._busy:
            for piece in pieces:
                yield Ready(piece, _prepare_here(piece, at, meanwhile))
                meanwhile()
            return
        while len(self._helpers) < settings.INDEX_PROCESSES:
            self._helpers.append(Helper(_help))
        waiting: deque[tuple[Sequence[int], Helper | None]] = deque()
        self._busy = True
        try:
            for number, piece in enumerate(pieces):
                waiting.append((piece, self._asked(number, piece, at)))
                if len(waiting) > AHEAD * settings.INDEX_PROCESSES:
                    yield self._taken(*waiting.popleft(), at, meanwhile)
            while waiting:
                yield self._taken(*waiting.popleft(), at, meanwhile)
        finally:
            self._busy = False
            if waiting:
                # Nobody wanted the rest; what they still answer must not be taken for something else.
                self.rest()
            self._last_used = time.monotonic()

    def rest(self, *, idle: float = 0) -> None:
        """Let the processes go, if nobody has asked them for `idle` seconds."""
        if self._helpers and time.monotonic() - self._last_used >= idle:
            helpers, self._helpers = self._helpers, []
            for helper in helpers:
                helper.end()

    def _asked(self, number: int, piece: Sequence[int], at: datetime) -> Helper | None:
        if not self._helpers:
            return None
        helper = self._helpers[number % len(self._helpers)]
        try:
            helper.ask((piece, at))
        except Gone:
            self._without(helper)
            return None
        return helper

    def _taken(
        self, piece: Sequence[int], helper: Helper | None, at: datetime, meanwhile: Callable[[], object]
    ) -> Ready:
        """The helper's answer; when there is none, this process does it, and finds out why."""
        found: list[Prepared] | None = None  # also the answer of one that failed
        if helper in self._helpers:
            try:
                meanwhile()
                while not helper.has_answered(within=LOOK_UP):
                    meanwhile()
                found = helper.answer()
            except Gone:
                self._without(helper)
        return Ready(piece, prepare(piece, at) if found is None else found)

    def _without(self, helper: Helper) -> None:
        self._helpers.remove(helper)
        helper.end()


CREW: Final = Crew()


def pieces_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PIECE):
        yield ids[start : start + PIECE]


def _help(line: Connection) -> None:
    django.setup()
    with suppress(EOFError, OSError):
        while True:
            piece, at = line.recv()
            try:
                found = prepare(piece, at)
            except Exception as failure:
                logger.warning("discovery.not-prepared", extra={"kind": type(failure).__name__})
                found = None
            line.send(found)
