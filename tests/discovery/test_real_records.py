"""Real records, real questions: 120 of JAPAN/MARC and the 17,157 works of Aozora. Substrings are found without exception."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymarc import MARCReader

from fumikura.catalogue.description import description_of
from fumikura.catalogue.marc.content import content_of
from fumikura.discovery.documents import Document
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.gathering import Copies, document_of
from fumikura.discovery.parsing import parse
from fumikura.discovery.query import Phrase
from fumikura.discovery.text import units
from tests.shared_data import shared

MARC_FROM = 1_000_000


def aozora(path: Path) -> Iterator[Document]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            yield Document(
                id=number,
                titles=(row.get("title", ""),),
                readings=tuple(filter(None, [row.get("title_yomi", "")])),
                names=((row["author"], row.get("author_yomi", "")),) if row.get("author") else (),
                publishers=tuple(filter(None, [row.get("base_publisher", "")])),
                rest=tuple(filter(None, [row.get("base_title", "")])),
                year=row.get("base_year"),
            )


def japan_marc(path: Path) -> Iterator[Document]:
    with path.open("rb") as stream:
        for number, record in enumerate(MARCReader(stream), start=MARC_FROM):
            yield document_of(number, description_of(content_of(record)), Copies())


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    works = aozora(shared("data/aozora/aozora_catalogue_from_texts.jsonl.gz"))
    return [*works, *japan_marc(shared("data/marc/japan/dev_120.mrc"))]


@pytest.fixture(scope="module")
def engine(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> TantivyEngine:
    engine = TantivyEngine(tmp_path_factory.mktemp("index"))
    engine.put(documents)
    engine.commit()
    return engine


def titles(engine: TantivyEngine, documents: list[Document], text: str, rows: int = 10) -> list[tuple[str, str]]:
    by_id = {document.id: document for document in documents}
    found = engine.search(parse(text), start=0, rows=rows, sort="relevance").ids
    return [(by_id[number].titles[0], by_id[number].names[0][0] if by_id[number].names else "") for number in found]


def test_title_and_author_find_the_book_first(engine: TantivyEngine, documents: list[Document]) -> None:
    assert titles(engine, documents, "夏目漱石 こころ")[0] == ("こころ", "夏目漱石")


@pytest.mark.parametrize("typed", ["ソウセキ", "そうせき", "ｿｳｾｷ", "souseki", "ナツメソウセキ", "なつめ そうせき"])
def test_a_reading_finds_the_author(engine: TantivyEngine, documents: list[Document], typed: str) -> None:
    assert ("夏目漱石") in {author for _, author in titles(engine, documents, typed, rows=200)}
    assert engine.search(parse(typed), start=0, rows=1, sort="relevance").total > 50


def test_old_kanji_find_new_and_new_find_old(engine: TantivyEngine, documents: list[Document]) -> None:
    found = {
        one: set(engine.search(parse(one), start=0, rows=500, sort="relevance").ids)
        for one in ("電子圖書舘", "電子図書館")
    }
    assert found["電子圖書舘"] == found["電子図書館"]
    assert found["電子図書館"]
    assert any(title == "露西亞の言葉" for title, _ in titles(engine, documents, "露西亜の言葉"))


def test_every_isbn_is_found_with_and_without_hyphens_with_10_and_13_digits(
    engine: TantivyEngine, documents: list[Document]
) -> None:
    from stdnum import isbn

    numbers = [
        (document.id, number)
        for document in documents
        for number in document.identifiers
        if len(number) == 13 and isbn.is_valid(number)
    ]
    assert len(numbers) > 50
    for record, number in numbers:
        spellings = [number, isbn.format(number)]
        if number.startswith("978"):
            spellings += [isbn.to_isbn10(number), isbn.format(isbn.to_isbn10(number)), number[3:]]
        for spelling in spellings:
            assert record in engine.search(parse(spelling), start=0, rows=9, sort="relevance").ids, spelling


def test_recall_and_precision_are_whole_against_brute_force(engine: TantivyEngine, documents: list[Document]) -> None:
    """200 pieces of 1 to 8 units cut from the records themselves, as phrases, compared with looking everywhere."""
    chance = random.Random(20260520)
    cut = {document.id: [units(text) for text in document.texts] for document in documents}
    haystacks = {number: "\n".join("|" + "|".join(text) + "|" for text in texts) for number, texts in cut.items()}
    for _ in range(200):
        text = chance.choice(cut[chance.choice(documents).id])
        size = chance.choice([1, 1, 2, 2, 3, 4, 5, 8])
        start = chance.randrange(max(len(text) - size, 0) + 1) if text else 0
        wanted = text[start : start + size]
        if not wanted:
            continue
        needle = "|" + "|".join(wanted) + "|"
        expected = {number for number, haystack in haystacks.items() if needle in haystack}
        asked = Phrase(" ".join(wanted))
        assert units(asked.text) == wanted
        found = engine.search(asked, start=0, rows=20_000, sort="relevance")
        assert (found.total, set(found.ids)) == (len(expected), expected), needle
