"""Copies from a roll, their call numbers by rule, and their labels on the sheet in the drawer."""

from pathlib import Path

import pytest
from django.test import Client

from fumikura.holdings.models import Item
from fumikura.holdings.services import add_location
from tests import cast
from tests.web.cataloguing.conftest import RIGHTS, form_of, saved
from tests.web.desk.conftest import enter
from tests.web.paper.test_sheets import scanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(client: Client) -> Client:
    add_location(facility=cast.chuo(), code="IPPAN", name="一般開架", by=cast.SYSTEM, at=cast.AT)
    return enter(client, cast.staff("sano", *RIGHTS))


def add(client: Client, record: int, **fields: str):
    path = f"/cataloguing/records/{record}/items"
    form = form_of(client.get(path).content.decode(), path)
    return client.post(path, {**form, **fields})


def test_three_copies_from_a_roll_stand_where_they_were_put(librarian: Client) -> None:
    record = saved()
    answer = add(librarian, record.pk, first="31000998", count="3", place="CHUO/IPPAN")
    page = librarian.get(answer.headers["Location"]).content.decode()
    assert "3 点を登録しました" in page and "一般開架" in page and 'value="31001001"' in page
    items = list(Item.objects.order_by("barcode"))
    assert [item.barcode for item in items] == ["31000998", "31000999", "31001000"]
    assert {item.call_number for item in items} == {"913.6/ナ"} and items[0].location.code == "IPPAN"


def test_a_new_copy_goes_to_the_shelf_of_its_title_or_else_of_its_class(librarian: Client) -> None:
    def chosen(record: int) -> str:
        path = f"/cataloguing/records/{record}/items"
        return form_of(librarian.get(path).content.decode(), path)["place"]

    for code in ("AV", "BUNGAKU", "SHOKO"):
        add_location(facility=cast.chuo(), code=code, name=code, by=cast.SYSTEM, at=cast.AT)
    kokoro, mon, sore_kara = saved(), saved("2", "門"), saved("3", "それから")
    assert chosen(kokoro.pk) == "CHUO/"
    add(librarian, kokoro.pk, first="31000998", count="3", place="CHUO/BUNGAKU")
    add(librarian, mon.pk, first="31001019", count="1", place="CHUO/SHOKO", call_number="210/ミ")
    assert chosen(sore_kara.pk) == "CHUO/BUNGAKU"
    assert chosen(mon.pk) == "CHUO/SHOKO"


def test_copies_scanned_one_by_one(librarian: Client) -> None:
    add(librarian, saved().pk, barcodes="A31000001A\nA31000777A", volume="上", reference_only="on")
    assert [item.barcode for item in Item.objects.order_by("barcode")] == ["31000001", "31000777"]
    assert all(item.volume == "上" and item.reference_only for item in Item.objects.all())


@pytest.mark.parametrize("fields", [{"first": "99999999", "count": "5"}, {"first": "", "count": "2"}, {"count": "0"}])
def test_a_roll_that_cannot_be_counted_on_is_said(librarian: Client, fields: dict) -> None:
    answer = add(librarian, saved().pk, **fields)
    assert answer.status_code == 422 and "番号を続けて作れません" in answer.content.decode()
    assert not Item.objects.exists()


def test_when_one_number_is_taken_no_copy_is_added(librarian: Client) -> None:
    record = saved()
    add(librarian, record.pk, first="31000002", count="1")
    answer = add(librarian, record.pk, first="31000001", count="3")
    page = answer.content.decode()
    assert answer.status_code == 422 and "もう使われています" in page and 'value="31000001"' in page
    assert Item.objects.count() == 1


def test_the_labels_of_new_copies_are_printed_and_read(librarian: Client, tmp_path: Path) -> None:
    add(librarian, saved().pk, first="31000998", count="2")
    page = librarian.get("/cataloguing/labels?barcodes=31000998 31000999 777").content.decode()
    assert "資料のない番号があります" in page and "777" in page and "こころ" in page
    form = form_of(page, "/cataloguing/labels.pdf")
    answer = librarian.get("/cataloguing/labels.pdf", form)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert scanned(answer.content, tmp_path) == {"Codabar:A31000998A", "Codabar:A31000999A"}


def test_labels_are_chosen_by_title_or_day(librarian: Client) -> None:
    record = saved()
    add(librarian, record.pk, first="31000998", count="2")
    assert "2 点" in librarian.get(f"/cataloguing/labels?record={record.pk}").content.decode()
    assert "2 点" in librarian.get("/cataloguing/labels?since=2020-01-01&home=CHUO").content.decode()
    assert "当てはまる資料がありません" in librarian.get("/cataloguing/labels?since=2999-01-01").content.decode()
    assert librarian.get("/cataloguing/labels.pdf?barcodes=777").status_code == 302


def test_a_number_that_cannot_be_printed_is_named(librarian: Client) -> None:
    add(librarian, saved().pk, barcodes="HON-ABC-1")
    answer = librarian.get("/cataloguing/labels.pdf?barcodes=HON-ABC-1")
    assert answer.status_code == 422 and "HON-ABC-1 は長すぎるか" in answer.content.decode()


def test_rules_for_call_numbers_are_tried_then_set(librarian: Client) -> None:
    record = saved()
    add(librarian, record.pk, first="31000998", count="1")
    path = "/cataloguing/call-numbers"
    form = form_of(librarian.get(path).content.decode(), path)
    own = {**form, "text": "* : X{ndc:3}/{author:2}"}
    tried = librarian.post(path, {**own, "act": "try"}).content.decode()
    assert "<span>X913</span><span>ナツ</span>" in tried and "<span>913.6</span><span>ナ</span>" in tried
    assert librarian.post(path, {**own, "act": "save"}).status_code == 302
    assert 'value="X913/ナツ"' in librarian.get(f"/cataloguing/records/{record.pk}/items").content.decode()
    wrong = librarian.post(path, {**form, "text": "だめ", "act": "save", "request_key": "other"})
    assert wrong.status_code == 422 and "1行目" in wrong.content.decode() and "だめ" in wrong.content.decode()
