"""An import can be looked at difference by difference, and taken back; what cannot be taken back is said with the reason."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from fumikura.catalogue import imported, queries
from fumikura.catalogue.models import BibliographicRecord, ImportBatch, ImportedRecord
from fumikura.catalogue.services import delete_record, foresee_undo, import_file, save_record, undo_import, undoing
from fumikura.catalogue.services.merging import divide, unite
from fumikura.holdings.services import NewItem, add_item
from fumikura.journal.models import Entry
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import NotPermitted, Refused
from tests import cast
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.mrc"


def bring_in(file: Path, data: bytes) -> ImportBatch:
    file.write_bytes(data)
    return ImportBatch.objects.get(pk=import_file(file, by=SYSTEM, at=AT).batch)


def titles() -> dict[str, str]:
    return dict(BibliographicRecord.objects.filter(deleted_at=None).values_list("number", "title"))


def test_what_an_import_changed_is_shown_field_by_field(file: Path) -> None:
    bring_in(file, kokoro_bytes("1") + kokoro_bytes("2"))
    batch = bring_in(file, kokoro_bytes("1", "こゝろ :") + kokoro_bytes("2") + kokoro_bytes("3"))
    updated, created = imported.differences_of(imported.lines_of(batch))
    assert (updated.record.number, created.record.number, created.created) == ("1", "3", True)
    (change,) = updated.changes
    assert "こころ" in change.before and "こゝろ" in change.after


def test_what_was_created_goes_and_what_was_written_over_comes_back(file: Path) -> None:
    bring_in(file, kokoro_bytes("1"))
    batch = bring_in(file, kokoro_bytes("1", "こゝろ :") + kokoro_bytes("2"))
    assert foresee_undo(batch, by=SYSTEM).outcomes == {"deleted": 1, "restored": 1}
    assert titles() == {"1": "こゝろ", "2": "こころ"}
    assert undo_import(batch, by=SYSTEM, at=LATER).outcomes == {"deleted": 1, "restored": 1}
    assert titles() == {"1": "こころ"}
    (entry,) = Entry.objects.filter(event="catalogue.import-taken-back")
    assert len(entry.particulars["records"]) == 2
    batch.refresh_from_db()
    assert batch.undone_at == LATER


def test_a_record_with_a_copy_stays_and_is_listed_with_the_reason(file: Path) -> None:
    batch = bring_in(file, kokoro_bytes("1") + kokoro_bytes("2"))
    kept = BibliographicRecord.objects.get(number="1")
    home = cast.chuo()
    add_item(NewItem(barcode="30000017", record=kept, agency=home.agency, home=home), by=SYSTEM, at=AT)
    assert undo_import(batch, by=SYSTEM, at=LATER).outcomes == {"in-use": 1, "deleted": 1}
    assert titles() == {"1": "こころ"}
    (left,) = imported.lines_of(batch, kind="left")
    assert (left.record, left.outcome) == (kept, "in-use")


def test_a_record_changed_since_stays_as_the_cataloguer_left_it(file: Path) -> None:
    batch = bring_in(file, kokoro_bytes("1"))
    save_record(kokoro_bytes("1", "心 :"), by=SYSTEM, at=LATER)
    assert undo_import(batch, by=SYSTEM, at=LATER).outcomes == {"changed-since": 1}
    assert titles() == {"1": "心"}


def test_a_record_that_is_gone_already_is_no_obstacle(file: Path) -> None:
    batch = bring_in(file, kokoro_bytes("1"))
    delete_record(record=BibliographicRecord.objects.get(), by=SYSTEM, at=LATER)
    assert undo_import(batch, by=SYSTEM, at=LATER).outcomes == {"gone": 1}


def test_a_deleted_record_that_the_import_brought_back_is_deleted_again(file: Path) -> None:
    save_record(kokoro_bytes("1"), by=SYSTEM, at=AT)
    delete_record(record=BibliographicRecord.objects.get(), by=SYSTEM, at=AT)
    batch = bring_in(file, kokoro_bytes("1", "こゝろ :"))
    assert titles() == {"1": "こゝろ"}
    undo_import(batch, by=SYSTEM, at=LATER)
    assert titles() == {} and BibliographicRecord.objects.get().title == "こころ"


def test_a_record_that_stands_twice_in_the_file_comes_back_as_it_was_before_both(file: Path) -> None:
    bring_in(file, kokoro_bytes("1"))
    batch = bring_in(file, kokoro_bytes("1", "こころ 一 :") + kokoro_bytes("1", "こころ 二 :"))
    assert titles() == {"1": "こころ 二"}
    undo_import(batch, by=SYSTEM, at=LATER)
    assert titles() == {"1": "こころ"}


def test_broken_off_in_the_middle_it_goes_on_where_it_stood(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "CHUNK", 2)
    batch = bring_in(file, b"".join(kokoro_bytes(str(number)) for number in range(5)))

    class PlugPulled(Exception):
        pass

    def pull(_settled: int) -> None:
        raise PlugPulled

    with pytest.raises(PlugPulled):
        undo_import(batch, by=SYSTEM, at=LATER, progress=pull)
    assert len(titles()) == 3
    with pytest.raises(Refused, match="import-being-undone"):
        import_file(file, by=SYSTEM, at=LATER)
    assert undo_import(batch, by=SYSTEM, at=LATER).outcomes == {"deleted": 5}
    assert undo_import(batch, by=SYSTEM, at=LATER).outcomes == {"deleted": 5}
    assert Entry.objects.filter(event="catalogue.import-taken-back").count() == 3


def test_after_undoing_the_same_file_can_be_brought_in_and_taken_back_again(file: Path) -> None:
    bring_in(file, kokoro_bytes("1"))
    both = kokoro_bytes("1", "こゝろ :") + kokoro_bytes("2")
    undo_import(bring_in(file, both), by=SYSTEM, at=LATER)
    batch = bring_in(file, both)
    assert titles() == {"1": "こゝろ", "2": "こころ"}
    assert ImportedRecord.objects.filter(batch=batch, outcome="").count() == 2
    undo_import(batch, by=SYSTEM, at=LATER)
    assert titles() == {"1": "こころ"}


def test_it_needs_the_right(file: Path) -> None:
    batch = bring_in(file, kokoro_bytes("1"))
    with pytest.raises(NotPermitted):
        undo_import(batch, by=Actor(ref="staff:1"), at=AT)


def test_the_differences_take_as_many_queries_for_many_records_as_for_one(
    file: Path, django_assert_num_queries
) -> None:
    bring_in(file, b"".join(kokoro_bytes(str(number)) for number in range(20)))
    batch = bring_in(file, b"".join(kokoro_bytes(str(number), "こゝろ :") for number in range(20)))
    with django_assert_num_queries(2):
        assert len(imported.differences_of(imported.lines_of(batch))) == 20


def test_the_command_counts_first_and_undoes_only_when_told(file: Path) -> None:
    bring_in(file, kokoro_bytes("1"))
    batch = bring_in(file, kokoro_bytes("1", "こゝろ :") + kokoro_bytes("2"))

    def run(*arguments: str) -> str:
        out = StringIO()
        call_command("imports", *arguments, stdout=out, stderr=StringIO())
        return out.getvalue()

    assert "新規 1 更新 1" in run()
    lines = [json.loads(line) for line in run("--batch", str(batch.pk), "--json").splitlines()]
    assert [(line["what"], line["number"]) for line in lines] == [("updated", "1"), ("created", "2")]
    assert "- 245" in run("--batch", str(batch.pk))
    assert "--yes" in run("--undo", str(batch.pk)) and len(titles()) == 2
    assert json.loads(run("--undo", str(batch.pk), "--yes", "--json"))["restored"] == 1
    assert titles() == {"1": "こころ"}
    assert queries.imports()[0].undone_at is not None


def test_what_a_merged_record_took_over_is_given_back_too(file: Path) -> None:
    save_record(kokoro_bytes("1"), by=SYSTEM, at=AT)
    save_record(kokoro_bytes("2", source="OTHER"), by=SYSTEM, at=AT)
    kept, gone = BibliographicRecord.objects.order_by("pk")
    with transaction.atomic():
        unite(kept=kept, gone=gone, moved={}, by=SYSTEM, at=AT)
    before = bytes(BibliographicRecord.objects.get(pk=kept.pk).marc)
    fuller = kokoro_bytes("2", source="OTHER").replace("書簡文学".encode(), "書簡小説".encode())
    batch = bring_in(file, fuller)
    line = ImportedRecord.objects.filter(batch=batch).first()
    assert bytes(BibliographicRecord.objects.get(pk=kept.pk).marc) != before
    assert line is not None and line.record_id == kept.pk
    assert undo_import(batch, by=SYSTEM, at=LATER).outcomes == {"restored": 1}
    assert bytes(BibliographicRecord.objects.get(pk=kept.pk).marc) == before


def test_whoever_harvests_is_told_of_what_went_and_of_what_came_back(file: Path) -> None:
    """`written_at` is what OAI-PMH, dumps and sitemaps go by: a record that leaves in silence stays for ever elsewhere."""

    def written_since(mark: datetime) -> set[str]:
        found = set(BibliographicRecord.objects.filter(written_at__gt=mark).values_list("number", flat=True))
        BibliographicRecord.objects.update(written_at=AT)
        return found

    batch = bring_in(file, kokoro_bytes("1"))
    save_record(kokoro_bytes("2", source="A"), by=SYSTEM, at=AT)
    save_record(kokoro_bytes("3", source="B"), by=SYSTEM, at=AT)
    written_since(AT)
    undo_import(batch, by=SYSTEM, at=LATER)
    assert written_since(AT) == {"1"}
    kept, gone = BibliographicRecord.objects.filter(deleted_at=None).order_by("pk")
    with transaction.atomic():
        merge = unite(kept=kept, gone=gone, moved={}, by=SYSTEM, at=LATER)
    assert "3" in written_since(AT)
    with transaction.atomic():
        divide(merge=merge, by=SYSTEM, at=LATER)
    assert "3" in written_since(AT)
