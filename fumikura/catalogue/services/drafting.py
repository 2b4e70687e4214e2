"""From a file to drafts. A large file is read and taken apart by another process while this one writes.

Taking apart is two thirds of an import's time, and nothing in it needs the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import current_process
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings

from fumikura.catalogue.marc import formats
from fumikura.catalogue.marc.arrivals import Arrival
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.services.drafts import Draft, draft_of
from fumikura.catalogue.taking_apart import take_apart
from fumikura.kernel.processes import Gone, Helper

WORTH_SHARING: Final = 4_000_000
"""For a file of fewer bytes it does not pay to start a process: about two thousand records of MARC."""

PIECE: Final = 500
"""So many records travel together; while they are written, the next are taken apart."""


class Drafted(NamedTuple):
    """One record of the file: its draft, or why there is none."""

    raw: bytes
    """The exact bytes, where the format has such."""
    draft: Draft | None
    fault: str = ""
    detail: str = ""


class Source(NamedTuple):
    """A file, and how it is to be read."""

    path: Path
    recognised: formats.Recognised
    encoding: str = ""
    plan: ColumnPlan | None = None
    source: str = ""

    def pieces(self) -> "Iterator[_Piece]":
        """All of it, and an empty one behind the last."""
        yield from _read(self)
        yield _Piece([], self.path.stat().st_size)


class _Piece(NamedTuple):
    records: list[Drafted]
    """Empty behind the last."""
    bytes_read: int


class Drafts:
    """The records of a file in their order, and how much of it is read."""

    def __init__(self, given: Source) -> None:
        self.size = given.path.stat().st_size
        self.bytes_read = 0
        self._given = given
        self._helper: Helper | None = None
        # A process that was itself started to help may have none of its own.
        if self.size >= WORTH_SHARING and settings.INDEX_PROCESSES > 1 and not current_process().daemon:
            self._helper = Helper(take_apart)

    def __iter__(self) -> Iterator[Drafted]:
        for records in self._pieces():
            yield from records

    def end(self) -> None:
        if self._helper is not None:
            self._helper.end()
            self._helper = None

    def _pieces(self) -> Iterator[list[Drafted]]:
        done = 0
        if self._helper is not None:
            with suppress(Gone):
                self._helper.ask(self._given)
                while True:
                    records, self.bytes_read = self._helper.answer()
                    if not records:
                        return
                    done += len(records)
                    yield records
            # It is gone, or it failed: this process goes on where it stood, and finds out why.
        for piece in _read(self._given, after=done):
            self.bytes_read = piece.bytes_read
            yield piece.records


@contextmanager
def drafts(given: Source) -> Iterator[Drafts]:
    reading = Drafts(given)
    try:
        yield reading
    finally:
        reading.end()


def _read(given: Source, *, after: int = 0) -> Iterator[_Piece]:
    with formats.opened(given.path, given.recognised) as opened:
        arrivals = formats.arrivals(opened, given.recognised, encoding=given.encoding, plan=given.plan)
        found = (_draft(arrival, given.source) for arrival in islice(arrivals, after, None))
        while records := list(islice(found, PIECE)):
            yield _Piece(records, opened.read_so_far())


def _draft(arrival: Arrival, source: str) -> Drafted:
    if arrival.decoded is None:
        return Drafted(arrival.raw, None, arrival.fault, arrival.detail)
    try:
        return Drafted(arrival.raw, draft_of(arrival.decoded, source=source))
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        # A fault of ours, not of the record; it must not stop the other hundred thousand.
        return Drafted(arrival.raw, None, "not-describable", type(error).__name__)
