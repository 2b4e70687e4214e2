"""Asking for the best hits in steps answers what weighing every hit answers; columns made for counting count what is there."""

from collections import Counter

import pytest

from fumikura.discovery.documents import Document
from fumikura.discovery.engines import best_first, broad
from fumikura.discovery.engines import tantivy as embedded
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.filters import narrowed
from fumikura.discovery.parsing import parse
from fumikura.discovery.query import ANY, Field

SITES = tuple(f"S{number:02}" for number in range(9))
ENDINGS = ("報告書", "圖書館報告書", "の報告書 改訂版", "史", "報告", "图书館の報告書", "", "しらべ")
DOCUMENTS = [
    Document(
        id=number + 1,
        titles=(
            f"{'報告書' if number % 13 == 0 else '遺跡' if number % 3 else '遺蹟'}{ENDINGS[number % 8]}{number % 5}",
        ),
        readings=("ホウコクショ",) if number % 7 == 0 else (),
        names=(("報告書" if number % 11 == 0 else "教育委員会", ""),),
        subjects=("報告書",) if number % 17 == 0 else ("遺跡",),
        series=("報告書",) if number % 19 == 0 else (),
        publishers=("報告書館",) if number % 6 == 0 else (),
        kind="book" if number % 2 else "map",
        language="jpn",
        year=1990 + number % 30 if number % 4 else None,
        ndc=("210.2", "913.6") if number % 5 == 0 else ("210.2",) if number % 3 == 0 else (),
        sites=SITES[number % 9 : number % 9 + number % 4],
        available=SITES[number % 9 : number % 9 + number % 2],
    )
    for number in range(240)
]
QUESTIONS = [
    "報告書",
    "遺跡",
    "遺蹟",
    "教育委員会",
    "報",
    "図書館",
    "ほうこくしょ",
    "遺跡 報告書",
    "title:報告書",
    "報告書 -遺跡",
    "0",
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> TantivyEngine:
    found = TantivyEngine(tmp_path_factory.mktemp("index") / "best")
    for start in (0, 90, 170):  # three segments
        found.put(DOCUMENTS[start : start + 90])
        found.commit()
    found.close()
    return found


@pytest.mark.parametrize("filters", [{}, {"kind": ["map"]}, {"site": ["S03"], "year": ["1990s"]}])
@pytest.mark.parametrize("typed", QUESTIONS)
def test_the_answer_in_steps_is_that_of_weighing_all(
    engine: TantivyEngine, typed: str, filters: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = narrowed(parse(typed), filters)
    pages = [(0, 1), (0, 5), (0, 20), (10, 30), (0, 500)]
    monkeypatch.setattr(best_first, "MANY", 1_000_000)
    weighed = [engine.search(query, start=start, rows=rows, sort="relevance") for start, rows in pages]
    monkeypatch.setattr(best_first, "MANY", 1)
    monkeypatch.setattr(best_first, "NOT_RARE", 1)
    assert [engine.search(query, start=start, rows=rows, sort="relevance") for start, rows in pages] == weighed


def test_most_questions_are_answered_without_weighing_all(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(best_first, "MANY", 1)
    monkeypatch.setattr(best_first, "NOT_RARE", 1)
    searcher, compiler = engine._searcher(), engine._compiler
    answered = [
        best_first.best(searcher, compiler, parse(typed), 1_000, needed=10) for typed in ("報告書", "遺跡", "報")
    ]
    assert [found is not None and len(found) for found in answered] == [10, 10, 10]


@pytest.mark.parametrize(("many", "filters"), [(1, {}), (1_000_000, {}), (1, {"site": ["S03"], "year": ["1990s"]})])
def test_hits_and_facets_at_once_are_those_asked_one_after_the_other(
    engine: TantivyEngine, many: int, filters: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names, pages = ("site", "kind", "year", "ndc", "series"), [(0, 0), (0, 5), (10, 500)]
    monkeypatch.setattr(best_first, "MANY", many)
    monkeypatch.setattr(best_first, "NOT_RARE", 1)
    monkeypatch.setattr(embedded, "CORES", 2)
    for typed in [*QUESTIONS, "", "遺跡 OR 報告書", "該当のない語", "ndc:2", "-報告"]:
        query = narrowed(parse(typed), filters)
        monkeypatch.setattr(embedded, "BROAD", 1_000_000)
        facets = engine.counting(query, names)()
        found = [engine.search(query, start=start, rows=rows, sort="relevance") for start, rows in pages]
        monkeypatch.setattr(embedded, "BROAD", 0)
        for (start, rows), expected in zip(pages, found, strict=True):
            counting = engine.counting(query, names)
            assert engine.search(query, start=start, rows=rows, sort="relevance") == expected, typed
            assert counting() == counting() == facets, typed
            again = engine.search(query, start=start, rows=rows, sort="relevance")
            assert again == expected, f"{typed}, the total known"


def test_how_much_a_question_finds_is_guessed_before_it_is_asked(engine: TantivyEngine) -> None:
    searcher = engine._searcher()
    for query in (*map(parse, ("報告書", "遺跡 報告書", "ndc:2", "", "報")), Field("kind", "map")):
        total = engine.search(query, start=0, rows=0, sort="relevance").total
        assert 0 < total / 3 <= broad.expected(searcher, query) <= len(DOCUMENTS), query
    assert [broad.expected(searcher, parse(typed)) for typed in ("該当のない語", "龘", "ndc:7", "。")] == [0, 0, 0, 0]


def test_what_is_matched_by_single_characters_and_codes_is_matched_quickly() -> None:
    assert all(broad.is_quickly_matched(parse(typed)) for typed in ("報", "報 -告", "ndc:2", ""))
    assert not any(broad.is_quickly_matched(parse(typed)) for typed in ("報告", "title:報", "報 遺跡"))


@pytest.mark.parametrize(
    "name", ["site", "available", "kind", "language", "year", "ndc", "ndc-2", "accessible", "series"]
)
def test_a_facet_counts_every_value_of_every_record(engine: TantivyEngine, name: str) -> None:
    query = parse("報告書")
    found = set(engine.search(query, start=0, rows=500, sort="newest").ids)
    values = {
        "site": lambda one: one.sites,
        "available": lambda one: one.available,
        "kind": lambda one: (one.kind,),
        "language": lambda one: (one.language,),
        "year": lambda one: (one.decade,) if one.decade else (),
        "ndc": lambda one: one.classes(1),
        "ndc-2": lambda one: one.classes(2),
        "accessible": lambda one: one.accessible,
        "series": lambda one: one.series,
    }[name]
    counted = Counter(value for one in DOCUMENTS if one.id in found for value in values(one))
    (facet,) = engine.facets(query, [name])
    assert {one.value: one.count for one in facet.values} == counted
    assert list(facet.values) == sorted(facet.values, key=lambda one: (-one.count, one.value))


def test_a_search_after_counting_knows_the_total_of_that_question_only(engine: TantivyEngine) -> None:
    engine.facets(parse("報告書"), ["site"])
    total = len([one for one in DOCUMENTS if one.available])
    assert engine.search(Field("available", ANY), start=0, rows=1, sort="relevance").total == total


def test_a_counting_that_was_kept_says_how_many_there_are(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, names = parse("報告書"), ("site", "kind")
    total = engine.search(query, start=0, rows=5, sort="relevance").total
    kept = engine.counting(query, names)
    engine.counting(parse("遺跡"), names)
    monkeypatch.setattr(embedded, "how_many", lambda *_: pytest.fail("counted once more"))
    kept.searched_next()
    assert engine.search(query, start=0, rows=5, sort="relevance").total == total
