"""Statements that come again and again go straight to the database's own module; PostgreSQL plans each of them once a connection."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from fumikura.statements.lines import Line, Question, line_of, numbered

_MARK: Final = re.compile("(?<!%)%s")


class Statement:
    """One statement as Django worded it for one database.

    Django's cursors reword it, look for watchers and wrap themselves four times at each execution, half of what a scan took. Whoever
    watches (logged queries, wrappers) is still shown every statement, and errors and broken transactions are Django's own.
    """

    def __init__(self, sql: str, connection: BaseDatabaseWrapper) -> None:
        self._sql = sql
        is_sqlite = connection.vendor == "sqlite"
        self._own = _MARK.sub("?", sql).replace("%%", "%") if is_sqlite else sql
        self._numbered = b"" if is_sqlite else numbered(sql)

    def rows(self, figures: Sequence[Any], connection: BaseDatabaseWrapper) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._run(figures, connection, _all_rows, Line.rows)
        return found

    def question(self, figures: Sequence[Any]) -> Question:
        """As a line to PostgreSQL takes it."""
        return self._numbered, figures

    def changed(self, figures: Sequence[Any], connection: BaseDatabaseWrapper) -> int:
        return int(self._run(figures, connection, _rows_changed, Line.changed))

    def for_each(self, lines: Sequence[Sequence[Any]], connection: Any) -> None:
        """Run once for every line of figures, in one call."""
        if is_watched(connection):
            with connection.cursor() as cursor:
                cursor.executemany(self._sql, lines)
            return
        connection.ensure_connection()
        connection.validate_no_broken_transaction()
        sql = self._own
        with connection.wrap_database_errors:
            connection.connection.cursor().executemany(sql, lines)

    def _run(
        self,
        figures: Sequence[Any],
        connection: Any,
        taken: Callable[[Any], Any],
        asked: Callable[[Line, Question], Any],
    ) -> Any:
        """What `taken` takes from a cursor; on PostgreSQL what `asked` asks its line."""
        if is_watched(connection):
            with connection.cursor() as cursor:
                cursor.execute(self._sql, figures)
                return taken(cursor)
        session = ready(connection)
        try:
            if connection.vendor == "sqlite":
                return taken(session.execute(self._own, figures))
            return asked(line_of(session), (self._numbered, figures))
        except connection.Database.Error:
            with connection.wrap_database_errors:
                raise


def is_watched(connection: Any) -> bool:
    """Whether somebody looks at every statement."""
    return bool(connection.queries_logged or connection.execute_wrappers)


def ready(connection: Any) -> Any:
    """The database's own connection, open and not in a broken transaction."""
    if connection.connection is None:
        connection.ensure_connection()
    if connection.needs_rollback:
        connection.validate_no_broken_transaction()
    return connection.connection


def _all_rows(cursor: Any) -> Any:
    return cursor.fetchall()


def _rows_changed(cursor: Any) -> Any:
    return cursor.rowcount
