"""The reference: slow, obvious, correct. The specification is run on it and on every other engine."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fumikura.discovery import ranks
from fumikura.discovery.answers import Facet, FacetValue, Sort
from fumikura.discovery.documents import Document
from fumikura.discovery.edges import PLACES, word_mark
from fumikura.discovery.engines import Counting, Found, HeadingKind, Prepared
from fumikura.discovery.engines.fields import text_pieces
from fumikura.discovery.engines.places import FIELDS, fields_begun, fields_of_way
from fumikura.discovery.query import (
    Among,
    And,
    AtLeast,
    Everything,
    Field,
    Like,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Start,
    Term,
)
from fumikura.discovery.text import LIKE_FIELDS, Way, needed_to_be_like, series_code, tokens, units, ways
from fumikura.discovery.writings import writing_of
from fumikura.kernel.japanese import fold

Cut = tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """A document, cut."""

    document: Document
    cuts: dict[str, tuple[Cut, ...]]
    marks: frozenset[str]
    words: frozenset[str]


def read(document: Document) -> Read:
    pieces = text_pieces(document) | {"sound": document.sounds}
    return Read(
        document,
        {field: tuple(map(units, texts)) for field, texts in pieces.items()},
        frozenset(document.old_writings),
        document.words,
    )


def contains(cut: Cut, wanted: Cut) -> bool:
    return any(cut[at : at + len(wanted)] == wanted for at in range(len(cut) - len(wanted) + 1))


def whole(document: Document) -> Prepared:
    return {"id": document.id, "document": document}


class MemoryEngine:
    def __init__(self) -> None:
        self._committed: dict[int, Read] = {}
        self._changed: dict[int, Read | None] = {}
        self._generation = 0

    def learn(self, sample: Iterable[Document]) -> None:
        """Nothing: it looks at every document."""

    def put(self, documents: Iterable[Document]) -> int:
        return self.put_prepared(map(whole, documents))

    def put_prepared(self, documents: Iterable[Prepared]) -> int:
        found = {one["id"]: read(one["document"]) for one in documents}
        self._changed |= found
        return len(found)

    def remove(self, ids: Iterable[int]) -> None:
        self._changed.update(dict.fromkeys(ids))

    def commit(self) -> None:
        for number, change in self._changed.items():
            if change is None:
                self._committed.pop(number, None)
            else:
                self._committed[number] = change
        self._changed = {}
        self._generation += 1

    def close(self) -> None:
        self._changed = {}

    def count(self) -> int:
        return len(self._committed)

    def generation(self) -> int:
        return self._generation

    def search(self, query: Query, *, start: int, rows: int, sort: Sort, whole: int = 0) -> Found:
        hits = [one for one in self._committed.values() if matches(query, one)]
        if sort == "relevance":
            hits.sort(key=lambda one: -score(query, one))
        else:
            hits.sort(key=lambda one: ORDERS[sort](one.document))
        page = [one.document for one in hits[start : start + rows]]
        return Found(len(hits), tuple(one.id for one in page), tuple(one.grouped_by for one in page))

    def facets(self, query: Query, names: Sequence[str]) -> tuple[Facet, ...]:
        hits = [one.document for one in self._committed.values() if matches(query, one)]
        return tuple(Facet(name, counted(value for hit in hits for value in facet_values(hit, name))) for name in names)

    def counting(self, query: Query, names: Sequence[str]) -> Counting:
        found = self.facets(query, names)
        return Counting(lambda: found)

    def headings_starting(self, kind: HeadingKind, text: str, limit: int) -> list[tuple[str, int]]:
        typed = "".join(units(text))
        count = Counter(
            name
            for one in self._committed.values()
            for name in {key.split("\t")[1] for key in _heading_keys(one.document, kind) if key.startswith(typed)}
        )
        return sorted(count.items(), key=lambda found: (-found[1], found[0]))[:limit] if typed else []


def _heading_keys(document: Document, kind: HeadingKind) -> Iterable[str]:
    return document.name_keys if kind == "name" else document.subject_keys


ORDERS: Final[dict[str, Callable[[Document], int | str]]] = {
    "newest": lambda one: -one.newest_first,
    "oldest": lambda one: -one.oldest_first,
    "arrived": lambda one: -one.arrived_last,
    "title": lambda one: one.sort_title,
    "creator": lambda one: one.sort_creator,
    "loans": lambda one: -one.loans,
}


def facet_values(document: Document, name: str) -> Iterable[str]:
    match name:
        case "site":
            return document.sites
        case "available":
            return document.available
        case "year":
            return (document.decade,) if document.decade else ()
        case "ndc":
            return document.classes(1)
        case "ndc-2" | "ndc-3":
            return document.classes(int(name[-1]))
        case "accessible" | "series":
            return tuple(getattr(document, name))
        case _:
            return (getattr(document, name),) if getattr(document, name) else ()


def counted(values: Iterable[str]) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(*found) for found in sorted(Counter(values).items(), key=lambda one: (-one[1], one[0])))


def matches(query: Query, one: Read) -> bool:
    match query:
        case And(parts):
            return all(matches(part, one) for part in parts)
        case Or(parts):
            return any(matches(part, one) for part in parts)
        case AtLeast(count, parts):
            return sum(matches(part, one) for part in parts) >= count
        case Not(part):
            return not matches(part, one)
        case Everything():
            return True
        case Nothing():
            return False
        case _:
            return _is_there(query, one)


def _is_there(query: Query, one: Read) -> bool:
    match query:
        case Term(text, field):
            return any(_stands(way, field, one) for way in ways(text))
        case Phrase(text, field):
            cut = units(text)
            return bool(cut) and _stands(Way(cut, "words"), field, one)
        case Start(text, field):
            return any(_begins(way.cut, one, fields_begun(field)) for way in ways(text) if way.by != "sound")
        case Prefix(text, "ndc"):
            return any(ndc.startswith(text) for ndc in one.document.ndc)
        case Prefix(text, _):
            return any(unit.startswith(fold(text)) for unit in all_units(one))
        case Field("available", "*"):
            return bool(one.document.available)
        case Field(name, value):
            return value in key_values(one.document, name)
        case Range(low, high):
            return one.document.year is not None and low <= one.document.year <= high
        case Among(ids):
            return one.document.id in ids
        case Like(text):
            return likeness(text, one) > 0
        case _:
            return False


def likeness(text: str, one: Read) -> int:
    """How many pairs a field shares with the word; 0 when too few."""
    cut = units(text)
    wanted = set(tokens(cut, anchored="both")) if cut else set()
    shared = [
        len(wanted & {token for piece in one.cuts[field] if piece for token in tokens(piece, anchored="both")})
        for field in LIKE_FIELDS
    ]
    return max((count for count in shared if count >= needed_to_be_like(len(wanted))), default=0)


def all_units(one: Read) -> set[str]:
    return {unit for field in FIELDS["any"] for cut in one.cuts[field] for unit in cut}


def key_values(document: Document, name: str) -> Sequence[str]:
    match name:
        case "identifier":
            return document.identifiers
        case "site":
            return document.sites
        case "available":
            return document.available
        case "accessible" | "series":
            return tuple(getattr(document, name))
        case _:
            return (str(getattr(document, name)),)


def _stands(way: Way, field: str, one: Read) -> bool:
    return any(contains(cut, way.cut) for name in fields_of_way(way, field) for cut in one.cuts[name])


def _begins(wanted: Cut, one: Read, fields: Sequence[str]) -> bool:
    """A Latin word at the end may still be unfinished."""
    *whole, last = wanted
    size = len(whole)
    return any(
        list(cut[:size]) == whole and (cut[size] == last or (last.isascii() and cut[size].startswith(last)))
        for field in fields
        for cut in one.cuts[field]
        if len(cut) > size
    )


def score(query: Query, one: Read) -> float:
    match query:
        case Term(text, field):
            farther = distance(text, one)
            best = max((_score(way, field, one, farther) for way in ways(text)), default=0)
            return best + (ranks.EXACT_SERIES if field == "any" and series_code(text) in one.document.series else 0)
        case Phrase(text, field):
            cut = units(text)
            return _score(Way(cut, "words"), field, one, distance(text, one)) if cut else 0
        case Like(text):
            return likeness(text, one)
        case AtLeast(_, parts):
            return sum(score(part, one) for part in parts if matches(part, one))
        case And(parts):
            return sum(score(part, one) for part in parts) + _score_whole(parts, one)
        case Or(parts):
            return max((score(part, one) for part in parts if matches(part, one)), default=0)
        case _:
            return 0


def _score_whole(parts: Sequence[Query], one: Read) -> float:
    """Words typed apart may be a title written together."""
    together = ranks.together(parts)
    places = ("title", "reading", "draft", "name")
    return max((ranks.EXACT[name] for name in places if set(together) & set(one.cuts[name])), default=0)


def distance(text: str, one: Read) -> str:
    """How a document's title and names are written beside what was typed: a key of ranks.FARTHER."""
    asked = writing_of(text)
    if not one.marks.issuperset(asked.needed_variants) or one.marks & set(asked.variants):
        return "variant"
    return "as-asked" if one.marks.issuperset(asked.needed) and not one.marks & set(asked.older) else "old-form"


def _score(way: Way, field: str, one: Read, farther: str) -> float:
    best = 0.0
    for name in fields_of_way(way, field):
        cuts = [cut for cut in one.cuts[name] if contains(cut, way.cut)]
        if not cuts:
            continue
        step = ranks.INSIDE[name]
        share = 1.0
        if name in ranks.WRITING:
            step += ranks.WRITING[name] * ("variant", "old-form", "as-asked").index(farther)
            share = ranks.FARTHER[farther]
        if name in ranks.EXACT and way.cut in cuts:
            step = max(step, ranks.EXACT[name] * share)
        if name in ranks.START and any(cut[: len(way.cut)] == way.cut for cut in cuts):
            step = max(step, ranks.START[name] * share)
        best = max(best, step * way.weight)
    as_word = [
        ranks.WORD[where]
        for where, field_of in PLACES.items()
        if field_of in fields_of_way(way, field) and word_mark(where, way.cut) in one.words
    ]
    return best + sum(as_word) * way.weight
