"""蔵書点検 on the pages of the desk, without JavaScript."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fumikura.acquisitions.models import Suggestion
from fumikura.holdings.models import Item, Missing, ShelvingLocation
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.stocktake.models import Reading, ScanBatch, Stocktake, WithdrawalProposal
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, shelf):
    enter(client, cast.staff("shimizu", *PERMISSIONS))

    def send(where: str = "", **fields: object) -> str:
        address = f"/desk/stocktakes{where}"
        if fields:
            fields = {"request_key": f"key{send.turn}", **fields}
            send.turn += 1
            answer = client.post(address, fields, follow=True)
        else:
            answer = client.get(address)
        assert answer.status_code in {200, 422}
        return answer.content.decode()

    send.turn = 0
    return send


def test_a_stocktake_is_opened_read_and_searched(page):
    page(location="", call_from="", call_to="")
    here = f"/{Stocktake.objects.get().pk}"
    said = page(here, numbers="31002745\n39999999\n", shelf="1番", source="barcode")
    assert "正しい棚" in said
    assert "登録のない番号" in said
    assert "3点のうち 1点を読みました（33%）" in said
    assert "二度は数えていません" in page(here, numbers="31002745\n39999999\n", shelf="1番", source="barcode")
    page(here, finish="yes")
    search = page(f"{here}/search")
    assert "草枕" in search and "3回さがす、その 1回目" in search
    assert "こころ" not in search
    page(f"{here}/search", scanned="31001182")
    for _ in range(3):
        said = page(f"{here}/search", round="yes")
    assert "不明にした本 1点" in said
    assert Missing.objects.get().item.barcode == "31004406"
    assert "不明 1点をどうするか決める" in page(here)
    search_row = Stocktake.objects.get().searches.get(ended_as="missing")
    assert "除籍の案へ" in page(f"{here}/search", settle=search_row.pk, how="withdraw")
    assert WithdrawalProposal.objects.get().item.barcode == "31004406"
    assert "大きな辞典" in page(f"{here}/report.csv")
    assert "終わりました" in page(here, close="yes")


def test_a_file_of_numbers_is_read_like_the_scanner(page, client):
    page(location="")
    here = Stocktake.objects.get().pk
    file = SimpleUploadedFile("scan.csv", "31002745,3番\r\n31001182\t4番\r\n".encode())
    page(f"/{here}", file=file, shelf="3番", source="rfid", numbers="")
    assert list(Reading.objects.values_list("verdict", flat=True)) == ["right", "right"]
    batch = ScanBatch.objects.get()
    assert "取り消しました" in page(f"/{here}", undo=batch.pk)


def test_what_was_heard_from_the_next_shelf_is_not_counted_among_what_is_to_be_done(page, shelf):
    here, there = (ShelvingLocation.objects.create(facility=cast.chuo(), code=code, name=code) for code in "AB")
    for barcode, location in (("31002745", here), ("31001182", there)):
        Item.objects.filter(barcode=barcode).update(location=location)
    for location in (here, there):
        page(location=location.code)
    one, other = Stocktake.objects.order_by("pk")
    assert '片づけるもの <span class="num">1</span>' in page(f"/{one.pk}", numbers="31002745\n31001182", source="rfid")
    page(f"/{other.pk}", numbers="31001182", source="rfid")
    said = page(f"/{one.pk}")
    assert '片づけるもの <span class="num">0</span>' in said and "何もしなくてよい読み取り 1件" in said


def test_what_was_typed_is_not_lost_when_it_is_refused(page):
    page(location="")
    here = f"/{Stocktake.objects.get().pk}"
    page(here, finish="yes")
    said = page(here, numbers="31002745", shelf="9番")
    assert "読み取りを終えています" in said
    assert "始まっています" not in said


def test_a_second_stocktake_of_the_same_place_says_so(page):
    page(location="")
    page(f"/{Stocktake.objects.get().pk}")
    assert "もう始まっています" in page(location="")


def test_another_site_has_its_own_stocktakes(client, page):
    page(location="")
    other = enter(client, cast.staff("kimura", *PERMISSIONS, at=cast.kita()), "KITA")
    assert other.get(f"/desk/stocktakes/{Stocktake.objects.get().pk}").status_code == 404


def test_a_missing_book_is_bought_again_with_its_record_filled_in(page, client):
    page(location="")
    one = Stocktake.objects.get()
    page(f"/{one.pk}", numbers="31002745\n31001182", shelf="1番", source="barcode")
    page(f"/{one.pk}", finish="yes")
    for _ in range(3):
        page(f"/{one.pk}/search", round="yes")
    row = one.searches.get(ended_as="missing")
    said = page(f"/{one.pk}/search", settle=row.pk, how="replace")
    assert "同じ本を「購入の希望」に出しました" in said and "/office/suggestions" in said
    assert WithdrawalProposal.objects.get().item == row.item
    listed = client.get("/office/suggestions").content.decode()
    assert "買い替え" in listed and "資料番号 31004406" in listed
    wish = Suggestion.objects.get()
    assert (wish.record, wish.patron) == (row.item.record, None)
    sent = {"suggestion": wish.pk, "decision": "buy", "answer": "", "request_key": "buy"}
    assert "返事をしました" in client.post("/office/suggestions", sent, follow=True).content.decode()
    wish.refresh_from_db()
    assert (wish.decision, wish.record, wish.hold) == ("buy", row.item.record, None)
    assert not Suggestion.objects.counted().exists()
