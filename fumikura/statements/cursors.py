"""A cursor for statements that come again and again: PostgreSQL plans each of them once a connection."""

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper


def cursor_for(connection: BaseDatabaseWrapper) -> AbstractContextManager[Any]:
    """Django's own cursor, except that PostgreSQL is asked to keep the plan. SQLite keeps it by itself."""
    if connection.vendor != "postgresql" or connection.queries_logged:  # who logs wants to read the figures
        return cast("AbstractContextManager[Any]", connection.cursor())
    connection.ensure_connection()
    session: Any = connection
    wrapped = session._prepare_cursor(_preparing_cursor()(session.connection))
    return cast("AbstractContextManager[Any]", wrapped)


@lru_cache(maxsize=1)
def _preparing_cursor() -> type[Any]:
    """Made at first use: without PostgreSQL there is nothing to derive it from."""
    from psycopg import Cursor

    class PreparingCursor(Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **_options: Any) -> Any:
            return super().execute(query, params, prepare=True)

    return PreparingCursor
