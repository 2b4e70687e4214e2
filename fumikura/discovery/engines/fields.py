"""A document as fields of an inverted index: pairs of characters, single units, codes, numbers. Shared by the engines that have one."""

from functools import lru_cache
from itertools import chain
from typing import Any, Final

from fumikura.discovery.documents import Document, Pieces
from fumikura.discovery.engines import Prepared
from fumikura.discovery.text import tokens, units

PAIRS: Final = ("title", "reading", "draft", "name", "subject", "publisher", "collection", "contents", "rest", "sound")
CODES: Final = ("site", "available", "kind", "language", "audience", "accessible", "series", "decade", "ndc_1", "ndc_2", "ndc_3")  # fmt: skip
FACET_FIELDS: Final = {"year": "decade", "ndc": "ndc_1", "ndc-2": "ndc_2", "ndc-3": "ndc_3"}
LARGEST_FIRST: Final = {
    "newest": "newest",
    "oldest": "oldest",
    "arrived": "arrived",
    "loans": "loans",
}
SMALLEST_FIRST: Final = {"title": "sort_title", "creator": "sort_creator"}
"""Orders, and the fields that hold them."""


def text_pieces(document: Document) -> dict[str, Pieces]:
    """Its text by the field that holds it."""
    return {
        "title": document.titles,
        "reading": document.all_readings,
        "draft": document.all_drafts,
        "name": document.name_texts,
        "subject": document.subjects,
        "publisher": document.publishers,
        "collection": document.collections,
        "contents": document.contents,
        "rest": document.rest,
    }


@lru_cache(maxsize=32_768)
def pairs_of(text: str) -> str:
    """The text as a field of pairs holds it. Names, publishers and subjects come again and again."""
    cut = units(text)
    return " ".join(tokens(cut, anchored="both")) if cut else ""


def fields_of(document: Document) -> Prepared:
    """The document as the index holds it: everything that costs time in Python, so that other processes can do it."""
    pieces = text_pieces(document)
    every = [text for texts in pieces.values() for text in texts]
    fields: dict[str, Any] = {name: " ".join(map(pairs_of, texts)) for name, texts in pieces.items()}
    fields["sound"] = " ".join([" ".join(tokens(tuple(text), anchored="both")) for text in document.sounds if text])
    fields["unit"] = " ".join(set(chain.from_iterable(map(units, every))))
    fields["title_unit"] = " ".join(set(chain.from_iterable(map(units, document.titles))))
    fields["mark"] = " ".join(document.old_writings)
    fields["word"] = " ".join(document.words)
    fields |= {
        "id": document.id,
        "work": document.grouped_by,
        "newest": document.newest_first,
        "oldest": document.oldest_first,
        "arrived": document.arrived_last,
        "loans": document.loans,
        "sort_title": document.sort_title,
        "sort_creator": document.sort_creator,
    }
    if document.year is not None:
        fields |= {"year": document.year, "decade": document.decade}
    fields |= {
        "site": list(document.sites),
        "available": list(document.available),
        "kind": document.kind,
        "language": document.language,
        "audience": document.audience,
        "identifier": list(document.identifiers),
        "ndc": list(document.ndc),
        "ndc_1": list(document.classes(1)),
        "ndc_2": list(document.classes(2)),
        "ndc_3": list(document.classes(3)),
        "accessible": list(document.accessible),
        "series": list(document.series),
        "name_key": list(document.name_keys),
        "subject_key": list(document.subject_keys),
    }
    return {name: value for name, value in fields.items() if value not in ("", " ", [])}
