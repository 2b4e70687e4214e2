"""What an import has met in its file, in little memory: a national file has millions of numbers."""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_FEWEST = 1 << 10
_FULL = 0.7
_MASK = (1 << 64) - 1
_QUESTION_MARKS = 500


class Met:
    """A set of hashes that takes 12 to 24 bytes each, where Python's own takes 70: five million fit in 64 MB."""

    def __init__(self) -> None:
        self._slots = array("Q", [0]) * _FEWEST
        self._count = 0

    def add(self, number: int) -> bool:
        """Put it in; answer whether it was in already."""
        # Zero marks an empty slot; one more equal pair of hashes in 2^64 is no matter.
        number = (number & _MASK) or 1
        if self._count > _FULL * len(self._slots):
            self._grow()
        place = self._place(self._slots, number)
        if self._slots[place]:
            return True
        self._slots[place] = number
        self._count += 1
        return False

    def __len__(self) -> int:
        return self._count

    @staticmethod
    def _place(slots: "array[int]", number: int) -> int:
        """Where it is, or the empty slot where it belongs."""
        last = len(slots) - 1
        place = (number * 0x9E3779B97F4A7C15 >> 20) & last
        while slots[place] and slots[place] != number:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        slots = array("Q", [0]) * (2 * len(self._slots))
        for number in self._slots:
            if number:
                slots[self._place(slots, number)] = number
        self._slots = slots


Key = tuple[str, str]
State = tuple[str, int]
"""Title, and hash of the bytes."""


class Foreseen:
    """What a rehearsal would have written by now, on disk: key → title and hash of the bytes."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        file.execute(
            "CREATE TABLE met (source TEXT, number TEXT, title TEXT, state INTEGER, PRIMARY KEY (source, number)) WITHOUT ROWID"
        )

    def of(self, keys: Iterable[Key]) -> dict[Key, State]:
        """Those of the keys that would have been written."""
        by_source: dict[str, list[str]] = {}
        for source, number in keys:
            by_source.setdefault(source, []).append(number)
        found: dict[Key, State] = {}
        for source, numbers in by_source.items():
            for start in range(0, len(numbers), _QUESTION_MARKS):
                part = numbers[start : start + _QUESTION_MARKS]
                marks = ",".join("?" * len(part))
                # Only question marks are put into the statement.
                query = f"SELECT number, title, state FROM met WHERE source = ? AND number IN ({marks})"  # noqa: S608
                for number, title, state in self._file.execute(query, [source, *part]):
                    found[source, number] = (title, state)
        return found

    def put(self, states: dict[Key, State]) -> None:
        lines = [(source, number, title, state) for (source, number), (title, state) in states.items()]
        self._file.executemany("INSERT OR REPLACE INTO met VALUES (?, ?, ?, ?)", lines)


@contextmanager
def foreseen() -> Iterator[Foreseen]:
    """A file without a name in the system's temporary folder; it is gone with the connection."""
    file = sqlite3.connect("", isolation_level=None)
    try:
        file.execute("PRAGMA journal_mode = OFF")
        yield Foreseen(file)
    finally:
        file.close()
