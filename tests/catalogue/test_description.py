"""What pages and index are told about a record, Japanese first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.catalogue.description import UNTITLED, Link, Name, Part, describe, description_of, summary_of
from fumikura.catalogue.fields import Fields
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.numbers import isbns_of
from tests.catalogue.records import kokoro_bytes


def of(*entries: Entry, leader: str = "00000cam a2200000 i 4500") -> object:
    return description_of(Content(leader, list(entries)))


def test_title_and_reading_are_kept_apart_with_their_spaces() -> None:
    found = describe(kokoro_bytes())
    assert (found.title, found.subtitle, found.responsibility) == ("こころ", "先生と遺書", "夏目漱石 著")
    assert (found.title_reading, found.subtitle_reading) == ("ココロ", "センセイ ト イショ")
    assert found.title_romaji == "Kokoro"
    assert "Kokoro : Sensei to isho" in found.searchable


def test_names_carry_katakana_and_romaji() -> None:
    assert describe(kokoro_bytes()).creators == (
        Name("夏目, 漱石", "ナツメ, ソウセキ", role="著", romaji="Natsume, Soseki", dates="1867-1916"),
    )


def test_imprint_numbers_and_classes() -> None:
    found = describe(kokoro_bytes())
    assert (found.place, found.publisher, found.publisher_reading) == ("東京", "岩波書店", "イワナミ ショテン")
    assert (found.published, found.year, found.extent, found.price) == ("1914.9", 1914, "426p ; 20cm", "400円")
    assert found.isbns == ("9784101010137", "4101010137")
    assert found.identifiers == (("isbn", "9784101010137"), ("jpno", "20000001"))
    assert found.ndc == ("913.6/N58", "913.6")
    assert found.series == ("漱石文庫 3",)


def test_contents_subjects_and_links() -> None:
    found = describe(kokoro_bytes())
    assert found.contents == (Part("先生と私", "夏目漱石 著"), Part("両親と私"))
    assert found.subjects == ("書簡文学--日本",)
    assert found.subject_readings == ("ショカン ブンガク--ニホン",)
    assert found.links == (Link("https://example.jp/kokoro", "本文"),)


def test_a_link_that_is_a_program_is_not_a_link() -> None:
    assert all(link.url.startswith("https://") for link in describe(kokoro_bytes()).links)


@pytest.mark.parametrize(
    ("leader", "fixed", "carrier", "kind"),
    [
        ("00000cam a2200000 i 4500", "", "ta", "book"),
        ("00000cas a2200000 i 4500", "", "ta", "magazine"),
        ("00000cas a2200000 i 4500", " " * 21 + "n", "ta", "newspaper"),
        ("00000cem a2200000 i 4500", "", "aj", "map"),
        ("00000ccm a2200000 i 4500", "", "qu", "score"),
        ("00000cjm a2200000 i 4500", "", "sd fsngnnmmned", "cd"),
        ("00000cgm a2200000 i 4500", "", "vd cvaizq", "dvd"),
        ("00000cgm a2200000 i 4500", "", "vf cbahos", "video"),
        ("00000cam a2200000 i 4500", "", "cr |||||||||||", "e-book"),
        ("00000cam a2200000 i 4500", " " * 23 + "o", "", "e-book"),
        ("00000cam a2200000 i 4500", " " * 23 + "d", "", "large-print"),
        ("00000cam a2200000 i 4500", "", "tb", "large-print"),
        ("00000cam a2200000 i 4500", " " * 23 + "f", "", "braille"),
        ("00000com a2200000 i 4500", "", "", "other"),
        ("00000cXm a2200000 i 4500", "", "", "book"),
    ],
)
def test_the_kind_of_thing_is_read_from_the_coded_fields(leader: str, fixed: str, carrier: str, kind: str) -> None:
    control = [Entry("007", data=carrier), Entry("008", data=fixed)]
    assert of(*control, Entry("245", "00", [("a", "x")]), leader=leader).kind == kind


@pytest.mark.parametrize(("number", "kind"), [("726.6", "picture-book"), ("726.101", "comic"), ("726.5", "book")])
def test_picture_books_and_comics_are_known_by_their_class(number: str, kind: str) -> None:
    assert of(Entry("084", "  ", [("a", number), ("2", "njb/10")])).kind == kind


@pytest.mark.parametrize(
    ("code", "audience"), [("j", "child"), ("a", "child"), ("d", "young-adult"), ("g", "general"), (" ", "")]
)
def test_the_audience_is_read_from_008(code: str, audience: str) -> None:
    assert of(Entry("008", data=" " * 22 + code)).audience == audience


@pytest.mark.parametrize(
    ("fixed", "published", "year"),
    [
        ("200101s1914    ja ", "", 1914),
        ("200101s19uu    ja ", "昭和62年4月", 1987),
        ("200101n|||||||||||", "令和元", 2019),
        ("", "明治四五", None),
        ("", "[１９９８]", 1998),
        ("", "c2013.", 2013),
        ("200101s199u    ja ", "", 1990),
        ("200101s9999    ja ", "", None),
        ("200101s²³¹¹", "", None),
    ],
)
def test_the_year_is_found_in_either_calendar(fixed: str, published: str, year: int | None) -> None:
    entries = [Entry("008", data=fixed), Entry("260", "  ", [("c", published)])]
    assert of(*entries).year == year


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("978-4-8178-4119-3 :", ["9784817841193", "4817841192"]),
        ("４−８１７８−４１１９−２", ["9784817841193", "4817841192"]),
        ("0-8240-9031-4 (pbk.)", ["9780824090319", "0824090314"]),
        ("979-10-90636-07-1", ["9791090636071"]),
        ("978-4-8178-4119-0 (誤植)", ["9784817841190"]),
        ("4817841199", ["4817841199"]),
        ("4817841193", ["9784817841193", "4817841192"]),
        ("章節", []),
        ("", []),
    ],
)
def test_isbns_are_kept_in_both_lengths_and_wrong_ones_as_printed(printed: str, kept: list[str]) -> None:
    assert isbns_of(printed) == kept


def test_volume_part_and_several_languages() -> None:
    found = of(
        Entry("008", data=" " * 35 + "jpn"),
        Entry("041", "1 ", [("a", "jpn"), ("a", "engfre"), ("h", "lat")]),
        Entry("245", "00", [("a", "大日本史料."), ("n", "第1編, "), ("n", "1."), ("p", "補遺")]),
    )
    assert (found.title, found.volume, found.part_title) == ("大日本史料", "第1編, 1", "補遺")
    assert (found.languages, found.original_language) == (("jpn", "eng", "fre"), "lat")


def test_a_record_without_245_borrows_a_title_or_says_so() -> None:
    assert of(Entry("246", "  ", [("a", "別の題")])).title == "別の題"
    assert of(Entry("500", "  ", [("a", "注記")])).title == UNTITLED


ANYTHING = st.text(max_size=30)
TAGS = "001 007 008 015 020 022 024 035 041 050 082 084 090 100 245 246 250 260 264 300 440 490 500 505 520 653 700 830 856 880"
WILD = st.builds(
    Entry,
    st.sampled_from(TAGS.split()),
    st.just("  "),
    st.lists(st.tuples(ANYTHING.map(lambda t: t[:1] or "a"), ANYTHING)),
    st.just(""),
)
CODED = st.builds(Entry, st.sampled_from(["007", "008"]), st.just(""), st.just(()), ANYTHING)


@given(
    st.lists(WILD | CODED, min_size=1, max_size=8),
    st.text(st.characters(max_codepoint=126, min_codepoint=32), min_size=24, max_size=24),
)
def test_nothing_in_a_record_makes_the_description_fail(entries: list[Entry], leader: str) -> None:
    content = Content(leader, entries)
    described, summary = description_of(content), summary_of(Fields(content))
    assert described.title
    assert (summary.title, summary.reading, summary.year) == (described.title, described.title_reading, described.year)
    assert summary.creator == (described.creators[0].name if described.creators else "")
    assert (summary.kind, summary.identifiers) == (described.kind, described.identifiers)
