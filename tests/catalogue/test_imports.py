"""Bringing a file in: every record is counted once, nothing is lost, nothing is done twice."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from fumikura.catalogue import queries
from fumikura.catalogue.models import BibliographicRecord, ImportBatch, QuarantinedRecord, RecordVersion
from fumikura.catalogue.services import Counts, delete_record, import_file, imports, rehearse_import
from fumikura.journal.models import Entry
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import NotPermitted, Refused
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(days=1)


def many(count: int, *, first: int = 1, title: str = "こころ") -> bytes:
    return b"".join(kokoro_bytes(str(number), f"{title} {number} :") for number in range(first, first + count))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.mrc"


def bring_in(file: Path, data: bytes | None = None, **options: str) -> imports.Report:
    if data is not None:
        file.write_bytes(data)
    return import_file(file, by=SYSTEM, at=AT, **options)


def test_a_file_is_brought_in_in_chunks_with_one_entry_each(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 10)
    report = bring_in(file, many(25))
    assert report.counts == Counts(created=25)
    assert BibliographicRecord.objects.count() == 25
    entries = Entry.objects.filter(event="catalogue.records-imported").order_by("id")
    assert [entry.particulars["created"] for entry in entries] == [10, 10, 5]
    told = [record for entry in entries for record in entry.particulars["records"]]
    assert sorted(told) == sorted(BibliographicRecord.objects.values_list("pk", flat=True))
    assert Entry.objects.get(event="catalogue.import-finished").particulars["created"] == 25


def test_the_same_file_twice_changes_nothing(file: Path) -> None:
    bring_in(file, many(3) + b"rubbish")
    before = list(BibliographicRecord.objects.values_list("pk", "marc", "changed_at"))
    report = bring_in(file)
    assert report.counts == Counts(unchanged=3, quarantined=1)
    assert list(BibliographicRecord.objects.values_list("pk", "marc", "changed_at")) == before
    assert QuarantinedRecord.objects.count() == ImportBatch.objects.count() == 1
    assert Entry.objects.filter(event="catalogue.records-imported").count() == 1


def test_a_newer_file_updates_and_keeps_what_was(file: Path) -> None:
    bring_in(file, many(3))
    report = bring_in(file, many(2) + many(2, first=3, title="心"))
    assert report.counts == Counts(created=1, updated=1, unchanged=2)
    third = BibliographicRecord.objects.get(number="3")
    assert third.title == "心 3"
    assert bytes(third.versions.get().marc) == many(1, first=3)


def test_identifiers_follow_the_record(file: Path) -> None:
    bring_in(file, kokoro_bytes())
    changed = kokoro_bytes().replace(b"4-10-101013-7", b"4-8178-4119-2")
    bring_in(file, changed)
    assert not queries.records_with("isbn", "9784101010137").exists()
    assert queries.records_with("isbn", "9784817841193").count() == 1


def test_broken_records_are_kept_with_their_bytes_reason_and_place(file: Path) -> None:
    whole = kokoro_bytes()
    report = bring_in(file, whole + whole[:200] + kokoro_bytes("2") + b"\x1d")
    assert report.counts == Counts(created=2, quarantined=2)
    rows = [(row.ordinal, row.reason, bytes(row.raw)) for row in queries.quarantine(report.batch)]
    assert rows == [(2, "truncated", whole[:200]), (4, "too-short", b"\x1d")]


def test_one_number_for_two_titles_keeps_the_first_and_sets_the_second_aside(file: Path) -> None:
    other = kokoro_bytes("1", "坊っちゃん :")
    report = bring_in(file, kokoro_bytes("1") + other)
    assert report.counts == Counts(created=1, quarantined=1)
    assert BibliographicRecord.objects.get().title == "こころ"
    row = QuarantinedRecord.objects.get()
    assert (row.reason, row.detail, bytes(row.raw)) == ("number-reused", "1", other)
    assert bring_in(file).counts == Counts(unchanged=1, quarantined=1)


def test_a_correction_further_down_the_file_wins_and_a_second_run_leaves_it(file: Path) -> None:
    corrected = kokoro_bytes("1").replace(b"426p", b"427p")
    report = bring_in(file, kokoro_bytes("1") + corrected)
    assert report.counts == Counts(created=1, updated=1)
    assert bring_in(file).counts == Counts(unchanged=2)
    assert bytes(BibliographicRecord.objects.get().marc) == corrected
    assert RecordVersion.objects.count() == 1


def test_a_record_deleted_here_comes_back_with_its_file(file: Path) -> None:
    bring_in(file, kokoro_bytes())
    delete_record(record=BibliographicRecord.objects.get(), by=SYSTEM, at=AT)
    assert bring_in(file).counts == Counts(updated=1)
    assert BibliographicRecord.objects.get().deleted_at is None


def test_records_without_003_take_the_name_given_for_the_file(file: Path) -> None:
    nameless = kokoro_bytes(source=" ")
    bring_in(file, nameless, source="TRC")
    bring_in(file, nameless)
    assert sorted(BibliographicRecord.objects.values_list("source", flat=True)) == ["TRC", "local"]


def test_over_long_numbers_stay_different(file: Path) -> None:
    report = bring_in(file, kokoro_bytes("9" * 200 + "1") + kokoro_bytes("9" * 200 + "2"))
    assert report.counts == Counts(created=2)
    assert all(len(number) <= 80 for number in BibliographicRecord.objects.values_list("number", flat=True))


def test_a_rehearsal_says_what_would_happen_and_writes_nothing(file: Path) -> None:
    bring_in(file, many(2))
    entries = Entry.objects.count()
    file.write_bytes(many(3) + many(1, title="心") + b"rubbish")
    report = rehearse_import(file, by=SYSTEM, at=LATER)
    assert report.counts == Counts(created=1, unchanged=2, quarantined=2)
    assert report.reasons == {"truncated": 1, "number-reused": 1}
    assert BibliographicRecord.objects.count() == 2
    assert (Entry.objects.count(), ImportBatch.objects.count()) == (entries, 1)


class Stopped(Exception):
    """The plug is pulled."""


def test_a_stopped_import_goes_on_where_it_stood(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 10)
    file.write_bytes(b"rubbish\x1d" + many(34))

    def pull(progress: imports.Progress) -> None:
        if progress.counts.total == 20:
            raise Stopped

    with pytest.raises(Stopped):
        import_file(file, by=SYSTEM, at=AT, progress=pull)
    assert BibliographicRecord.objects.count() == 19
    assert ImportBatch.objects.get().position == 20
    report = import_file(file, by=SYSTEM, at=LATER)
    assert report.resumed_at == 20
    assert report.counts == Counts(created=34, quarantined=1)
    assert QuarantinedRecord.objects.count() == 1
    assert ImportBatch.objects.get().finished_at == LATER


def test_two_imports_of_one_file_at_a_time_do_not_mix(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 10)
    file.write_bytes(many(30))

    def intrude(progress: imports.Progress) -> None:
        if progress.counts.total == 10:
            import_file(file, by=SYSTEM, at=LATER)

    with pytest.raises(Refused) as refused:
        import_file(file, by=SYSTEM, at=AT, progress=intrude)
    assert refused.value.reasons[0].code == "import-running"
    assert BibliographicRecord.objects.count() == 30


def test_a_packed_file_is_read_as_it_is_and_damage_loses_only_what_is_behind_it(file: Path) -> None:
    packed = gzip.compress(many(200), compresslevel=0)
    report = bring_in(file, packed[: len(packed) // 2])
    assert 90 <= report.counts.created <= 110
    assert report.reasons == {"truncated": 1, "packing-damaged": 1}
    assert bring_in(file, packed).counts.total == 200


def test_progress_is_told_up_to_the_end(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 10)
    file.write_bytes(many(25))
    heard: list[imports.Progress] = []
    import_file(file, by=SYSTEM, at=AT, progress=heard.append)
    assert [progress.counts.total for progress in heard] == [10, 20, 25]
    assert heard[-1].bytes_read == heard[-1].size == file.stat().st_size


def test_nobody_imports_without_the_right(file: Path) -> None:
    file.write_bytes(many(1))
    with pytest.raises(NotPermitted):
        import_file(file, by=Actor(ref="staff:1"), at=AT)
