"""What the embedded index keeps beside the fields: columns made for counting, and what stands whole in a name or subject.

Counting a column that holds exactly one value in each record takes a tenth of counting one that may hold several: so a facet's values
of a record stand together as one, and those of which there are many (sites) in several columns, so that few different ones come together.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any, Final
from zlib import crc32

from fumikura.discovery.answers import FacetValue
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Prepared
from fumikura.discovery.engines.fields import fields_of
from fumikura.discovery.query import ANY
from fumikura.discovery.text import units

BETWEEN: Final = "\t"
"""Between the values of one column; alone it says that there are none."""

SPREAD: Final[Mapping[str, int]] = {"site": 4, "available": 4}
"""Fields of which a record has any number of values, and over how many columns they are spread."""

COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: tuple(f"{name}_by_{number}" for number in range(spread)) for name, spread in SPREAD.items()},
    **{name: (f"{name}_by",) for name in ("kind", "language", "audience", "decade", "ndc_1", "ndc_2", "ndc_3", "accessible")},
}  # fmt: skip
"""Fields that facets count, and their columns."""

WHOLE: Final = ("name", "subject")
"""Fields of which the index also knows every piece as a whole: half a million records may be of one body."""


def columns_of(document: Document) -> Prepared:
    """The document as the embedded index holds it."""
    fields = dict(fields_of(document))
    found = dict.fromkeys(chain.from_iterable(COUNTED.values()), BETWEEN)
    for name, columns in COUNTED.items():
        values = fields.get(name, ())
        if isinstance(values, str):
            found[columns[0]] = values
        elif len(columns) == 1:
            found[columns[0]] = BETWEEN.join(sorted(values)) or BETWEEN
        else:
            for column, some in _spread(columns, values):
                found[column] = BETWEEN.join(some)
    if document.available:
        fields["available"] = [*document.available, ANY]
    pieces = {"name": document.name_texts, "subject": document.subjects}
    if whole := {one for field in WHOLE for text in pieces[field] if (one := whole_of(field, text))}:
        fields["whole"] = sorted(whole)
    return {**fields, **found}


def _spread(columns: Sequence[str], values: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for value in sorted(values):
        found.setdefault(columns[crc32(value.encode()) % len(columns)], []).append(value)
    return found.items()


def counted(buckets: Iterable[Mapping[str, Any]]) -> tuple[FacetValue, ...]:
    """The values of a facet by frequency, then by code, from the buckets of all its columns."""
    counts: dict[str, int] = {}
    for bucket in buckets:
        for value in bucket["key"].split(BETWEEN):
            counts[value] = counts.get(value, 0) + bucket["doc_count"]
    counts.pop("", None)
    return tuple(FacetValue(*one) for one in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


@lru_cache(maxsize=32_768)
def whole_of(field: str, text: str) -> str:
    return whole_term(field, cut) if (cut := units(text)) else ""


def whole_term(field: str, cut: Sequence[str]) -> str:
    """A piece of text as a whole: 48 bits of it, which is enough where it only moves forward what was found by its words."""
    return f"{field[0]}{blake2b(BETWEEN.join(cut).encode(), digest_size=6).hexdigest()}"
