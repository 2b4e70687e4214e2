"""PostgreSQL's C library itself: plans that a connection keeps, and several statements in one trip.

psycopg's cursors word, lock and wait for every single statement, which took as long as the database. Figures become the server's
words, and its rows values, by psycopg's own adapters as Django has set them up.
"""

import re
import select
from collections.abc import Sequence
from itertools import count
from typing import Any, Final, cast

_MARK: Final = re.compile("%%|%s")

GONE: Final = "26000"
"""No such plan: somebody between us and the server gave the plans away (a pool, DISCARD ALL)."""
CHECKS_A_PLAN: Final = "RevalidateCachedQuery"
"""Where the server refuses a plan whose rows would be of other types now. Its code 0A000 says much else, its words are translated."""

Question = tuple[bytes, Sequence[Any]]
"""A statement as `numbered` worded it, and its figures."""


def numbered(sql: str) -> bytes:
    """The same statement with $1, $2 where %s stood."""
    place = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal place
        if found[0] == "%%":
            return "%"
        place += 1
        return f"${place}"

    return _MARK.sub(mark, sql).encode()


class _Outlived(Exception):
    """A kept plan does not hold any more. All of this line are forgotten."""


class Line:
    """One connection. `trips` counts how often it went to the server and waited."""

    def __init__(self, session: Any) -> None:
        from psycopg import errors, pq
        from psycopg.adapt import PyFormat, Transformer

        self._session, self._server = session, session.pgconn
        self._values = Transformer(session)
        self._automatic, self._error = PyFormat.AUTO, errors.error_from_result
        self._lost: type[Exception] = errors.OperationalError
        self._idle, self._broken = pq.TransactionStatus.IDLE, pq.ConnStatus.BAD
        self._good = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}
        self._kept: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._numbers = count()
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._server.socket, select.POLLIN)
        self._writable.register(self._server.socket, select.POLLOUT)
        self.trips = 0

    def rows(self, question: Question) -> list[tuple[Any, ...]]:
        return self._read(self._run([question])[-1])

    def changed(self, question: Question) -> int:
        """How many rows a statement changed."""
        return self._run([question])[-1].command_tuples or 0

    def rows_of_all(self, questions: Sequence[Question]) -> list[list[tuple[Any, ...]]]:
        """The same as one after the other, in one trip. Each sees what those before it have done and waited for."""
        return [self._read(result) for result in self._run(questions)[-len(questions) :]]

    def _run(self, questions: Sequence[Question]) -> list[Any]:
        """The results; where a transaction must begin first, that of its beginning stands before them.

        A plan that has outlived its tables, or that the server gave away, is made anew and asked again when nothing of a
        transaction is lost by that. Else all plans are forgotten and OperationalError says that the whole may be done again.
        """
        is_first = self._server.transaction_status == self._idle
        try:
            return self._answers(questions)
        except _Outlived as plan:
            if not is_first:
                raise self._lost(str(plan)) from plan.__cause__
            if self._server.transaction_status != self._idle:
                self._checked(self._server.exec_(b"ROLLBACK"))
        return self._answers(questions)

    def _answers(self, questions: Sequence[Question]) -> list[Any]:
        begins = not self._session.autocommit and self._server.transaction_status == self._idle
        planned = [self._planned(*question) for question in questions]
        self.trips += 1
        if len(planned) == 1 and not begins:
            return [self._checked(self._server.exec_prepared(*planned[0]))]
        try:
            self._server.enter_pipeline_mode()
            if begins:
                self._server.send_query_params(b"BEGIN", None)
            for one in planned:
                self._server.send_query_prepared(*one)
            self._server.pipeline_sync()
            results = self._results(len(planned) + begins)
            self._server.exit_pipeline_mode()
        except BaseException:
            # Half an answer is left on the line: nobody may read on from there.
            self._server.finish()
            raise
        return [self._checked(result) for result in results]

    def _planned(self, sql: bytes, figures: Sequence[Any]) -> tuple[bytes, Sequence[Any], Any]:
        """Name of the kept plan and the figures in the server's words. Planned at the first use on this connection."""
        words = self._values.dump_sequence(figures, [self._automatic] * len(figures)) if figures else ()
        kinds = self._values.types or () if figures else ()
        formats = self._values.formats if figures else None
        name = self._kept.get((sql, kinds))
        if name is None:
            # Never a name again: the server may know it already, when we were interrupted before we wrote it down.
            name = b"fumikura_%d" % next(self._numbers)
            self._checked(self._server.prepare(name, sql, kinds))
            self._kept[sql, kinds] = name
        return name, words, formats

    def _results(self, count: int) -> list[Any]:
        """Of so many commands, and of the mark behind them. Waits with the interpreter free for other threads."""
        while self._server.flush():
            self._writable.poll()
        found: list[Any] = []
        for _ in range(count):
            result = self._next()
            if result is None:
                raise self._lost(self._server.get_error_message())
            found.append(result)
            while self._next() is not None:
                pass
        self._next()
        return found

    def _next(self) -> Any:
        while self._server.is_busy():
            self._readable.poll()
            self._server.consume_input()
        return self._server.get_result()

    def _checked(self, result: Any) -> Any:
        if result.status in self._good:
            return result
        if self._server.status == self._broken:
            raise self._lost(self._server.get_error_message())
        error = self._error(result)
        if error.sqlstate == GONE or error.diag.source_function == CHECKS_A_PLAN:
            self._kept.clear()
            raise _Outlived(
                "the tables were changed while this was under way; nothing of it was done: do it again"
            ) from error
        raise error

    def _read(self, result: Any) -> list[tuple[Any, ...]]:
        if not result.ntuples:
            return []
        self._values.set_pgresult(result)
        return cast("list[tuple[Any, ...]]", self._values.load_rows(0, result.ntuples, tuple))


def line_of(session: Any) -> Line:
    """The line of a connection of psycopg, made at its first use."""
    line: Line | None = session.__dict__.get("fumikura_line")
    if line is None:
        line = session.fumikura_line = Line(session)
    return line
