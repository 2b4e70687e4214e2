"""Searching, for doors and rooms: parse what was typed, ask the index, say why."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery import versions
from fumikura.discovery.answers import FACETS, Answer, Facet, Hit, Sort, Suggestion
from fumikura.discovery.engines import Engine
from fumikura.discovery.explaining import also_searched, why
from fumikura.discovery.filters import narrowed
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.parsing import parse
from fumikura.discovery.query import Query, Start
from fumikura.discovery.text import units
from fumikura.kernel.romaji import kana_begun

__all__ = ["documents_in_index", "parse", "search", "suggest", "version_that_answers"]

DEEPEST = 10_000
"""Nobody pages further; a robot that does gets an empty page rather than a heavy one."""


def search(
    query: Query,
    *,
    start: int = 0,
    rows: int = 20,
    sort: Sort = "relevance",
    filters: Mapping[str, Sequence[str]] | None = None,
    facets: bool = True,
) -> Answer:
    """What the index knows about `query`, narrowed by filters (one of a facet's values is enough; all facets must fit).

    Filter names are those of facets; `year` takes a decade ("2010s"), a year or "2005-2010"; `ndc` any beginning of a class.
    """
    engine = versions.answering_engine()
    if engine is None:
        return Answer(0, (), ready=False)
    asked = narrowed(query, filters or {})
    found = engine.search(asked, start=max(start, 0), rows=min(rows, 500) if start < DEEPEST else 0, sort=sort)
    counted = _facets(engine, engine.generation(), asked) if facets else ()
    return Answer(found.total, _hits(query, found.ids), counted, also_searched(query))


@lru_cache(maxsize=512)
def _facets(engine: Engine, _generation: int, query: Query) -> tuple[Facet, ...]:
    """Counting is the larger half of a search, and pages and filters of one question ask it again."""
    return engine.facets(query, FACETS)


def _hits(query: Query, ids: Sequence[int]) -> tuple[Hit, ...]:
    shown = BibliographicRecord.objects.only("title", "reading", "creator", "creator_reading").in_bulk(list(ids))
    return tuple(
        Hit(pk, why(query, [row.title, row.creator], [row.reading, row.creator_reading]))
        for pk in ids
        if (row := shown.get(pk))
    )


def suggest(text: str, *, names: int = 4, titles: int = 6) -> tuple[Suggestion, ...]:
    """Names, then titles, that begin with what was typed so far: in kanji, kana or romaji."""
    engine = versions.answering_engine()
    typed = text.strip()[:60]
    if engine is None or not units(typed):
        return ()
    found: dict[str, int] = {}
    for spelling in dict.fromkeys([typed, kana_begun(typed)]):
        for name, count in engine.names_starting(spelling, names):
            found.setdefault(name, count)
    suggested = [Suggestion(name, "name", count=count) for name, count in list(found.items())[:names]]
    return (*suggested, *_titles_starting(engine, typed, titles))


def _titles_starting(engine: Engine, typed: str, most: int) -> list[Suggestion]:
    ids = engine.search(Start(kana_begun(typed) or typed), start=0, rows=most * 3, sort="title").ids
    ids += () if not kana_begun(typed) else engine.search(Start(typed), start=0, rows=most, sort="title").ids
    rows = BibliographicRecord.objects.only("title", "reading").in_bulk(list(ids))
    found: dict[str, Suggestion] = {}
    for pk in ids:
        if row := rows.get(pk):
            found.setdefault(row.title, Suggestion(row.title, "title", reading=row.reading, record_id=pk))
    return list(found.values())[:most]


def version_that_answers() -> IndexVersion | None:
    return IndexVersion.objects.filter(answers=True).first()


def documents_in_index() -> int | None:
    """How many documents the answering index holds; None when there is none to ask."""
    engine = versions.answering_engine()
    return engine.count() if engine else None
