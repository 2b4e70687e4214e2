"""Real records, written by nobody on the project: every one is imported or quarantined, and comes out as it went in."""

import os
import unicodedata
from pathlib import Path

import pytest
from pymarc import MARCReader, Record

from fumikura.catalogue import queries
from fumikura.catalogue.marc import formats, iso2709
from fumikura.catalogue.models import BibliographicRecord, QuarantinedRecord
from fumikura.catalogue.queries import describe_record
from fumikura.catalogue.services import Counts, import_file, imports
from fumikura.catalogue.words import RECORDS
from tests.cast import AT, SYSTEM
from tests.shared_data import shared

pytestmark = [pytest.mark.django_db, pytest.mark.shared_data]

NO_RECORDS = {"pymarc_test_marc8.txt", "pymarc_test_utf8.txt", "perlcharset_farsi.marc"}
"""Lines of text, not records: refused whole."""


def bring_in(path: str | Path) -> imports.Report:
    return import_file(shared(path) if isinstance(path, str) else path, by=SYSTEM, at=AT)


def exported() -> bytes:
    return b"".join(bytes(record.marc) for record in queries.records_of())


def fields_of(record: Record) -> list[str]:
    return [unicodedata.normalize("NFC", str(field)) for field in record.fields]


def pymarc_reads(path: str) -> list[list[str]]:
    with shared(path).open("rb") as stream:
        return [fields_of(record) for record in MARCReader(stream, to_unicode=True, hide_utf8_warnings=True) if record]


def ours() -> list[list[str]]:
    return [fields_of(iso2709.decode(bytes(record.marc)).content.record()) for record in queries.records_of()]


@pytest.mark.parametrize("path", ["data/marc/japan/dev_120.mrc", "data/marc/general/traject_batch.dat"])
def test_utf8_comes_out_byte_for_byte(path: str) -> None:
    report = bring_in(path)
    data = shared(path).read_bytes()
    assert report.counts == Counts(created=report.counts.total)
    assert b"".join(iso2709.pieces(shared(path).open("rb"))) == exported() == data


def test_the_japanese_records_are_described_in_japanese() -> None:
    bring_in("data/marc/japan/dev_120.mrc")
    found = [describe_record(record) for record in queries.records_of()]
    assert len(found) == 120
    assert sum(bool(record.title_reading and record.year and record.language == "jpn") for record in found) == 119
    assert sum(bool(record.isbns) for record in found) == 96
    assert sum(bool(record.contents) for record in found) == 22
    assert all(name.reading for record in found for name in record.creators if not name.name.isascii())
    one = describe_record(BibliographicRecord.objects.get(number="025386415"))
    assert one.title == "スマートフォン/タブレット端末/電子書籍端末の先端技術トレンドと注目部品・材料"
    assert (one.volume, one.published, one.year) == ("2013年", "2012.10", 2012)


@pytest.mark.parametrize(
    ("path", "count"),
    [("data/marc/general/solrmarc_uva_001_2000.mrc", 2000), ("data/marc/general/solrmarc_demoRecs.mrc", 6)],
)
def test_marc8_comes_out_field_for_field_as_pymarc_reads_it(path: str, count: int) -> None:
    assert bring_in(path).counts == Counts(created=count)
    assert ours() == pymarc_reads(path)


@pytest.mark.parametrize("name", ["cjk1", "cjk2", "cjk3", "cjk4", "hebrew1", "hebrew2", "hebrew3", "hebrew4"])
def test_east_asian_and_other_sets_of_marc8_are_read_as_pymarc_reads_them(name: str) -> None:
    path = f"data/marc/torture/perlcharset_{name}.marc"
    assert bring_in(path).counts == Counts(created=1)
    assert ours() == pymarc_reads(path)


def test_cyrillic_beyond_the_basic_set_is_read() -> None:
    bring_in("data/marc/torture/perlcharset_cyrillic.marc")
    (fields,) = ours()
    assert any("решења" in field for field in fields)
    assert any("мишљења Уставног суда Југославије" in field for field in fields)


@pytest.mark.skipif("FUMIKURA_TEST_DATABASES" in os.environ, reason="the other files say it of both databases")
def test_all_of_aozora_is_brought_in_once() -> None:
    report = bring_in("data/aozora/aozora_catalogue_from_texts.jsonl.gz")
    works = BibliographicRecord.objects.count()
    assert report.counts.total == 17_185
    assert report.counts.created == works
    assert works + report.counts.updated + report.counts.unchanged + report.counts.quarantined == 17_185
    assert not report.counts.quarantined
    kokoro = BibliographicRecord.objects.get(source="aozora", number="773")
    assert (kokoro.title, kokoro.creator, kokoro.creator_reading) == ("こころ", "夏目漱石", "ナツメ, ソウセキ")


FOLDERS = ["data/marc/torture", "data/marc/yaz", "data/marc/xml", "data/marc/searchworks", "data/marc/general"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_record_of_every_file_is_imported_or_quarantined_with_bytes_and_reason(folder: str) -> None:
    refused = set()
    for path in sorted(shared(folder).iterdir()):
        try:
            report = bring_in(path)
        except formats.NotReadable:
            refused.add(path.name)
            continue
        assert report.counts.total > 0, path.name
        rows = QuarantinedRecord.objects.filter(batch=report.batch)
        assert rows.count() == report.counts.quarantined == sum(report.reasons.values()), path.name
        for row in rows:
            assert row.reason in RECORDS, path.name
            assert bytes(row.raw), path.name
            assert bytes(row.raw) in path.read_bytes() or report.format not in {"iso2709"}, path.name
    assert refused == {name for name in NO_RECORDS if (shared(folder) / name).exists()} | {
        path.name for path in shared(folder).glob("traject_sample-oai-*.xml")
    }
    for record in queries.records_of():
        assert describe_record(record).title


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("perl_badmarc.dat", Counts(created=2, unchanged=1, quarantined=1)),
        ("pymarc_bad_records.mrc", Counts(created=1, unchanged=4, quarantined=4)),
        ("pymarc_1251.dat", Counts(quarantined=6)),
        ("pymarc_testunimarc.dat", Counts(created=1)),
        ("pymarc_bad_eacc_encoding.dat", Counts(quarantined=1)),
        ("badldr.usmarc", Counts(created=6, quarantined=2)),
    ],
)
def test_known_bad_files_give_what_can_be_had(name: str, counts: Counts) -> None:
    assert bring_in(f"data/marc/torture/{name}").counts == counts


def test_marcxml_says_the_same_as_its_iso_2709() -> None:
    bring_in("data/marc/xml/solrmarc_specTestRecs.xml")
    from_xml = dict(zip(queries.records_of(), ours(), strict=True))
    numbers = {record.number: fields for record, fields in from_xml.items()}
    BibliographicRecord.objects.all().delete()
    bring_in("data/marc/general/solrmarc_specTestRecs.mrc")
    different = [
        record.number
        for record, fields in zip(queries.records_of(), ours(), strict=True)
        if numbers[record.number] != fields
    ]
    assert different == ["u399", "u3494238", "testRussian1"]  # a ligature written as one mark there, as two halves here
