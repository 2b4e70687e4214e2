"""Writes whose SQL Django words at their first use: updates of rows found by plain values, and new rows."""

from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from typing import Any

from django.db import connections, transaction
from django.db.models import BooleanField, CharField, Field, ForeignKey, IntegerField, Model, QuerySet, TextField, sql

from fumikura.statements.binding import Figures, marks_for, parameters_of
from fumikura.statements.cursors import Statement

LEFT_AS_THEY_ARE = (CharField, TextField, IntegerField, BooleanField, ForeignKey)

Change = tuple["QuerySet[Any]", Mapping[str, Any]]


class PreparedUpdate:
    """`@prepared_update` over a function of plain values that answers (queryset, new values), as for `.update()`.

    The function is called once a process and database, with marks instead of values: it must not look at them.
    """

    def __init__(self, build: Callable[..., Change]) -> None:
        self._build = build
        self._parameters = parameters_of(build)
        self._plans: dict[str, tuple[Statement, Figures]] = {}
        update_wrapper(self, build)

    def __call__(self, **values: Any) -> int:
        """How many rows were changed."""
        connection = connections["default"]
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = self._word(connection)
        statement, figures = plan
        with transaction.mark_for_rollback_on_error("default"):
            return statement.changed(figures(values, connection), connection)

    def _word(self, connection: Any) -> tuple[Statement, Figures]:
        worded = []
        for turn in (1, 2):
            marks = marks_for(self._parameters, turn)
            queryset, changes = self._build(**marks)
            query: Any = queryset.query.chain(sql.UpdateQuery)
            query.add_update_values(dict(changes))
            query.annotations = {}
            statement, found = query.get_compiler(connection=connection).as_sql()
            worded.append(statement)
        if worded[0] != worded[1]:
            raise TypeError(f"{self._build.__qualname__}: its SQL depends on its values")
        return Statement(worded[0], connection), Figures(self._parameters, found, marks, connection)


def prepared_update(build: Callable[..., Change]) -> PreparedUpdate:
    return PreparedUpdate(build)


_inserts: dict[tuple[str, type[Model]], tuple[Statement, list[Callable[[Model], Any]]]] = {}


def insert(row: Model) -> None:
    """`row.save(force_insert=True)` without its signals and checks; the row gets its number.

    A field whose value is an expression (not a plain value) must have the same expression in every row of its table.
    """
    connection = connections["default"]
    key = (connection.vendor, type(row))
    plan = _inserts.get(key)
    if plan is None:
        plan = _inserts[key] = _word_insert(row, connection)
    statement, values = plan
    with transaction.mark_for_rollback_on_error("default"):
        ((row.pk,),) = statement.rows([value(row) for value in values], connection)
    row._state.adding, row._state.db = False, "default"


_bulk_inserts: dict[tuple[str, type[Model]], tuple[Statement, list[Callable[[Model], Any]]]] = {}


def insert_many(rows: Sequence[Model]) -> None:
    """`insert` for many rows of one model at once. They do not get their numbers."""
    if not rows:
        return
    connection = connections["default"]
    key = (connection.vendor, type(rows[0]))
    plan = _bulk_inserts.get(key)
    if plan is None:
        plan = _bulk_inserts[key] = _word_insert(rows[0], connection, returning=())
    statement, values = plan
    with transaction.mark_for_rollback_on_error("default"):
        statement.for_each([[value(row) for value in values] for row in rows], connection)


def _word_insert(
    row: Model, connection: Any, returning: Sequence[str] = ("pk",)
) -> tuple[Statement, list[Callable[[Model], Any]]]:
    options = row._meta
    fields = [field for field in options.concrete_fields if not field.generated and field is not options.auto_field]
    query = sql.InsertQuery(type(row))
    query.insert_values(fields, [row])
    compiler: Any = query.get_compiler(connection=connection)
    compiler.returning_fields = [options.pk] if returning else None
    ((statement, _),) = compiler.as_sql()
    plain = [field for field in fields if not hasattr(getattr(row, field.attname), "resolve_expression")]
    return Statement(statement, connection), [_value_of(field, connection) for field in plain]


def _value_of(field: "Field[Any, Any]", connection: Any) -> Callable[[Model], Any]:
    """How the figure of a field is found in a row: as it stands there where Django would leave it so."""

    def prepared(row: Model) -> Any:
        return field.get_db_prep_save(field.pre_save(row, True), connection)

    as_it_stands = (str, int, bool, type(None)) if connection.vendor == "sqlite" else (str, bool, type(None))
    if type(field).pre_save is not Field.pre_save or not isinstance(field, LEFT_AS_THEY_ARE):
        return prepared
    name = field.attname

    def plain(row: Model) -> Any:
        value = row.__dict__.get(name, ...)
        return value if type(value) in as_it_stands else prepared(row)

    return plain
