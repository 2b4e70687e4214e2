"""Many small rows at once, without making a model of each: a third of an import's time went into those."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model


def insert_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[str | int | bool | bytes | None]],
    *,
    conflict: str = "",
) -> None:
    """Insert rows of plain values in the caller's transaction. `columns` are names of the table's columns.

    `conflict`: empty (an error), "nothing" (the row that is there stays), or "update:COLUMN" (of it that column is
    written over). The statement is built from the model's own names only; values travel as parameters.
    """
    lines = list(rows)
    if not lines:
        return
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns))
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement + _on_conflict(model, conflict), lines)


def _on_conflict(model: type[Model], conflict: str) -> str:
    """Both databases say it alike."""
    if not conflict:
        return ""
    if conflict == "nothing":
        return " ON CONFLICT DO NOTHING"
    quote = connection.ops.quote_name
    column = quote(conflict.removeprefix("update:"))
    unique = next(one for one in model._meta.total_unique_constraints if one.fields)
    target = ", ".join(quote(str(getattr(model._meta.get_field(name), "column", name))) for name in unique.fields)
    return f" ON CONFLICT ({target}) DO UPDATE SET {column} = EXCLUDED.{column}"
