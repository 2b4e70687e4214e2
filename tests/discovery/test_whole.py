"""Who puts hits together by work wants all of few: the engine that has counted them answers them at once."""

from pathlib import Path

from fumikura.discovery.documents import Document
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.parsing import parse

BOOKS = 150


def ids(engine: TantivyEngine, **asked: int) -> tuple[int, ...]:
    return engine.search(parse("図書館"), start=0, sort="relevance", **asked).ids


def test_all_are_answered_when_they_were_counted_and_are_few_enough(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path)
    engine.put(Document(id=number, titles=(f"図書館 第{number}巻",), kind="book") for number in range(1, BOOKS + 1))
    engine.commit()
    first = ids(engine, rows=20, whole=BOOKS)
    assert len(first) == 20, "nobody has counted them yet"
    engine.counting(parse("図書館"), ("kind",))()
    everything = ids(engine, rows=20, whole=BOOKS)
    assert (len(everything), everything[:20]) == (BOOKS, first)
    engine.counting(parse("図書館"), ("kind",))()
    assert ids(engine, rows=20, whole=BOOKS - 1) == first
    assert ids(engine, rows=20) == first
    engine.close()
