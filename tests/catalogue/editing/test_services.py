"""Saving what a cataloguer has done: nobody's work is lost, and everything can be taken back."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from fumikura.catalogue import services
from fumikura.catalogue.editing.lines import read, text_of
from fumikura.catalogue.editing.operations import Operation
from fumikura.catalogue.editing.templates import templates
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.models import BatchEdit, BibliographicRecord, RecordVersion, UnsavedEdit
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from tests import cast
from tests.catalogue.records import kokoro

pytestmark = pytest.mark.django_db
SANO = cast.acting("catalogue.save", "catalogue.edit-many")
KEY = UUID(int=7)


def stored(number: str = "100001", title: str = "こころ :") -> BibliographicRecord:
    return services.save_record(kokoro(number, title), by=SANO, at=cast.AT)


def lines(record: BibliographicRecord) -> str:
    return text_of(iso2709.decode(bytes(BibliographicRecord.objects.get(pk=record.pk).marc)).content)


def save(record: BibliographicRecord, base: str, before: str, after: str) -> BibliographicRecord:
    assert before in base
    content = read(base.replace(before, after))[0]
    return services.save_edit(KEY, content, record=record, base=base, by=SANO, at=cast.AT)


def test_what_is_typed_is_kept_until_it_is_saved() -> None:
    record = stored()
    base = lines(record)
    services.keep_unsaved(KEY, record=record, base=base, template="book", text="x", by=SANO, at=cast.AT)
    services.keep_unsaved(KEY, record=record, base=base, template="book", text="xy", by=SANO, at=cast.AT)
    assert UnsavedEdit.objects.get().text == "xy"
    saved = save(record, base, "$c20cm.", "$c21cm.")
    assert "$c21cm." in lines(saved) and "005 " in lines(saved)
    assert not UnsavedEdit.objects.exists()
    assert RecordVersion.objects.get(record=record).number == 1


def test_a_colleague_cannot_overwrite_what_i_am_typing() -> None:
    services.keep_unsaved(KEY, record=None, base="", template="book", text="mine", by=SANO, at=cast.AT)
    other = replace(SANO, ref="staff:kimura")
    services.keep_unsaved(KEY, record=None, base="", template="book", text="theirs", by=other, at=cast.AT)
    services.forget_unsaved(KEY, by=other)
    assert UnsavedEdit.objects.get().text == "mine"


def test_the_second_of_two_people_is_told_and_nothing_is_written() -> None:
    record = stored()
    base = lines(record)
    save(record, base, "$c20cm.", "$c21cm.")
    with pytest.raises(Refused) as refused:
        save(record, base, "1914.9.", "1914.10.")
    assert refused.value.reasons[0].kind == "record-changed-meanwhile"
    assert "$c21cm." in lines(record) and "1914.9." in lines(record)


def test_saving_without_a_change_writes_no_version() -> None:
    record = stored()
    before = Entry.objects.count()
    save(record, lines(record), "$c20cm.", "$c20cm.")
    assert not RecordVersion.objects.exists() and Entry.objects.count() == before


def test_a_new_record_gets_a_number_and_is_found_under_it() -> None:
    start = text_of(templates()["book"].start) + "\n245 00 $a水瀬川の魚\n500 ## $a\n"
    saved = services.save_edit(uuid4(), read(start)[0], record=None, base="", by=SANO, at=cast.AT)
    assert saved.title == "水瀬川の魚" and saved.source == "local" and saved.number.startswith("f")
    assert "500 " not in lines(saved)
    assert Entry.objects.get(event="catalogue.record-created").subject == f"catalogue.record:{saved.pk}"


def test_a_record_that_is_here_already_is_not_taken_over_twice() -> None:
    record = stored()
    with pytest.raises(Refused) as refused:
        services.save_edit(KEY, read(lines(record))[0], record=None, base="", by=SANO, at=cast.AT)
    assert refused.value.reasons[0].kind == "record-exists-already"


def test_the_number_of_a_record_stays() -> None:
    record = stored()
    with pytest.raises(Refused) as refused:
        save(record, lines(record), "001 100001", "001 100002")
    assert refused.value.reasons[0].kind == "record-number-changed"


def test_an_earlier_state_comes_back_byte_for_byte_and_the_present_one_is_kept() -> None:
    record = stored()
    first = bytes(record.marc)
    save(record, lines(record), "$c20cm.", "$c21cm.")
    back = services.restore_version(record, version=1, by=SANO, at=cast.AT)
    assert bytes(back.marc) == first
    assert RecordVersion.objects.filter(record=record).count() == 2
    with pytest.raises(Refused):
        services.restore_version(record, version=9, by=SANO, at=cast.AT)


LOCAL = Operation(kind="add-field", text="590 ## $a水瀬市ゆかり")


def test_many_records_are_changed_in_one_entry_and_put_back_in_one() -> None:
    one, two, three = (stored(str(number), f"本{number} :") for number in (1, 2, 3))
    before = lines(one)
    batch = services.edit_many([one.pk, two.pk], [LOCAL], by=SANO, at=cast.AT)
    assert isinstance(batch, BatchEdit)
    assert "590 ## $a水瀬市ゆかり" in lines(one) and "590" not in lines(three)
    assert Entry.objects.get(event="catalogue.records-edited").particulars["records"] == [one.pk, two.pk]
    undone = services.undo_edit_many(batch, by=SANO, at=cast.AT)
    assert undone.restored == (one.pk, two.pk) and lines(one) == before
    assert services.undo_edit_many(batch, by=SANO, at=cast.AT).restored == ()


def test_undoing_leaves_alone_what_was_changed_since() -> None:
    one, two = stored("1"), stored("2")
    batch = services.edit_many([one.pk, two.pk], [LOCAL], by=SANO, at=cast.AT)
    save(two, lines(two), "$c20cm.", "$c22cm.")
    undone = services.undo_edit_many(batch, by=SANO, at=cast.AT)
    assert (undone.restored, undone.left_alone) == ((one.pk,), (two.pk,))
    assert "$c22cm." in lines(two) and "590" in lines(two)


def test_a_change_that_touches_nothing_is_no_batch() -> None:
    one = stored()
    nothing = Operation(kind="delete-field", tag="999")
    assert services.edit_many([one.pk], [nothing], by=SANO, at=cast.AT) is None
    assert not BatchEdit.objects.exists()
