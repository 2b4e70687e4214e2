"""The table of searches, asked of every engine."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fumikura.discovery.answers import DEEPER, FACETS, SORTS, Sort
from fumikura.discovery.documents import Document, number_of_work
from fumikura.discovery.engines import Engine, open_engine
from fumikura.discovery.engines import tantivy as embedded
from fumikura.discovery.engines.memory import MemoryEngine
from fumikura.discovery.filters import narrowed
from fumikura.discovery.grouping import grouped
from fumikura.discovery.parsing import loosened, parse
from fumikura.discovery.query import AtLeast, Like, Query, Term

TABLE = Path(__file__).with_name("search.txt")


@dataclass(frozen=True)
class Case:
    question: str
    filters: dict[str, list[str]]
    sort: Sort
    tiers: tuple[frozenset[int], ...]

    def __str__(self) -> str:
        return f"{self.filters or ''}{self.sort if self.sort != 'relevance' else ''}{self.question}"


def read_table() -> tuple[list[Document], list[Case]]:
    documents: list[Document] = []
    cases: list[Case] = []
    columns: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("columns "):
            columns = [name.strip() for name in line.removeprefix("columns ").split("|")]
        elif line.startswith("works "):
            GROUPED.append(read_grouped(line.removeprefix("works ")))
        elif " ->" in line:
            cases.append(read_case(line))
        else:
            documents.append(read_document(dict(zip(columns, map(str.strip, line.split("|")), strict=True))))
    return documents, cases


def read_document(row: dict[str, str]) -> Document:
    def several(column: str) -> tuple[str, ...]:
        return tuple(value for value in row[column].split("/") if value)

    names = tuple((name, reading) for name, _, reading in (one.partition("=") for one in several("names")))
    return Document(
        id=int(row["id"]),
        titles=several("title"),
        readings=several("reading"),
        names=names,
        subjects=several("subjects"),
        publishers=several("publisher"),
        drafts=several("draft"),
        collections=several("series as printed"),
        contents=several("contents"),
        rest=several("rest"),
        work=number_of_work(row["work"]),
        identifiers=several("identifiers"),
        ndc=several("ndc"),
        year=int(row["year"]),
        kind=row["kind"],
        language=row["language"],
        sites=several("sites"),
        available=several("available"),
        audience=row["audience"],
        accessible=several("accessible"),
        series=several("series"),
        loans=int(row["loans"] or 0),
        arrived=int(row["arrived"] or 0),
    )


def read_case(line: str) -> Case:
    asked, _, expected = line.partition(" ->")
    filters: dict[str, list[str]] = {}
    if found := re.match(r"filter (.*?) :(.*)", asked):
        asked = found[2].strip()
        filters = {name: values.split(",") for name, values in (one.split("=") for one in found[1].split())}
    order: Sort = "relevance"
    if found := re.match(r"sort (.*?) :(.*)", asked):
        asked = found[2].strip()
        order = next(one for one in SORTS if one == found[1])
    expected = expected.strip()
    tiers = (
        ()
        if expected == "none"
        else tuple(frozenset(int(number) for number in tier.split(",")) for tier in expected.split(">"))
    )
    return Case(asked, filters, order, tiers)


def read_grouped(line: str) -> tuple[Case, list[tuple[int, frozenset[int]]]]:
    """The question, and for each work its first record and the others."""
    asked, _, expected = line.partition(" ->")
    case = read_case(f"{asked.removeprefix(': ')} -> none")
    works = [[int(one) for one in work.split("+")] for work in expected.split(">") if work.strip() != "none"]
    return case, [(first, frozenset(others)) for first, *others in works]


GROUPED: list[tuple[Case, list[tuple[int, frozenset[int]]]]] = []
DOCUMENTS, CASES = read_table()


@pytest.fixture(scope="module", params=["memory", "tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    urls = {"memory": "memory:", "tantivy": ""}
    url = urls[request.param] if request.param in urls else request.getfixturevalue("search_cluster").url
    engine = open_engine(url, tmp_path_factory.mktemp("index"))
    engine.put(DOCUMENTS)
    engine.commit()
    yield engine
    engine.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_of_searches(engine: Engine, case: Case) -> None:
    found = engine.search(narrowed(parse(case.question), case.filters), start=0, rows=100, sort=case.sort)
    expected = frozenset[int]().union(*case.tiers)
    assert (set(found.ids), found.total) == (expected, len(expected))
    at = 0
    for tier in case.tiers:
        assert set(found.ids[at : at + len(tier)]) == tier, f"in the order {found.ids}"
        at += len(tier)


@pytest.mark.parametrize("engine", ["tantivy"], indirect=True)
def test_the_table_asked_for_hits_and_facets_at_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "CORES", 2)
    for case in CASES:
        asked = narrowed(parse(case.question), case.filters)
        monkeypatch.setattr(embedded, "BROAD", 1_000_000)
        one_by_one = (engine.search(asked, start=0, rows=100, sort=case.sort), engine.counting(asked, FACETS)())
        monkeypatch.setattr(embedded, "BROAD", 0)
        counting = engine.counting(asked, FACETS)
        assert (engine.search(asked, start=0, rows=100, sort=case.sort), counting()) == one_by_one, str(case)


@pytest.mark.parametrize(("case", "expected"), GROUPED, ids=str)
def test_works_stand_together(engine: Engine, case: Case, expected: list[tuple[int, frozenset[int]]]) -> None:
    asked = narrowed(parse(case.question), case.filters)
    found = grouped(engine, asked, start=0, rows=20, sort=case.sort)
    assert [(group.first, frozenset(group.others)) for group in found.groups] == expected
    assert (found.total, found.works) == (sum(1 + len(others) for _, others in expected), len(expected))


def test_pages_of_works_follow_each_other_without_gap(engine: Engine) -> None:
    everything = grouped(engine, parse("の"), start=0, rows=100, sort="title").groups
    pages = [grouped(engine, parse("の"), start=start, rows=4, sort="title").groups for start in range(0, 40, 4)]
    assert tuple(group for page in pages for group in page) == everything
    assert len({group.first for group in everything}) == len(everything)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Like("夏目嗽石"), {1, 2, 5, 29}),
        (Like("吾輩は描である"), {2}),
        (Like("なつめそうせけ"), {1, 2, 5, 29}),
        (Like("龘"), set()),
        (Like("。"), set()),
        (AtLeast(2, (Term("夏目漱石"), Term("こころ"), Term("新潮社"))), {1, 3, 5}),
        (AtLeast(3, (Term("夏目漱石"), Term("こころ"))), set()),
        (loosened(parse("夏目漱石『こころ』新潮文庫、新潮社、2004年")), {1, 3, 5}),
        (loosened(parse("夏目漱石『こころ』岩波書店、1914年、240p")), {1, 2, 5}),
    ],
    ids=str,
)
def test_slips_of_the_pen_and_pasted_citations(engine: Engine, query: Query, expected: set[int]) -> None:
    assert set(engine.search(query, start=0, rows=50, sort="relevance").ids) == expected


@pytest.mark.parametrize("question", ["", "夏目漱石", "の", "OR", "岩波書店 -夏目", "該当のない語"])
def test_facets_count_all_hits_alike(engine: Engine, question: str) -> None:
    reference = MemoryEngine()
    reference.put(DOCUMENTS)
    reference.commit()
    expected = reference.facets(parse(question), FACETS + DEEPER)
    assert engine.facets(parse(question), FACETS + DEEPER) == expected
    assert engine.counting(parse(question), FACETS + DEEPER)() == expected


@pytest.mark.parametrize("question", ["ナツ", "なつめ", "夏目", "岩"])
def test_names_are_found_by_their_beginning(engine: Engine, question: str) -> None:
    expected = [("夏目, 漱石", 3)] if question != "岩" else []
    assert engine.headings_starting("name", question, 5) == expected
    assert engine.headings_starting("subject", question, 5) == []


@pytest.mark.parametrize("sort", ["newest", "oldest", "arrived", "title", "creator"])
def test_sorting_is_the_same_everywhere_page_by_page(engine: Engine, sort: str) -> None:
    reference = MemoryEngine()
    reference.put(DOCUMENTS)
    reference.commit()
    pages = [
        [one.search(parse("の"), start=start, rows=3, sort=sort).ids for start in range(0, 30, 3)]
        for one in (engine, reference)
    ]
    assert pages[0] == pages[1]
    assert len(set(sum(pages[0], ()))) == reference.search(parse("の"), start=0, rows=1, sort=sort).total


def test_a_document_put_again_is_replaced_and_a_removed_one_is_gone(engine: Engine) -> None:
    before = engine.count()
    engine.put([Document(id=900, titles=("ためしの本",)), Document(id=901, titles=("ためしの本",))])
    engine.commit()
    engine.put([Document(id=900, titles=("なおした本",))])
    engine.remove([901])
    engine.commit()
    assert engine.search(parse("ためし"), start=0, rows=9, sort="relevance").total == 0
    assert engine.search(parse("なおした"), start=0, rows=9, sort="relevance").ids == (900,)
    assert engine.count() == before + 1
    engine.remove([900])
    engine.commit()
    assert engine.count() == before


def test_nothing_is_seen_before_the_commit(engine: Engine) -> None:
    engine.put([Document(id=902, titles=("まだ見えない本",))])
    assert engine.search(parse("まだ見えない"), start=0, rows=9, sort="relevance").total == 0
    engine.close()
    assert engine.search(parse("まだ見えない"), start=0, rows=9, sort="relevance").total == 0
