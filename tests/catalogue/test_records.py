"""Saving and deleting one record."""

import pytest

from fumikura.catalogue.models import BibliographicRecord, RecordVersion
from fumikura.catalogue.queries import describe_record, records_by_id, records_with
from fumikura.catalogue.services import delete_record, save_record
from fumikura.journal.models import Entry
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import NotPermitted, Refused
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro, kokoro_bytes

pytestmark = pytest.mark.django_db


def events() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("event", flat=True))


def test_a_saved_record_keeps_its_bytes_and_shows_its_summary() -> None:
    saved = save_record(kokoro_bytes(), by=SYSTEM, at=AT)
    assert bytes(saved.marc) == kokoro_bytes()
    assert (saved.source, saved.number, saved.title, saved.reading) == ("MINASE", "100001", "こころ", "ココロ")
    assert (saved.creator, saved.creator_reading) == ("夏目, 漱石", "ナツメ, ソウセキ")
    assert (saved.year, saved.language, saved.kind, saved.ndc) == (1914, "jpn", "book", "913.6/N58")
    assert events() == ["catalogue.record-created"]


def test_it_is_found_by_isbn_of_either_length_only_in_the_long_form() -> None:
    saved = save_record(kokoro(), by=SYSTEM, at=AT)
    assert list(records_with("isbn", "9784101010137")) == [saved]
    assert list(records_with("jpno", "20000001")) == [saved]


def test_saving_the_same_bytes_again_writes_nothing() -> None:
    save_record(kokoro_bytes(), by=SYSTEM, at=AT)
    save_record(kokoro_bytes(), by=SYSTEM, at=AT)
    assert events() == ["catalogue.record-created"]
    assert not RecordVersion.objects.exists()


def test_saving_over_a_record_keeps_its_earlier_state() -> None:
    first = save_record(kokoro(), by=SYSTEM, at=AT)
    second = save_record(kokoro(title="心 :"), by=SYSTEM, at=AT)
    assert second.pk == first.pk
    assert describe_record(second).title == "心"
    assert [bytes(version.marc) for version in first.versions.order_by("number")] == [kokoro_bytes()]
    assert events()[-1] == "catalogue.record-changed"


def test_a_record_without_001_is_known_by_its_bytes() -> None:
    nameless = kokoro()
    nameless.remove_fields("001", "003")
    first = save_record(nameless, by=SYSTEM, at=AT)
    assert save_record(nameless, by=SYSTEM, at=AT) == first
    assert first.source == "local"
    assert first.number.startswith("sha256-")


def test_a_deleted_record_is_not_listed_and_comes_back_when_saved_again() -> None:
    saved = save_record(kokoro(), by=SYSTEM, at=AT)
    delete_record(record=saved, by=SYSTEM, at=AT)
    delete_record(record=saved, by=SYSTEM, at=AT)
    assert records_by_id([saved.pk]) == {}
    assert events()[-1:] == ["catalogue.record-deleted"]
    save_record(kokoro(), by=SYSTEM, at=AT)
    assert list(records_by_id([saved.pk])) == [saved.pk]


def test_rubbish_is_refused_with_a_reason() -> None:
    with pytest.raises(Refused) as refused:
        save_record(b"rubbish", by=SYSTEM, at=AT)
    assert refused.value.reasons[0].code == "record-faulty:truncated"
    assert not BibliographicRecord.objects.exists()


def test_nobody_saves_without_the_right() -> None:
    with pytest.raises(NotPermitted):
        save_record(kokoro(), by=Actor(ref="staff:1"), at=AT)
