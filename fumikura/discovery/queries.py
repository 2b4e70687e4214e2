"""Searching, for doors and rooms: parse what was typed, ask the index, say why."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial, wraps
from itertools import islice
from typing import ParamSpec, TypeVar

from django.db.models import QuerySet

from fumikura.catalogue.description import Description
from fumikura.catalogue.drafting import draft_title, needs_reading
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.ordering import as_read
from fumikura.discovery import versions
from fumikura.discovery.answers import FACETS, Answer, By, Facet, Hit, Instead, Sort, Suggestion
from fumikura.discovery.engines import Counting, Engine, EngineAway, HeadingKind
from fumikura.discovery.explaining import also_searched, mended, why
from fumikura.discovery.filters import narrowed
from fumikura.discovery.grouping import Group, Grouped, grouped
from fumikura.discovery.models import IndexVersion
from fumikura.discovery.near import Near, near_in
from fumikura.discovery.parsing import loosened, parse
from fumikura.discovery.query import Like, Query, Start
from fumikura.discovery.text import joined_name, units
from fumikura.kernel.romaji import kana_begun, kana_of
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

__all__ = ["documents_in_index", "instead", "near", "parse", "search", "suggest", "version_that_answers"]

logger = logging.getLogger(__name__)

DEEPEST = 10_000
"""Nobody pages further; a robot that does gets an empty page rather than a heavy one."""


NO_SUGGESTIONS: tuple[Suggestion, ...] = ()
NOTHING_INSTEAD: tuple[Instead, ...] = ()
NOT_KNOWN: int | None = None

P = ParamSpec("P")
R = TypeVar("R")


def _unless_away(otherwise: R) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """While the engine does not answer, a page says so instead of failing."""

    def around(ask: Callable[P, R]) -> Callable[P, R]:
        @wraps(ask)
        def asked(*arguments: P.args, **options: P.kwargs) -> R:
            try:
                return ask(*arguments, **options)
            except EngineAway as away:
                logger.error("discovery.engine-away", extra={"reason": str(away)})
                return otherwise

        return asked

    return around


@_unless_away(Answer(0, (), ready=False))
def search(
    query: Query,
    *,
    start: int = 0,
    rows: int = 20,
    sort: Sort = "relevance",
    filters: Mapping[str, Sequence[str]] | None = None,
    facets: Sequence[str] = FACETS,
    by: By = "record",
) -> Answer:
    """What the index knows about `query`, narrowed by filters (one of a facet's values is enough; all facets must fit).

    Filter names are those of facets; `year` takes a decade ("2010s"), a year or "2005-2010"; `ndc` any beginning of a class;
    `available` takes "*" for anywhere. The filters of a facet do not narrow its own counts: they show what else there is.
    By work, a hit is a work and `start` and `rows` count works; totals and facets count records either way.
    """
    engine = versions.answering_engine()
    if engine is None:
        return Answer(0, (), ready=False)
    asked = narrowed(query, filters or {})
    rows = min(rows, 500) if start < DEEPEST else 0
    # Facets first: who has counted all hits, or is at it, need not be asked again how many there are.
    counting = _counting(engine, query, filters or {}, facets)
    found = _found(engine, asked, by, start=max(start, 0), rows=rows, sort=sort)
    counted = counting()
    is_loosened = False
    if not found.total and (some_words := loosened(query)):
        asked = narrowed(some_words, filters or {})
        found = _found(engine, asked, by, start=max(start, 0), rows=rows, sort="relevance")
        is_loosened = found.total > 0
        if is_loosened:
            counted = _counting(engine, some_words, filters or {}, facets)()
    return Answer(
        total=found.total,
        hits=_hits(query, found.groups),
        facets=counted,
        also=also_searched(query),
        loosened=is_loosened,
        works=found.works,
        has_more=found.has_more,
    )


def _found(engine: Engine, query: Query, by: By, *, start: int, rows: int, sort: Sort) -> Grouped:
    if by == "work" and rows:
        return grouped(engine, query, start=start, rows=rows, sort=sort)
    found = engine.search(query, start=start, rows=rows, sort=sort)
    alone = tuple(Group(number, (), 0) for number in found.ids)
    return Grouped(found.total, None, alone, found.total > start + len(alone))


def _counting(
    engine: Engine, query: Query, filters: Mapping[str, Sequence[str]], names: Sequence[str]
) -> Callable[[], tuple[Facet, ...]]:
    """Facets in the order of their names; all that are not filtered by in one go, the others each without its own filter."""
    generation = engine.generation()
    groups: dict[str, list[str]] = {}
    for name in names:
        own = name.partition("-")[0]
        groups.setdefault(own if filters.get(own) else "", []).append(name)
    begun = []
    for own in sorted(groups, reverse=True):  # last what is searched next
        asked = narrowed(query, {name: values for name, values in filters.items() if name != own})
        begun.append(counting := _facets(engine, generation, asked, tuple(groups[own])))
        counting.searched_next()

    def counted() -> tuple[Facet, ...]:
        found = {facet.name: facet for facets in begun for facet in facets()}
        return tuple(found[name] for name in names)

    return counted


@lru_cache(maxsize=512)
def _facets(engine: Engine, _generation: int, query: Query, names: tuple[str, ...]) -> Counting:
    """Counting is the larger half of a search, and pages and filters of one question ask it again."""
    return engine.counting(query, names)


def _hits(query: Query, groups: Sequence[Group]) -> tuple[Hit, ...]:
    shown = {row.pk: row for row in _described(records=listed(group.first for group in groups))}
    return tuple(
        Hit(
            group.first,
            why(query, [row.title, row.creator], [row.reading, row.creator_reading]),
            group.others,
            group.in_now,
        )
        for group in groups
        if (row := shown.get(group.first))
    )


@prepared
def _described(records: str) -> "QuerySet[BibliographicRecord]":
    rows = BibliographicRecord.objects.filter(Among("id", records))
    return rows.only("title", "reading", "creator", "creator_reading")


@_unless_away(NO_SUGGESTIONS)
def suggest(text: str, *, names: int = 3, titles: int = 5, subjects: int = 2) -> tuple[Suggestion, ...]:
    """Names, titles, subjects that begin with what was typed so far: in kanji, kana or romaji."""
    engine = versions.answering_engine()
    typed = text.strip()[:60]
    if engine is None or not units(typed):
        return ()
    return (
        *_headings_starting(engine, "name", typed, names),
        *_titles_starting(engine, typed, titles),
        *_headings_starting(engine, "subject", typed, subjects),
    )


def _headings_starting(engine: Engine, kind: HeadingKind, typed: str, most: int) -> list[Suggestion]:
    found: dict[str, int] = {}
    for spelling in dict.fromkeys([typed, kana_begun(typed)]):
        for heading, count in engine.headings_starting(kind, spelling, most):
            found.setdefault(heading, count)
    first = sorted(list(found.items())[:most], key=lambda one: (-one[1], as_read(one[0])))
    return [Suggestion(heading, kind, count=count) for heading, count in first]


def _titles_starting(engine: Engine, typed: str, most: int) -> list[Suggestion]:
    ids = engine.search(Start(kana_begun(typed) or typed), start=0, rows=most * 3, sort="title").ids
    ids += () if not kana_begun(typed) else engine.search(Start(typed), start=0, rows=most, sort="title").ids
    rows = BibliographicRecord.objects.only("title", "reading").in_bulk(list(ids))
    found: dict[str, Suggestion] = {}
    for pk in ids:
        if row := rows.get(pk):
            found.setdefault(row.title, Suggestion(row.title, "title", reading=row.reading, record_id=pk))
    return list(found.values())[:most]


@_unless_away(NOTHING_INSTEAD)
def instead(text: str, *, most: int = 4) -> tuple[Instead, ...]:
    """もしかして: for a question that found nothing or little, others that find more, the likeliest first.

    Words that are found nowhere are replaced by titles and names that are written or read alike; then single words are left out.
    """
    engine = versions.answering_engine()
    if engine is None:
        return ()
    return tuple(
        islice(mended(text, total=partial(_total, engine), like=partial(_like, engine), read=probably_read), most)
    )


ALIKE, MANY_ALIKE = 50, 300
"""So many candidates are compared; more of two kanji, which are alike in one."""


def _total(engine: Engine, text: str) -> int:
    return engine.search(parse(text), start=0, rows=0, sort="relevance").total


def probably_read(word: str) -> str:
    """Kana for a word with kanji in it, as the dictionary has it; empty without one."""
    draft = draft_title(word) if needs_reading(word) else None
    return draft.text if draft else ""


def _like(engine: Engine, word: str) -> list[tuple[str, str]]:
    """What is written a little like the word: (text to offer, text to compare)."""
    kana = kana_of(word)
    rows = MANY_ALIKE if len(units(word)) == 2 else ALIKE
    ids = engine.search(Like(kana or word), start=0, rows=rows, sort="relevance").ids
    alike = BibliographicRecord.objects.only("title", "reading", "creator", "creator_reading").in_bulk(list(ids))
    found: list[tuple[str, str]] = []
    for pk in ids:
        if row := alike.get(pk):
            creator = joined_name(row.creator)
            found += [
                (row.title, row.title),
                (row.title, row.reading),
                (creator, creator),
                (creator, row.creator_reading),
            ]
    return [(offer, compared) for offer, compared in found if offer and compared]


_NOTHING_NEAR: tuple[Near, ...] = ()


@_unless_away(_NOTHING_NEAR)
def near(record_id: int, description: Description, *, each: int = 6) -> tuple[Near, ...]:
    """What stands near a title by series, subject and class; loans play no part in it."""
    engine = versions.answering_engine()
    return tuple(near_in(engine, record_id, description, each)) if engine else ()


def version_that_answers() -> IndexVersion | None:
    return IndexVersion.objects.filter(answers=True).first()


@_unless_away(NOT_KNOWN)
def documents_in_index() -> int | None:
    """How many documents the answering index holds; None when there is none to ask."""
    engine = versions.answering_engine()
    return engine.count() if engine else None
