"""Narrowing a question by what facets offer."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from fumikura.discovery.parsing import years
from fumikura.discovery.query import Field, KeyField, Nothing, Prefix, Query, all_of, any_of

_KEYS: Final[Mapping[str, KeyField]] = {
    "site": "site",
    "available": "available",
    "kind": "kind",
    "language": "language",
    "audience": "audience",
    "accessible": "accessible",
    "series": "series",
}


def narrowed(query: Query, filters: Mapping[str, Sequence[str]]) -> Query:
    """`query` with every filter: one of its values is enough. A value that makes no sense finds nothing."""
    parts = [
        any_of(*(_condition(name, value) for value in values)) for name, values in sorted(filters.items()) if values
    ]
    return all_of(query, *parts)


def _condition(name: str, value: str) -> Query:
    if name in _KEYS:
        return Field(_KEYS[name], value)
    if name == "year":
        return years(value) or Nothing()
    if name == "ndc" and re.fullmatch(r"[0-9]{1,3}(\.[0-9]*)?", value):
        return Prefix(value.rstrip("."))
    return Nothing()
