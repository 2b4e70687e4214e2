"""Several worded reads in one trip to the server, each answered where the code asks for it."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from django.db import connections

from fumikura.statements.cursors import Statement, is_watched, ready
from fumikura.statements.lines import line_of

Rows = list[tuple[Any, ...]]


class Asked(NamedTuple):
    """A worded read with its values: `_loans_of.asked(patron=7)`."""

    worded: Callable[[Mapping[str, Any], Any], tuple[Statement, Sequence[Any]]]
    values: Mapping[str, Any]


class _Read(threading.local):
    """What this thread has read ahead and nobody has asked for yet."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Statement, tuple[Any, ...]], Rows] = {}


_read: Final = _Read()


@contextmanager
def read_ahead(*questions: Asked) -> Iterator[None]:
    """Read these now, in this order, in one trip; inside the block each question is answered once from what was read.

    What was not foreseen is asked in the ordinary way, so a wrong guess costs time and nothing else. An answer is what stood
    there when the block began: foresee nothing whose rows the block changes before it asks. On SQLite, which has no
    trips, and while somebody watches the statements, nothing is read before it is asked for.
    """
    connection: Any = connections["default"]
    if not questions or connection.vendor != "postgresql" or is_watched(connection):
        yield
        return
    session = ready(connection)
    worded = [one.worded(one.values, connection) for one in questions]
    try:
        found = line_of(session).rows_of_all([statement.question(figures) for statement, figures in worded])
    except connection.Database.Error:
        with connection.wrap_database_errors:
            raise
    before: Mapping[Any, Rows] = _read.rows
    _read.rows = {
        **before,
        **{(statement, tuple(figures)): rows for (statement, figures), rows in zip(worded, found, strict=True)},
    }
    try:
        yield
    finally:
        # What was asked inside was answered once: it is not there again outside.
        _read.rows = {one: rows for one, rows in before.items() if one in _read.rows}


def read_before(statement: Statement, figures: Sequence[Any]) -> Rows | None:
    """The rows if they were read ahead: once."""
    return _read.rows.pop((statement, tuple(figures)), None) if _read.rows else None
