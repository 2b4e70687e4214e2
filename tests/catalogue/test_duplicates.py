"""Duplicates are found while records come in; a person or a rule makes them one; all of it can be taken back."""

from pathlib import Path

import pytest

from fumikura.catalogue.description import describe
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.models import BibliographicRecord, DuplicatePair, RecordMerge
from fumikura.catalogue.overlays import LOCAL_FIELDS, Overlay
from fumikura.catalogue.queries import records_with
from fumikura.catalogue.services import import_file, keep_apart, open_again, save_record, set_source_rule
from fumikura.circulation.services import merge_titles, unmerge_titles
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM, acting
from tests.catalogue.records import field, kokoro, record
from tests.web.opac.cast import copy

pytestmark = pytest.mark.django_db


def other(
    number: str = "x1", title: str = "ココロ", isbn: str = "9784101010137", source: str = "TRC", *more: object
) -> bytes:
    """『こころ』 as another supplier describes it: ISBN in 13 digits, no reading, a summary."""
    made = record(
        field("020", "  ", ("a", isbn)),
        field("245", "00", ("a", title), ("c", "夏目漱石 著")),
        field("260", "  ", ("b", "岩波書店"), ("c", "1914")),
        field("520", "  ", ("a", "先生と私の話。")),
        field("700", "1 ", ("a", "夏目漱石")),
        *more,
        f001=number,
        f003=source,
        f008="200101s1914    ja ||||g |||| ||||||jpn  ",
    )
    return iso2709.encode(content_of(made))


def bring_in(tmp_path: Path, *records: bytes, name: str = "file.mrc") -> None:
    path = tmp_path / name
    path.write_bytes(b"".join(records))
    import_file(path, by=SYSTEM, at=AT)


@pytest.fixture
def ours() -> BibliographicRecord:
    return save_record(kokoro(), by=SYSTEM, at=AT)


def theirs() -> BibliographicRecord:
    return BibliographicRecord.objects.get(source="TRC")


def test_the_same_book_of_another_source_waits_for_a_decision(ours: BibliographicRecord, tmp_path: Path) -> None:
    bring_in(tmp_path, other())
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id, pair.is_sure) == (ours.pk, theirs().pk, True)
    assert Entry.objects.get(event="catalogue.duplicates-found").particulars == {"sure": 1, "doubtful": 0}
    bring_in(tmp_path, other())
    assert DuplicatePair.objects.count() == 1


def test_an_isbn_without_978_and_old_kanji_lead_to_the_same(ours: BibliographicRecord, tmp_path: Path) -> None:
    bring_in(tmp_path, other(isbn="4101010137"), other("x2", isbn="4101010138"))
    assert DuplicatePair.objects.filter(first=ours, is_sure=True).count() == 2


def test_a_number_used_again_for_another_book_is_no_duplicate(ours: BibliographicRecord, tmp_path: Path) -> None:
    reused = other(title="園芸のたのしみ").replace("夏目漱石".encode(), "川田一郎".encode())
    bring_in(tmp_path, reused)
    assert not DuplicatePair.objects.exists()


def test_merged_the_copies_go_over_and_what_was_missing_is_added(ours: BibliographicRecord, tmp_path: Path) -> None:
    bring_in(tmp_path, other())
    item = copy(theirs())
    before = bytes(ours.marc)
    merge = merge_titles(kept=ours, gone=theirs(), by=SYSTEM, at=AT)
    item.refresh_from_db()
    ours.refresh_from_db()
    assert item.record_id == ours.pk and theirs().deleted_at is not None
    described = describe(bytes(ours.marc))
    assert described.summary == "先生と私の話。" and described.title_reading == "ココロ"
    assert list(records_with("isbn", "9784101010137")) == [ours]
    assert DuplicatePair.objects.get().settled_as == "merged"
    unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    item.refresh_from_db()
    ours.refresh_from_db()
    assert item.record_id == theirs().pk and theirs().deleted_at is None
    assert bytes(ours.marc) == before and DuplicatePair.objects.get().settled_at is None
    events = list(Entry.objects.filter(event__contains="merge").order_by("pk").values_list("event", flat=True))
    assert events == ["catalogue.records-merged", "catalogue.record-merge-undone"]
    with pytest.raises(Refused) as refused:
        unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert refused.value.reasons[0].code == "merge-undone-already"


def test_what_was_changed_since_stays_when_a_merge_is_undone(ours: BibliographicRecord, tmp_path: Path) -> None:
    bring_in(tmp_path, other())
    merge = merge_titles(kept=ours, gone=theirs(), by=SYSTEM, at=AT)
    save_record(kokoro(title="こころ 改 :"), by=SYSTEM, at=AT)
    unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    ours.refresh_from_db()
    assert ours.title == "こころ 改"


def test_a_record_that_was_saved_again_after_a_merge_may_be_merged_again(ours: BibliographicRecord) -> None:
    gone = save_record(other(), by=SYSTEM, at=AT)
    earlier = merge_titles(kept=ours, gone=gone, by=SYSTEM, at=AT)
    save_record(other(), by=SYSTEM, at=AT)
    merge_titles(kept=BibliographicRecord.objects.get(pk=ours.pk), gone=theirs(), by=SYSTEM, at=AT)
    assert theirs().deleted_at is not None
    with pytest.raises(Refused):
        unmerge_titles(merge=earlier, by=SYSTEM, at=AT)


def test_a_merged_record_that_is_sent_again_does_not_come_back(ours: BibliographicRecord, tmp_path: Path) -> None:
    bring_in(tmp_path, other())
    merge_titles(kept=ours, gone=theirs(), by=SYSTEM, at=AT)
    bring_in(tmp_path, other("x1", "ココロ", "9784101010137", "TRC", field("505", "0 ", ("a", "先生と遺書"))), name="2")
    assert theirs().deleted_at is not None
    ours.refresh_from_db()
    assert "先生と遺書" in [part.title for part in describe(bytes(ours.marc)).contents]


def test_impossible_merges_are_refused(ours: BibliographicRecord, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        merge_titles(kept=ours, gone=ours, by=SYSTEM, at=AT)
    assert refused.value.reasons[0].code == "record-same"
    bring_in(tmp_path, other())
    with pytest.raises(Refused):
        merge_titles(kept=ours, gone=theirs(), by=acting("catalogue.save"), at=AT)
    merge_titles(kept=ours, gone=theirs(), by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        merge_titles(kept=theirs(), gone=ours, by=SYSTEM, at=AT)
    assert refused.value.reasons[0].code == "record-merged"


def test_two_that_are_two_are_not_offered_again_until_that_is_taken_back(
    ours: BibliographicRecord, tmp_path: Path
) -> None:
    bring_in(tmp_path, other())
    pair = DuplicatePair.objects.get()
    keep_apart(pair=pair, by=SYSTEM, at=AT)
    with pytest.raises(Refused):
        keep_apart(pair=pair, by=SYSTEM, at=AT)
    pair.refresh_from_db()
    assert pair.settled_as == "apart"
    open_again(pair=pair, by=SYSTEM, at=AT)
    pair.refresh_from_db()
    assert pair.settled_at is None


def test_a_source_with_such_a_rule_is_merged_at_once_and_that_can_be_undone(
    ours: BibliographicRecord, tmp_path: Path
) -> None:
    set_source_rule(source="TRC", overlay=Overlay(overwrites="260"), merges=True, by=SYSTEM, at=AT)
    bring_in(tmp_path, other())
    ours.refresh_from_db()
    assert theirs().deleted_at is not None and describe(bytes(ours.marc)).published == "1914"
    unmerge_titles(merge=RecordMerge.objects.get(), by=SYSTEM, at=AT)
    assert theirs().deleted_at is None


def test_local_fields_stay_when_the_supplier_sends_its_record_again(tmp_path: Path) -> None:
    bring_in(tmp_path, other())
    save_record(other("x1", "ココロ", "9784101010137", "TRC", field("590", "  ", ("a", "署名本"))), by=SYSTEM, at=AT)
    bring_in(tmp_path, other(title="こころ"), name="2")
    described = describe(bytes(theirs().marc))
    assert described.title == "こころ" and "署名本".encode() in bytes(theirs().marc)
    with pytest.raises(Refused) as refused:
        set_source_rule(source="TRC", overlay=Overlay(protects=f"{LOCAL_FIELDS} 書名"), merges=False, by=SYSTEM, at=AT)
    assert refused.value.reasons[0].code == "tags-not-understood:書名"
