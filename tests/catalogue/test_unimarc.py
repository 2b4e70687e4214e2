"""UNIMARC comes in as MARC 21, with its readings, and what MARC 21 has no place for is kept."""

import io

import pytest

from fumikura.catalogue.description import Description, Name, Part, description_of
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.arrivals import Arrival
from fumikura.catalogue.marc.content import Content, Entry
from tests.shared_data import shared

LEADER = "00000cam  2200000   450 "
GENERAL = "20200401d1914    km y0jpny50      da"


def arrival(*entries: Entry) -> Arrival:
    given = [
        Entry("001", data="B1"),
        Entry("100", "  ", [("a", GENERAL)]),
        Entry("101", "0 ", [("a", "jpn")]),
        *entries,
    ]
    # iso2709.encode marks a record as UTF-8 in MARC 21's way; UNIMARC leaves that place of the leader blank.
    raw = bytearray(iso2709.encode(Content(LEADER, given)))
    raw[9:10] = b" "
    (found,) = iso2709.arrivals(io.BytesIO(bytes(raw)))
    return found


def described(*entries: Entry) -> Description:
    found = arrival(*entries).decoded
    assert found is not None
    return description_of(iso2709.decode(found.marc).content)


def title(*parts: tuple[str, str]) -> Entry:
    return Entry("200", "1 ", list(parts))


def test_the_title_its_parts_and_its_statements_stand_where_they_belong() -> None:
    found = described(
        title(("a", "こころ"), ("e", "先生と遺書"), ("h", "下"), ("f", "夏目漱石著"), ("g", "北川太郎絵"))
    )
    assert (found.title, found.subtitle, found.volume) == ("こころ", "先生と遺書", "下")
    assert found.responsibility == "夏目漱石著 ; 北川太郎絵"
    assert (found.year, found.language, found.audience) == (1914, "jpn", "general")


def test_fields_linked_by_six_and_seven_give_the_readings() -> None:
    found = described(
        Entry("200", "1 ", [("6", "a01"), ("7", "da0yba0y"), ("a", "こころ"), ("f", "夏目漱石著")]),
        Entry("200", "1 ", [("6", "a01"), ("7", "dc0yba0y"), ("a", "ココロ")]),
        Entry("200", "1 ", [("6", "a01"), ("7", "ba0yba0y"), ("a", "Kokoro")]),
        Entry(
            "700", " 1", [("6", "a02"), ("7", "da0y"), ("a", "夏目"), ("b", "漱石"), ("f", "1867-1916"), ("4", "070")]
        ),
        Entry("700", " 1", [("6", "a02"), ("7", "dc0y"), ("a", "ナツメ"), ("b", "ソウセキ")]),
    )
    assert (found.title, found.title_reading, found.title_romaji) == ("こころ", "ココロ", "Kokoro")
    assert found.creators == (Name("夏目, 漱石", reading="ナツメ, ソウセキ", role="著", dates="1867-1916"),)


def test_a_reading_beside_the_title_is_taken_and_a_number_there_is_not() -> None:
    assert described(title(("a", "こころ"), ("9", "ココロ"))).title_reading == "ココロ"
    assert described(title(("a", "心"), ("A", "xin"))).title_romaji == "xin"
    assert described(title(("a", "こころ"), ("9", "4711"))).title_reading == ""


def test_numbers_publication_series_subjects_and_classes_are_converted() -> None:
    found = described(
        title(("a", "こころ")),
        Entry("010", "  ", [("a", "978-4-10-101013-7"), ("d", "400円")]),
        Entry("020", "  ", [("a", "JP"), ("b", "20000001")]),
        Entry("205", "  ", [("a", "改版")]),
        Entry("210", "  ", [("a", "東京"), ("c", "新潮社"), ("d", "1914.9")]),
        Entry("215", "  ", [("a", "426p"), ("d", "20cm")]),
        Entry("225", "2 ", [("a", "漱石文庫"), ("v", "3")]),
        Entry("327", "1 ", [("a", "先生と私"), ("a", "両親と私")]),
        Entry("330", "  ", [("a", "先生の手紙。")]),
        Entry("606", "  ", [("a", "書簡文学"), ("y", "日本"), ("2", "ndlsh")]),
        Entry("676", "  ", [("a", "895.63"), ("v", "22")]),
        Entry("686", "  ", [("a", "913.6"), ("2", "ndc9")]),
        Entry("712", "02", [("a", "水瀬市教育委員会"), ("4", "340")]),
    )
    assert found.isbns == ("9784101010137", "4101010137") and found.price == "400円"
    assert ("jpno", "20000001") in found.identifiers
    assert (found.edition, found.place, found.publisher, found.published) == ("改版", "東京", "新潮社", "1914.9")
    assert (found.extent, found.series) == ("426p ; 20cm", ("漱石文庫 3",))
    assert found.contents == (Part("先生と私"), Part("両親と私"))
    assert (found.summary, found.subjects) == ("先生の手紙。", ("書簡文学--日本",))
    assert (found.ndc, found.classifications) == (("913.6",), (("ddc", "895.63"),))
    assert [(name.name, name.role) for name in found.creators] == [("水瀬市教育委員会", "編")]


@pytest.mark.parametrize(("place", "marks"), [("0", " 1"), ("2", " 2"), ("3", " 3")])
def test_publication_in_214_keeps_what_kind_it_is(place: str, marks: str) -> None:
    found = arrival(title(("a", "こころ")), Entry("214", f" {place}", [("a", "東京"), ("c", "新潮社")]))
    assert found.decoded and [e.marks for e in found.decoded.content.entries if e.tag == "264"] == [marks]


def test_what_has_no_place_in_marc_21_is_kept_word_for_word() -> None:
    found = arrival(title(("a", "こころ")), Entry("899", "1 ", [("a", "中央"), ("b", "郷土")]))
    assert found.decoded is not None
    (kept,) = [entry for entry in found.decoded.content.entries if entry.tag == "886"]
    assert kept.parts == [("2", "unimarc"), ("a", "899"), ("b", "1#$a中央$b郷土")]


def test_letters_of_iso_5426_are_refused_with_the_reason_and_not_misread() -> None:
    raw = iso2709.encode(
        Content(LEADER, [Entry("001", data="1"), Entry("101", "0 ", [("a", "fre")]), title(("a", "L'ete?"))])
    )
    bad = bytearray(raw.replace(b"?", b"\xe8"))
    bad[9:10] = b" "
    (found,) = iso2709.arrivals(io.BytesIO(bytes(bad)))
    assert found.fault in {"unimarc-characters", "marc8-character"} and found.raw == bytes(bad)


def test_japan_marc_of_before_2012_is_named_as_such() -> None:
    raw = iso2709.encode(Content(LEADER, [Entry("001", data="1"), Entry("251", "  ", [("A", "こころ")])]))
    (found,) = iso2709.arrivals(io.BytesIO(raw))
    assert found.fault == "japan-marc-i"


@pytest.mark.shared_data
def test_a_real_unimarc_record_comes_in_described() -> None:
    (found,) = iso2709.arrivals(shared("data/marc/torture/pymarc_testunimarc.dat").open("rb"))
    assert found.decoded is not None
    said = description_of(found.decoded.content)
    assert said.title == "L'altra faccia della spirale"
    assert said.responsibility == "Isaac Asimov ; traduzione di Cesare Scaglia ; introduzione di Fruttero & Lucentini"
    assert (said.publisher, said.place, said.year, said.language) == ("A. Mondadori", "Milano", 1996, "ita")
    assert said.series == ("Bestsellers 641", "Il ciclo delle fondazioni 4")
    assert said.other_titles == ("Second foundation",)
    assert said.creators[0].name == "Asimov, Isaac" and "8804406828" in said.isbns
