"""What a rehearsal tells is what the import does, whatever was done to the records before."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.models import BibliographicRecord, ImportBatch, RecordMerge
from fumikura.catalogue.overlays import Overlay
from fumikura.catalogue.services import (
    delete_record,
    import_file,
    imports,
    rehearse_import,
    rehearsing,
    save_record,
    set_source_rule,
    undo_import,
)
from fumikura.circulation.services import merge_titles, unmerge_titles
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM
from tests.catalogue.records import field, kokoro

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("FUMIKURA_REHEARSALS", "15"))
"""Each is up to nine imports: a hundred take a minute."""
Said = tuple[str, str, int]
PAGES, LOCAL, ANOTHER, SUMMARY = 1, 2, 3, 4


def bytes_of(said: Said) -> bytes:
    """A record of a source under a number: as it was, or with other pages, a local note, another title, a summary."""
    source, number, how = said
    made = kokoro(number, "園芸のたのしみ :" if how == ANOTHER else f"こころ {number} :", source)
    if how == PAGES:
        made["300"]["a"] = "427p ;"
    if how == LOCAL:
        made.add_field(field("590", "  ", ("a", "ここだけの注")))
    if how == SUMMARY:
        made.add_field(field("520", "  ", ("a", "先生と私の話。")))
    return iso2709.encode(content_of(made))


records = some.tuples(some.sampled_from(["JTNDL", "TRC"]), some.sampled_from(["1", "2"]), some.integers(0, 4))
files = some.lists(records, min_size=1, max_size=6)
acts = some.one_of(
    some.tuples(some.just("import"), files),
    some.tuples(some.just("save"), records),
    some.tuples(some.sampled_from(["delete", "merge", "unmerge", "undo", "rule"]), some.integers(0, 3)),
)


def do(act: tuple[str, object], folder: Path) -> None:
    """Something that people do; what is refused is left undone."""
    what, which = act
    rows = list(BibliographicRecord.objects.filter(deleted_at=None).order_by("source", "number"))
    match what:
        case "import":
            path = folder / "earlier.mrc"
            path.write_bytes(b"".join(map(bytes_of, which)))
            import_file(path, by=SYSTEM, at=AT)
        case "save":
            save_record(bytes_of(which), by=SYSTEM, at=AT)
        case "delete" if rows:
            delete_record(record=rows[which % len(rows)], by=SYSTEM, at=AT)
        case "merge" if len(rows) > 1:
            kept = which % len(rows)
            merge_titles(kept=rows[kept], gone=rows[kept - 1], by=SYSTEM, at=AT)
        case "unmerge":
            for merge in RecordMerge.objects.filter(undone_at=None).order_by("pk")[:1]:
                unmerge_titles(merge=merge, by=SYSTEM, at=AT)
        case "undo":
            for batch in ImportBatch.objects.order_by("pk")[:1]:
                undo_import(batch, by=SYSTEM, at=AT)
        case "rule":
            overlay = Overlay(protects="590" if which % 2 else "", overwrites="300" if which > 1 else "")
            set_source_rule(source="", overlay=overlay, merges=False, by=SYSTEM, at=AT)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=some.lists(acts, max_size=7), file=files, tries=some.integers(1, 2))
@example(before=[("import", [("TRC", "1", 0), ("TRC", "1", 1)]), ("save", ("TRC", "1", 4))], file=[("TRC", "1", 0), ("TRC", "1", 1)], tries=1)  # fmt: skip
def test_a_rehearsal_tells_what_the_import_does(
    before: list[tuple[str, object]], file: list[Said], tries: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 4)
    monkeypatch.setattr(rehearsing, "CHUNK", 4)
    path = tmp_path / "now.mrc"
    path.write_bytes(b"".join(map(bytes_of, file)))
    with transaction.atomic():
        for act in before:
            try:
                with transaction.atomic():
                    do(act, tmp_path)
            except Refused:
                continue
        for _ in range(tries):
            foretold = rehearse_import(path, by=SYSTEM, at=AT)
            done = import_file(path, by=SYSTEM, at=AT)
            assert (foretold.counts, foretold.reasons) == (done.counts, done.reasons)
        transaction.set_rollback(True)


def test_a_newer_change_by_hand_is_kept_and_the_preview_says_so(tmp_path: Path) -> None:
    path = tmp_path / "month.mrc"
    path.write_bytes(bytes_of(("TRC", "1", 0)))
    import_file(path, by=SYSTEM, at=AT)
    save_record(bytes_of(("TRC", "1", PAGES)), by=SYSTEM, at=AT)
    assert rehearse_import(path, by=SYSTEM, at=AT).counts.unchanged == 1
    assert import_file(path, by=SYSTEM, at=AT).counts.unchanged == 1
    assert bytes(BibliographicRecord.objects.get().marc) == bytes_of(("TRC", "1", PAGES))


def test_a_newer_change_is_kept_where_local_fields_were_added_to_what_came(tmp_path: Path) -> None:
    save_record(bytes_of(("TRC", "1", LOCAL)), by=SYSTEM, at=AT)
    path = tmp_path / "month.mrc"
    path.write_bytes(bytes_of(("TRC", "1", PAGES)))
    import_file(path, by=SYSTEM, at=AT)
    mended = kokoro("1", "こころ 1 改 :", "TRC")
    mended.add_field(field("590", "  ", ("a", "ここだけの注")))
    save_record(mended, by=SYSTEM, at=AT)
    assert rehearse_import(path, by=SYSTEM, at=AT).counts == import_file(path, by=SYSTEM, at=AT).counts
    assert BibliographicRecord.objects.get().title == "こころ 1 改"


def test_a_file_that_is_being_taken_back_is_not_rehearsed(tmp_path: Path) -> None:
    path = tmp_path / "month.mrc"
    path.write_bytes(bytes_of(("TRC", "1", 0)))
    import_file(path, by=SYSTEM, at=AT)
    ImportBatch.objects.update(undo_started_at=AT)
    with pytest.raises(Refused):
        rehearse_import(path, by=SYSTEM, at=AT)
