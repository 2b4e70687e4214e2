"""What an import has met in its file, in little memory: a national file has millions of numbers."""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

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


class State(NamedTuple):
    """What a record would say by now."""

    record: int
    """0 for one that is not there yet."""
    title: str
    mark: int
    """Hash of its bytes."""
    marc: bytes
    """Its bytes, or of one written in this rehearsal only when it has local fields."""
    deleted: bool = False


class Foreseen:
    """What a rehearsal would have written by now, on disk; and what stood there before."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        columns = "source TEXT, number TEXT, record INTEGER, title TEXT, mark INTEGER, marc BLOB"
        file.execute(f"CREATE TABLE met ({columns}, PRIMARY KEY (source, number)) WITHOUT ROWID")
        file.execute(
            "CREATE TABLE before (source TEXT, number TEXT, mark INTEGER, PRIMARY KEY (source, number, mark)) WITHOUT ROWID"
        )

    def of(self, keys: Iterable[Key]) -> dict[Key, State]:
        """Those of the keys that would have been written."""
        rows = self._rows("number, record, title, mark, marc", "met", keys)
        return {(source, number): State(*rest) for source, number, *rest in rows}

    def put(self, states: Mapping[Key, State]) -> None:
        lines = [(*key, state.record, state.title, state.mark, state.marc) for key, state in states.items()]
        self._file.executemany("INSERT OR REPLACE INTO met VALUES (?, ?, ?, ?, ?, ?)", lines)

    def written_over(self, marks: Mapping[Key, int]) -> None:
        self._file.executemany(
            "INSERT OR IGNORE INTO before VALUES (?, ?, ?)", ((*key, one) for key, one in marks.items())
        )

    def before(self, keys: Iterable[Key]) -> set[tuple[Key, int]]:
        """What these said earlier in this rehearsal."""
        return {((source, number), mark) for source, number, mark in self._rows("number, mark", "before", keys)}

    def _rows(self, columns: str, table: str, keys: Iterable[Key]) -> Iterator[tuple[Any, ...]]:
        by_source: dict[str, list[str]] = {}
        for source, number in keys:
            by_source.setdefault(source, []).append(number)
        for source, numbers in by_source.items():
            for start in range(0, len(numbers), _QUESTION_MARKS):
                part = numbers[start : start + _QUESTION_MARKS]
                marks = ",".join("?" * len(part))
                # Only names of ours and question marks are put into the statement.
                query = f"SELECT {columns} FROM {table} WHERE source = ? AND number IN ({marks})"  # noqa: S608
                for row in self._file.execute(query, [source, *part]):
                    yield (source, *row)


@contextmanager
def foreseen() -> Iterator[Foreseen]:
    """A file without a name in the system's temporary folder; it is gone with the connection."""
    file = sqlite3.connect("", isolation_level=None)
    try:
        file.execute("PRAGMA journal_mode = OFF")
        yield Foreseen(file)
    finally:
        file.close()
