"""What the embedded index keeps beside the fields: columns made for counting, and what stands whole in a name or subject.

Counting a column that holds exactly one value in each record takes a tenth of counting one that may hold several: so a facet's values
of a record stand together as one, and those of which there are many (sites) in several columns, so that few different ones come together.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final
from zlib import crc32

from fumikura.discovery.answers import FacetValue
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Prepared
from fumikura.discovery.engines.fields import fields_of
from fumikura.discovery.query import ANY
from fumikura.discovery.text import units

BETWEEN: Final = "\t"
"""Between the values of one field; alone it says that there are none."""

APART: Final = "\n"
"""Between the fields of one column."""

SPREAD: Final[Mapping[str, int]] = {"site": 3, "available": 3}
"""Fields of which a record has any number of values, and over how many columns they are spread."""

TOGETHER: Final[Mapping[str, tuple[str, ...]]] = {
    "what_by": ("kind", "language", "audience", "accessible"),
    "when_by": ("decade", "ndc_1"),
    "ndc_2_by": ("ndc_2",),
    "ndc_3_by": ("ndc_3",),
}
"""Columns, and the fields that stand in each: few different values come together, and one column is read for all of them."""

COUNTED: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    **{name: tuple((f"{name}_by_{number}", 0) for number in range(spread)) for name, spread in SPREAD.items()},
    **{name: ((column, place),) for column, names in TOGETHER.items() for place, name in enumerate(names)},
}
"""Fields that facets count, their columns, and their place in these."""

COLUMNS: Final = tuple(dict.fromkeys(column for places in COUNTED.values() for column, _ in places))

WHOLE: Final = ("name", "subject")
"""Fields of which the index also knows every piece as a whole: half a million records may be of one body."""


def columns_of(document: Document) -> Prepared:
    """The document as the embedded index holds it."""
    fields = dict(fields_of(document))
    found = {column: _together(fields, names) for column, names in TOGETHER.items()}
    for name, spread in SPREAD.items():
        found |= _spread(name, spread, fields.get(name, ()))
    if document.available:
        fields["available"] = [*document.available, ANY]
    pieces = {"name": document.name_texts, "subject": document.subjects}
    if whole := {one for field in WHOLE for text in pieces[field] if (one := whole_of(field, text))}:
        fields["whole"] = sorted(whole)
    return {**fields, **found}


def _together(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    values = [fields.get(name, ()) for name in names]
    texts = [one if isinstance(one, str) else BETWEEN.join(sorted(one)) for one in values]
    return APART.join(texts) or BETWEEN


def _spread(name: str, over: int, values: Iterable[str]) -> dict[str, str]:
    found: list[list[str]] = [[] for _ in range(over)]
    for value in sorted(values):
        found[crc32(value.encode()) % over].append(value)
    return {f"{name}_by_{number}": BETWEEN.join(some) or BETWEEN for number, some in enumerate(found)}


def counted(buckets: Iterable[tuple[int, Mapping[str, Any]]]) -> tuple[FacetValue, ...]:
    """The values of a facet by frequency, then by code, from the buckets of all its columns, each with the place of the facet there."""
    counts: dict[str, int] = {}
    for place, bucket in buckets:
        for value in _read(bucket["key"])[place]:
            counts[value] = counts.get(value, 0) + bucket["doc_count"]
    counts.pop("", None)
    return tuple(FacetValue(*one) for one in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


@lru_cache(maxsize=16_384)
def _read(key: str) -> tuple[tuple[str, ...], ...]:
    """The values of each field of a column."""
    return tuple(tuple(values.split(BETWEEN)) for values in key.split(APART))


@lru_cache(maxsize=32_768)
def whole_of(field: str, text: str) -> str:
    return whole_term(field, cut) if (cut := units(text)) else ""


def whole_term(field: str, cut: Sequence[str]) -> str:
    """A piece of text as a whole: 48 bits of it, which is enough where it only moves forward what was found by its words."""
    return f"{field[0]}{blake2b(BETWEEN.join(cut).encode(), digest_size=6).hexdigest()}"
