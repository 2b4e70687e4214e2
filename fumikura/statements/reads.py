"""A read whose SQL Django words at its first use: afterwards only its figures are put in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import update_wrapper
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ValuesListIterable, get_related_populators

from fumikura.statements.ahead import Asked, read_before
from fumikura.statements.binding import Figures, marks_for, parameters_of
from fumikura.statements.cursors import Statement

Row = TypeVar("Row")


class _Plan(NamedTuple):
    """One statement as worded for one database, and how its rows become what the queryset would have answered."""

    statement: Statement
    figures: Figures
    answer: Callable[[Sequence[tuple[Any, ...]], Any], list[Any]]


class Prepared(Generic[Row]):
    """`@prepared` over a function of plain values that answers a queryset: models or values_list tuples.

    The function is called once a process and database, with marks instead of values: it must not look at them. Answers
    lists. select_related, only, annotate and select_for_update are kept; prefetch_related is not.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self._build = build
        self._parameters = parameters_of(build)
        self._plans: dict[str, _Plan] = {}
        update_wrapper(self, build)

    def __call__(self, **values: Any) -> list[Row]:
        connection = connections["default"]
        plan = self._planned(connection)
        figures = plan.figures(values, connection)
        rows = read_before(plan.statement, figures)
        if rows is None:
            rows = plan.statement.rows(figures, connection)
        return plan.answer(rows, connection) if rows else []

    def asked(self, **values: Any) -> Asked:
        """The same question for `read_ahead`."""
        return Asked(self._worded, values)

    def _worded(self, values: Mapping[str, Any], connection: Any) -> tuple[Statement, list[Any]]:
        plan = self._planned(connection)
        return plan.statement, plan.figures(values, connection)

    def _planned(self, connection: Any) -> _Plan:
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = self._word(connection)
        return plan

    def first(self, **values: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self(**values)), None)

    def _word(self, connection: Any) -> _Plan:
        worded = []
        for turn in (1, 2):
            marks = marks_for(self._parameters, turn)
            queryset = self._build(**marks)
            compiler: Any = queryset.query.get_compiler(connection=connection)
            sql, found = compiler.as_sql()
            worded.append(sql)
        if worded[0] != worded[1]:
            raise TypeError(f"{self._build.__qualname__}: its SQL depends on its values")
        figures = Figures(self._parameters, found, marks, connection)
        return _Plan(Statement(sql, connection), figures, _answering(queryset, compiler))


def prepared(build: Callable[..., "QuerySet[Any, Row]"]) -> Prepared[Row]:
    return Prepared(build)


def _answering(queryset: Any, compiler: Any) -> Callable[[Sequence[tuple[Any, ...]], Any], list[Any]]:
    converters = [
        (place, functions, expression)
        for place, (functions, expression) in compiler.get_converters([one[0] for one in compiler.select]).items()
    ]

    def converted(rows: Sequence[tuple[Any, ...]], connection: Any) -> Iterator[list[Any]]:
        for row in rows:
            cells = list(row)
            for place, functions, expression in converters:
                for convert in functions:
                    cells[place] = convert(cells[place], expression, connection)
            yield cells

    shape: Callable[[list[Any]], Any]
    if queryset._iterable_class is ValuesListIterable:
        shape = tuple
    elif queryset._iterable_class is FlatValuesListIterable:
        shape = _first_cell
    else:
        shape = _model_builder(compiler)
    return lambda rows, connection: [shape(cells) for cells in converted(rows, connection)]


def _first_cell(cells: list[Any]) -> Any:
    return cells[0]


def _model_builder(compiler: Any) -> Callable[[list[Any]], Model]:
    info, select = compiler.klass_info, compiler.select
    places = info["select_fields"]
    first, last = places[0], places[-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    populators: Any = get_related_populators  # the stubs know it with an argument of a later Django
    related = populators(info, select, "default")
    for populate in related:
        _make_quick(populate)
    annotated = list(compiler.annotation_col_map.items())
    made = QuickRows(info["model"])

    def build(cells: list[Any]) -> Model:
        row = made.from_db("default", names, cells[first:last])
        for populate in related:
            populate.populate(cells, row)
        for name, place in annotated:
            row.__dict__[name] = cells[place]
        return row

    return build


def _make_quick(populator: Any) -> None:
    populator.model_cls = QuickRows(populator.model_cls)
    for below in populator.related_populators:
        _make_quick(below)


class QuickRows:
    """Makes rows of a model as its `from_db` does: columns that were not read are read when somebody asks for them.

    Without the constructor, which looks at each field for what a row from the database never is (an expression, an object, missing).
    """

    def __init__(self, model: type[Model]) -> None:
        if model.from_db.__func__ is not Model.from_db.__func__:  # type: ignore[attr-defined]
            raise TypeError(f"{model.__name__} reads its rows in its own way")
        self._model = model

    def from_db(self, database: str, names: Sequence[str], cells: Sequence[Any]) -> Model:
        row = self._model.__new__(self._model)
        state = ModelState()
        state.adding, state.db = False, database
        values = row.__dict__
        values["_state"] = state
        values.update(zip(names, cells, strict=True))
        return row
