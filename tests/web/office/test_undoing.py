"""A librarian looks at what an import changed and takes it back; what stays is named with the reason."""

import pytest
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord, ImportBatch
from fumikura.catalogue.services import import_file, save_record
from fumikura.web.office import undoing
from tests import cast
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(client: Client) -> Client:
    cast.staff("sano", "catalogue.import", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    return client


@pytest.fixture
def batch(tmp_path) -> ImportBatch:
    file = tmp_path / "新着.mrc"
    file.write_bytes(kokoro_bytes("1"))
    import_file(file, by=SYSTEM, at=AT)
    file.write_bytes(kokoro_bytes("1", "こゝろ :") + kokoro_bytes("2"))
    return ImportBatch.objects.get(pk=import_file(file, by=SYSTEM, at=AT).batch)


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_differences_stand_side_by_side_and_can_be_narrowed(librarian: Client, batch: ImportBatch) -> None:
    there = f"/office/imports/batches/{batch.pk}/changes"
    assert there in text(librarian, f"/office/imports/batches/{batch.pk}")
    page = text(librarian, there)
    assert "こころ" in page and "こゝろ" in page and 'data-side="before"' in page
    assert "MINASE 2" in page and "MINASE 2" not in text(librarian, f"{there}?kind=updated")


def test_it_asks_first_and_then_takes_back(librarian: Client, batch: ImportBatch) -> None:
    there = f"/office/imports/batches/{batch.pk}/undo"
    page = text(librarian, there)
    assert "目録からなくす" in page and BibliographicRecord.objects.filter(deleted_at=None).count() == 2
    answer = librarian.post(there, follow=True)
    assert "この取り込みは取り消しました" in answer.content.decode()
    assert list(BibliographicRecord.objects.filter(deleted_at=None).values_list("title", flat=True)) == ["こころ"]
    assert librarian.get(there).status_code == 302 and librarian.post(there).status_code == 302


def test_what_stays_is_listed_with_the_reason(librarian: Client, batch: ImportBatch) -> None:
    save_record(kokoro_bytes("2", "心 :"), by=SYSTEM, at=AT)
    there = f"/office/imports/batches/{batch.pk}"
    assert "残る書誌があります" in text(librarian, f"{there}/undo")
    assert "残した書誌を見る" in librarian.post(f"{there}/undo", follow=True).content.decode()
    page = text(librarian, f"{there}/changes?kind=left")
    assert "MINASE 2" in page and "取り込みのあとで直されている" in page and "MINASE 1" not in page


def test_a_large_one_shows_how_far_it_is(
    librarian: Client, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "FORESEEN", 0)
    assert "2件の書誌を、取り込む前にもどします" in text(librarian, f"/office/imports/batches/{batch.pk}/undo")
    ImportBatch.objects.filter(pk=batch.pk).update(undo_started_at=AT)
    page = text(librarian, f"/office/imports/batches/{batch.pk}")
    assert "取り消しています" in page and "続きから取り消す" in page


def test_it_needs_the_right(client: Client, batch: ImportBatch) -> None:
    cast.staff("kimura", "holdings.add-item", at=cast.kita())
    client.post("/staff/sign-in", {"username": "kimura", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "KITA/KITA-1"})
    assert client.post(f"/office/imports/batches/{batch.pk}/undo").status_code == 403
    assert client.get(f"/office/imports/batches/{batch.pk}/changes").status_code == 403
    assert client.get("/office/imports/batches/999/changes").status_code in {403, 404}
