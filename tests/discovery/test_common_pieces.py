"""Pieces that very many records hold stand in the index as one word: the same answers, without reading places."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from fumikura.discovery.documents import Document
from fumikura.discovery.engines import best_first
from fumikura.discovery.engines.pieces import NAME, CommonPieces, learnt
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.parsing import parse
from fumikura.discovery.query import Phrase
from fumikura.discovery.text import units

PLACES = ("水瀬", "北", "南原", "東京都", "調査")
DOCUMENTS = [
    Document(
        id=number,
        titles=(f"{PLACES[number % 5]}市文化財調査報告{'書' if number % 3 else '文'}{number % 7}",),
        names=((f"{PLACES[number % 3]}市教育委員会", ""), ("文化財調査", "")) if number % 4 else (),
        subjects=("圖書館" if number % 10 == 0 else "図書館教育委員会",),
        publishers=("調査と報告の社",),
        contents=("文化財調査の手引",) if number % 9 == 0 else (),
    )
    for number in range(1, 301)
]
TYPED = ["文化財調査", "文化財調査報告書", "教育委員会", "調査報告 水瀬", "財調査報", "title:調査報告", "市教育委員会 -北市", "書館教", "調査", "査報告書1", "教育委員会調査"]  # fmt: skip


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Sequence[TantivyEngine]:
    """One that learnt what is common, and one that knows pairs only."""
    folder = tmp_path_factory.mktemp("index")
    with_pieces, with_pairs = TantivyEngine(folder / "pieces"), TantivyEngine(folder / "pairs")
    with_pieces.learn(DOCUMENTS)
    for engine in (with_pieces, with_pairs):
        for start in (0, 100, 200):  # three segments
            engine.put(DOCUMENTS[start : start + 100])
            engine.commit()
        engine.close()
    return with_pieces, with_pairs


def test_what_is_common_is_learnt_from_a_sample_with_all_its_beginnings() -> None:
    common = learnt(DOCUMENTS)
    assert common.piece_of(units("教育委員会")) == "教育委員会"
    assert not any(common.piece_of(units(text)) for text in ("調査", "調査報告1", "南原島", "手引調", "会教育"))
    pieces = {
        piece for piece in map(common.piece_of, (units("文化財調査報告書")[:size] for size in range(3, 9))) if piece
    }
    assert len(pieces) == 6


@pytest.mark.parametrize("typed", TYPED)
def test_a_common_piece_finds_what_its_pairs_find(engines: Sequence[TantivyEngine], typed: str) -> None:
    for query in (parse(typed), Phrase(typed)):
        found, expected = (engine.search(query, start=0, rows=400, sort="newest") for engine in engines)
        assert (found.total, set(found.ids)) == (expected.total, set(expected.ids))


@pytest.mark.parametrize("typed", TYPED)
def test_the_best_common_pieces_in_steps_are_those_of_weighing_all(
    engines: Sequence[TantivyEngine], typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, query, pages = engines[0], parse(typed), [(0, 5), (0, 20), (10, 60), (0, 400)]
    monkeypatch.setattr(best_first, "MANY", 1_000_000)
    weighed = [engine.search(query, start=start, rows=rows, sort="relevance") for start, rows in pages]
    monkeypatch.setattr(best_first, "MANY", 1)
    monkeypatch.setattr(best_first, "NOT_RARE", 1)
    assert [engine.search(query, start=start, rows=rows, sort="relevance") for start, rows in pages] == weighed


def test_a_piece_of_three_is_weighed_as_the_one_word_that_it_is(engines: Sequence[TantivyEngine]) -> None:
    words = [engine._compiler.words_in_titles(units("教育委")) for engine in engines]
    assert words == [("教育委",), ("教育", "育委")]


def test_what_was_learnt_stays_with_the_index(engines: Sequence[TantivyEngine], tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "index")
    engine.learn(DOCUMENTS)
    engine.put(DOCUMENTS[:3])
    engine.commit()
    engine.learn([])  # what is there was cut by what was learnt
    engine.close()
    again = TantivyEngine(tmp_path / "index")
    assert len(again._common) == len(json.loads((tmp_path / "index" / NAME).read_text())) > 10
    again.put(DOCUMENTS[3:6])
    again.commit()
    again.close()
    assert TantivyEngine(tmp_path / "index").search(Phrase("文化財調査"), start=0, rows=9, sort="newest").total == 6


def test_an_index_that_learnt_nothing_holds_pairs_only() -> None:
    assert CommonPieces().with_pieces("^報 報告 告$") == "^報 報告 告$"
    assert CommonPieces(["報告書"]).with_pieces("^報 報告 告書 書$") == "^報 報告 告書 書$ 報告書"
