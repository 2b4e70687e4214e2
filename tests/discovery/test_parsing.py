"""The simple box never fails, whatever is typed or pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.discovery.documents import Document
from fumikura.discovery.engines.memory import MemoryEngine
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.parsing import parse, years
from fumikura.discovery.query import And, Everything, Field, Like, Not, Nothing, Or, Phrase, Prefix, Range, Start, Term

ANYTHING = st.lists(
    st.sampled_from(
        ["夏目漱石", "こころ", "ソウセキ", "心", "猫", "war", "c++", "2001年", "913.6", "978-4-00-310101-8", "OR", "NOT", "AND",
         "-", "-猫", '"', "“", "著者:", "title:心", "年:19", "年:2000-", "ndc:9", "isbn:", ":", "*", "wa*", "(", "\\", "^", "$", "_", "|", "。", "々", "ー",
         "\x00", "\ud7ff", "𠮷", "é", "[a-z]", "a" * 300]
    )
    | st.text(max_size=8),
    max_size=12,
).map(" ".join)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Everything()),
        ("　", Everything()),
        ("。、", Nothing()),
        ("夏目漱石　こころ", And((Term("夏目漱石"), Term("こころ")))),
        ("“吾輩は 猫” -映画", And((Phrase("吾輩は 猫"), Not(Term("映画"))))),
        ("こころ OR 心", Or((Term("こころ"), Term("心")))),
        ("著者：漱石 年:1990-2000", And((Term("漱石", "name"), Range(1990, 2000)))),
        ("978 4 00 310101 8", Field("identifier", "9784003101018")),
        ("003101018", Or((Term("003101018"), Field("identifier", "003101018")))),
        ("4-00-310101-X", Field("identifier", "400310101X")),
        ("分類:913.", Prefix("913")),
        ("NDC 913", Prefix("913")),
        ("９１３．６　ナ", And((Prefix("913.6"), Start("ナ", "name")))),
        ("2001:宇宙の旅", And((Term("2001"), Term("宇宙の旅")))),
        (
            "猫 2010-2020",
            And((Term("猫"), Or((Term("2010-2020"), Field("identifier", "20102020"), Range(2010, 2020))))),
        ),
        ("猫 ２０１０年～２０２０年", And((Term("猫"), Or((Term("２０１０年～２０２０年"), Range(2010, 2020)))))),
        ("夏目漱石『こころ』", And((Term("夏目漱石"), Term("こころ")))),
    ],
)
def test_what_is_typed_is_understood(typed: str, query: object) -> None:
    assert parse(typed) == query


def test_years_are_read_as_facets_and_people_write_them() -> None:
    assert years("2010s") == Range(2010, 2019)
    assert years("２００５年") == Range(2005, 2005)
    assert years("2000-") == Range(2000, 9999)
    assert years("昭和20年") == years("昭和20") == Range(1945, 1945)
    assert years("1990年代") == Range(1990, 1999)
    assert years("昔") is None


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[MemoryEngine, TantivyEngine]:
    pair = (MemoryEngine(), TantivyEngine(tmp_path_factory.mktemp("index")))
    documents = [
        Document(id=1, titles=("こころ",), readings=("ココロ",), names=(("夏目漱石", "ナツメ ソウセキ"),), year=2001, ndc=("913.6",)),
        Document(id=2, titles=("War and cats 猫 c++",), rest=("2001年", "𠮷野 é"), identifiers=("9784003101018",)),
        Document(id=3, titles=("心",), readings=("シン",), rest=("[a-z] 々",)),
    ]  # fmt: skip
    for engine in pair:
        engine.put(documents)
        engine.commit()
    return pair


@given(typed=ANYTHING)
def test_both_engines_find_the_same_whatever_is_typed(engines: tuple[MemoryEngine, TantivyEngine], typed: str) -> None:
    query = parse(typed)
    answers = [engine.search(query, start=0, rows=9, sort="relevance") for engine in engines]
    assert set(answers[0].ids) == set(answers[1].ids)
    assert answers[0].total == answers[1].total


@given(typed=st.text(max_size=8))
def test_both_engines_find_the_same_alike_things(engines: tuple[MemoryEngine, TantivyEngine], typed: str) -> None:
    answers = [set(engine.search(Like(typed), start=0, rows=9, sort="relevance").ids) for engine in engines]
    assert answers[0] == answers[1]
