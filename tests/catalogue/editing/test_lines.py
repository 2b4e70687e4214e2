"""The lines a cataloguer writes: nothing lost there and back, and what others print is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.catalogue.editing.lines import read, read_line, text_of
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import Content, Entry, content_of
from tests.catalogue.records import kokoro
from tests.shared_data import shared

LEADER = "00000cam a2200000 i 4500"
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip)
codes = st.sampled_from("abcdefghi0123457")
data_fields = st.builds(
    Entry,
    st.from_regex(r"[1-9][0-9]{2}", fullmatch=True),
    st.sampled_from(["  ", "00", "1 ", " 7"]),
    st.lists(st.tuples(codes, texts), min_size=1, max_size=4),
    st.just(""),
)


@given(st.lists(data_fields, max_size=5))
def test_a_record_comes_back_from_its_lines_unchanged(entries: list[Entry]) -> None:
    content = Content(LEADER, [Entry("001", data="100"), *entries])
    assert read(text_of(content)) == (content, [])


def test_readings_keep_their_links() -> None:
    content = content_of(kokoro())
    text = text_of(content)
    assert "880 00 $6245-01/$1$aココロ :$bセンセイ ト イショ." in text
    assert read(text) == (content, [])


@pytest.mark.shared_data
def test_every_real_record_comes_back_unchanged() -> None:
    with shared("data/marc/japan/dev_120.mrc").open("rb") as stream:
        for arrival in iso2709.arrivals(stream):
            content = arrival.decoded.content
            assert read(text_of(content)) == (Content(content.leader, content.entries), [])


@pytest.mark.parametrize(
    "line",
    [
        "245 10 $aこころ /$c夏目漱石 著.",
        "=245  10$aこころ /$c夏目漱石 著.",
        "245 10 ‡a こころ / ‡c 夏目漱石 著.",
        "245 10 ▼aこころ /▼c夏目漱石 著.",
        "245 10 |aこころ / |c夏目漱石 著.",
        "245 10 $$aこころ /$$c夏目漱石 著.",
        "245 10 $a こころ / $c 夏目漱石 著.",
    ],
)
def test_what_other_programs_print_can_be_pasted(line: str) -> None:
    found = read_line(line)
    assert isinstance(found, Entry)
    assert (found.tag, found.marks) == ("245", "10")
    assert [(code, text.strip()) for code, text in found.parts] == [("a", "こころ /"), ("c", "夏目漱石 著.")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("書名 こころ", "no-tag"),
        ("245 10 こころ", "no-subfields"),
        ("245 あい $aこころ", "bad-indicators"),
        ("008 ", "empty-field"),
    ],
)
def test_a_line_that_is_no_field_is_named_and_the_others_stand(line: str, code: str) -> None:
    content, unread = read(f"LDR {LEADER}\n001 100\n{line}\n500 ## $a注記")
    assert [entry.tag for entry in content.entries] == ["001", "500"]
    assert [(one.line, one.code, one.text) for one in unread] == [(3, code, line)]
