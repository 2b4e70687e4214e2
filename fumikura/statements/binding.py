"""Marks put where figures will stand, and the figures put where the marks stood."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

MARKS: Mapping[type, Callable[[int, int], Any]] = {
    int: lambda place, turn: 1_870_000_000 + 1000 * turn + place,
    str: lambda place, turn: f"\x01mark {turn} {place}",
    date: lambda place, turn: date(1000 + turn, 1, 1 + place),
    datetime: lambda place, turn: datetime(1000 + turn, 2, 1 + place, tzinfo=UTC),
}
"""For each type that may be a parameter: a value that nobody would write, by the place of the parameter."""

Bind = Callable[[Any, BaseDatabaseWrapper], Any]


def parameters_of(build: Callable[..., Any]) -> dict[str, type]:
    """Names and types of the parameters of a statement. They must be int, str, date or datetime, never None."""
    found = {
        name: parameter.annotation for name, parameter in inspect.signature(build, eval_str=True).parameters.items()
    }
    if unfit := [name for name, kind in found.items() if kind not in MARKS]:
        raise TypeError(f"{build.__qualname__}: {', '.join(unfit)} must be int, str, date or datetime")
    return found


def marks_for(parameters: Mapping[str, type], turn: int) -> dict[str, Any]:
    return {name: MARKS[kind](place, turn) for place, (name, kind) in enumerate(parameters.items())}


class Figures:
    """Which parameter stands at which place of a worded statement, and what stands there whatever is asked."""

    def __init__(
        self, parameters: Mapping[str, type], found: Sequence[Any], marks: Mapping[str, Any],
        connection: BaseDatabaseWrapper,
    ) -> None:  # fmt: skip
        stored = {name: _stored(mark, parameters[name], connection) for name, mark in marks.items()}
        self._places: list[tuple[str, Bind] | None] = []
        self._fixed = list(found)
        for value in found:
            name = next((name for name, mark in stored.items() if type(mark) is type(value) and mark == value), None)
            name = name or next((name for name, mark in stored.items() if mark == value), None)
            self._places.append((name, _binding(parameters[name], value)) if name else None)
        if missing := set(parameters) - {place[0] for place in self._places if place}:
            raise TypeError(f"{', '.join(sorted(missing))}: not a plain value in the statement")

    def __call__(self, values: Mapping[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
        return [
            fixed if place is None else place[1](values[place[0]], connection)
            for place, fixed in zip(self._places, self._fixed, strict=True)
        ]


def _stored(value: Any, kind: type, connection: BaseDatabaseWrapper) -> Any:
    if kind is datetime:
        return connection.ops.adapt_datetimefield_value(value)
    if kind is date:
        return connection.ops.adapt_datefield_value(value)
    return value


def _binding(kind: type, found: Any) -> Bind:
    if kind in {date, datetime}:
        return lambda value, connection: _stored(value, kind, connection)
    if type(found) is kind:
        return lambda value, connection: value
    # A database that wants its whole numbers in a class of their own.
    return lambda value, connection: type(found)(value)
