"""What people confirmed of readings goes out with the record and comes in again; what a machine guessed says so."""

from io import BytesIO

import pytest

from fumikura.catalogue.crosswalks.dcndl import read_dcndl
from fumikura.catalogue.crosswalks.dcndl_writing import write_dcndl
from fumikura.catalogue.description import describe, description_of
from fumikura.catalogue.drafting import dictionary_name
from fumikura.catalogue.marc import marcxml
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.marc.iso2709 import decode, encode
from fumikura.catalogue.models import Authority, BibliographicRecord, Reading
from fumikura.catalogue.outgoing import as_given_out, going_out
from fumikura.catalogue.services import confirm_readings, draft_readings, save_record
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro
from tests.catalogue.test_readings import confirmed, drafted, saved

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not dictionary_name(), reason="no dictionary of readings is installed"),
]


def written(row: BibliographicRecord, readings: str) -> bytes:
    row.refresh_from_db()
    ((_row, marc),) = going_out([row], readings)
    return marc


def test_what_says_its_readings_itself_goes_out_byte_for_byte() -> None:
    row = save_record(kokoro(), by=SYSTEM, at=AT)
    assert {written(row, readings) for readings in ("confirmed", "all", "none")} == {bytes(row.marc)}


def test_a_confirmed_title_and_name_go_out_as_linked_fields_in_every_format_and_come_in_again() -> None:
    drafted(book := saved("1", "東京の夏", "水野, 花子"))
    before = book.written_at
    assert as_given_out(book) == bytes(book.marc)
    name = Authority.objects.get(kind="person")
    draft_readings(records=[], authorities=[name.pk], by=SYSTEM, at=AT)
    confirmed(book, "トウキョウ ノ ナツ")
    confirm_readings(texts={Reading.objects.get(authority=name).pk: "ミズノ, ハナコ"}, by=SYSTEM, at=AT)
    marc = written(book, "confirmed")
    assert book.written_at >= before
    assert written(book, "none") == bytes(book.marc)
    linked = [entry.parts for entry in decode(marc).content.entries if entry.tag == "880"]
    assert linked == [
        [("6", "245-01/$1"), ("a", "トウキョウ ノ ナツ")],
        [("6", "700-02/$1"), ("a", "ミズノ, ハナコ")],
    ]
    xml = marcxml.HEAD + marcxml.element_text(decode(marc).content) + marcxml.TAIL
    (from_xml,) = marcxml.arrivals(BytesIO(xml.encode()))
    (from_rdf,) = read_dcndl(write_dcndl(marc))
    for found in (describe(marc), description_of(from_xml.decoded.content), description_of(content_of(from_rdf))):
        assert (found.title_reading, found.creators[0].reading) == ("トウキョウ ノ ナツ", "ミズノ, ハナコ")


def test_a_draft_goes_out_only_when_asked_for_marked_and_is_nobodys_word_when_it_comes_in() -> None:
    drafted(book := saved("1", "東京の夏"))
    assert written(book, "confirmed") == bytes(book.marc)
    marc = written(book, "all")
    draft, of_the_name = [entry for entry in decode(marc).content.entries if entry.tag == "880"]
    assert of_the_name.parts[-1] == ("9", "yomi-draft")
    assert draft.parts == [("6", "245-01/$1"), ("a", book.reading), ("9", "yomi-draft")]
    rdf = write_dcndl(marc)
    assert f'xml:lang="ja-Kana-x-draft">{book.reading}<'.encode() in rdf
    (back,) = read_dcndl(rdf)
    assert describe(marc).title_reading == "" == description_of(content_of(back)).title_reading
    other = save_record(decode(marc).content.record(), source="elsewhere", by=SYSTEM, at=AT)
    drafted(other)
    assert other.reading == book.reading and other.reading_is_draft
    confirmed(other, "トウケイ ノ ナツ")
    after = written(other, "confirmed")
    assert b"yomi-draft" not in after and describe(after).title_reading == "トウケイ ノ ナツ"


def test_what_people_confirmed_stands_in_the_place_of_what_the_record_said() -> None:
    row = save_record(kokoro(), by=SYSTEM, at=AT)
    row.reading = "ココロ ノ"
    after = describe(as_given_out(row))
    assert (after.title_reading, after.title_romaji) == ("ココロ ノ", describe(bytes(row.marc)).title_romaji)
    assert encode(decode(as_given_out(row)).content) == as_given_out(row)
