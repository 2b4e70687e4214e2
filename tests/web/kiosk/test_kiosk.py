"""The kiosk: the verbs of the desk by the key of a device, words for the public, and nobody left signed in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.journal.models import Entry
from fumikura.organisation.models import Device
from fumikura.organisation.services import add_device, close_day, renew_device_key, stop_device
from fumikura.patrons.models import Card, Patron
from tests import cast
from tests.circulation.cast import at_desk, house_rules, item
from tests.web.desk.conftest import book

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako() -> Patron:
    someone = cast.hanako()
    house_rules()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    return someone


@pytest.fixture
def kiosk(hanako: Patron, client: Client) -> Client:
    _device, key = add_device(
        code="KIOSK-1", name="1階", kind="kiosk", facility=cast.chuo(), by=cast.SYSTEM, at=timezone.now()
    )
    answer = client.post("/kiosk/start", {"code": "kiosk-1", "key": key})
    assert answer.headers["Location"] == "/kiosk/"
    return client


def sealed(page: str) -> str:
    found = re.search(r'name="open" value="([^"]+)"', page)
    return found[1] if found else ""


def open_card(client: Client, page: str = "loans") -> str:
    return client.post(f"/kiosk/{page}", {"scanned": "20004318", "request_key": "c"}).content.decode()


def test_a_browser_without_a_key_is_led_to_the_start(client: Client) -> None:
    for page in ("", "loans", "returns", "holds", "search"):
        assert client.get(f"/kiosk/{page}").headers["Location"] == "/kiosk/start"
    assert client.post("/kiosk/scans", {"scanned": "1"}).headers["Location"] == "/kiosk/start"


def test_a_wrong_key_and_a_device_of_another_kind_are_refused(client: Client, hanako: Patron) -> None:
    _gate, key = add_device(
        code="GATE", name="門", kind="gate", facility=cast.chuo(), by=cast.SYSTEM, at=timezone.now()
    )
    assert client.post("/kiosk/start", {"code": "GATE", "key": key}).status_code == 403
    wrong = client.post("/kiosk/start", {"code": "GATE", "key": "wrong"})
    assert wrong.status_code == 403
    assert "コードと鍵の組み合わせが合いません" in wrong.content.decode()


def test_a_card_and_a_book_make_a_loan_at_the_site_of_the_kiosk(kiosk: Client, hanako: Patron) -> None:
    item("30000001")
    page = open_card(kiosk)
    assert "水野さん" in page and "花子" not in page
    answer = kiosk.post("/kiosk/loans", {"scanned": "30000001", "open": sealed(page), "request_key": "k1"})
    assert "借りました" in answer.content.decode() and "返す日" in answer.content.decode()
    loan = Loan.objects.open().get()
    assert loan.patron == hanako and loan.lent_facility.code == "CHUO"
    entry = Entry.objects.get(event="circulation.loan-made")
    assert (entry.actor, entry.via) == ("device:KIOSK-1", "self-check")


def test_the_book_that_was_just_read_stands_first_among_the_loans(kiosk: Client, hanako: Patron) -> None:
    circulation.check_out(item=book("草枕", "30000009"), patron=hanako, by=at_desk(), at=timezone.now())
    item("30000001")
    form = {"scanned": "30000001", "open": sealed(open_card(kiosk)), "request_key": "k1"}
    listed = kiosk.post("/kiosk/loans", form).content.decode().partition("kiosk__lent")[2]
    assert 0 < listed.index("こころ") < listed.index("草枕")


def test_what_moved_the_day_is_said_on_the_screen(kiosk: Client, hanako: Patron) -> None:
    item("30000001")
    today = timezone.localdate()
    for days in (14, 15):
        close_day(facility=cast.chuo(), on=today + timedelta(days=days), note="点検", by=cast.SYSTEM, at=timezone.now())
    form = {"scanned": "30000001", "open": sealed(open_card(kiosk)), "request_key": "k1"}
    assert "休館日なので、次の開館日にしました" in kiosk.post("/kiosk/loans", form).content.decode()


def test_the_same_form_twice_lends_once(kiosk: Client, hanako: Patron) -> None:
    item("30000001")
    form = {"scanned": "30000001", "open": sealed(open_card(kiosk)), "request_key": "k1"}
    kiosk.post("/kiosk/loans", form)
    assert "借りました" in kiosk.post("/kiosk/loans", form).content.decode()
    assert Entry.objects.filter(event="circulation.loan-made").count() == 1


def test_nobody_is_left_on_the_screen(kiosk: Client, hanako: Patron) -> None:
    open_card(kiosk)
    assert "水野" not in kiosk.get("/kiosk/loans").content.decode()
    answer = kiosk.post("/kiosk/loans", {"scanned": "30000001", "open": "forged", "request_key": "k"})
    assert not Loan.objects.exists() and answer["Cache-Control"] == "private, no-store"
    page = kiosk.get("/kiosk/loans").content.decode()
    assert "data-resets" in page and 'http-equiv="refresh"' in page


def test_a_refusal_is_said_with_its_way_out(kiosk: Client, hanako: Patron) -> None:
    item("30000001", reference_only=True)
    answer = kiosk.post("/kiosk/loans", {"scanned": "30000001", "open": sealed(open_card(kiosk)), "request_key": "k"})
    assert answer.status_code == 422 and "この機械ではできません" in answer.content.decode()
    assert kiosk.post("/kiosk/loans", {"scanned": "99", "request_key": "k2"}).status_code == 422


def test_a_book_comes_back_without_a_card_and_from_the_first_page(kiosk: Client, hanako: Patron) -> None:
    copy = item("30000001")
    circulation.check_out(item=copy, patron=hanako, by=at_desk(), at=timezone.now())
    page = kiosk.post("/kiosk/scans", {"scanned": "30000001", "request_key": "k"}).content.decode()
    assert "返却しました" in page and "水野" not in page
    assert not Loan.objects.open().exists()


def test_a_book_on_the_first_page_asks_for_the_card(kiosk: Client, hanako: Patron) -> None:
    item("30000001")
    page = kiosk.post("/kiosk/scans", {"scanned": "30000001", "request_key": "k"}).content.decode()
    assert "先にカードを" in page and not Loan.objects.exists()
    assert "水野さん" in kiosk.post("/kiosk/scans", {"scanned": "20004318", "request_key": "k2"}).content.decode()


def test_a_password_is_asked_where_the_device_asks(kiosk: Client, hanako: Patron) -> None:
    Device.objects.update(asks_password=True)
    page = open_card(kiosk)
    assert "パスワードを入れてください" in page and not sealed(page)
    form = {"scanned": "20004318", "request_key": "p"}
    assert kiosk.post("/kiosk/loans", {**form, "password": "wrong"}).status_code == 422
    assert sealed(kiosk.post("/kiosk/loans", {**form, "password": cast.PASSWORD}).content.decode())


def test_holds_for_a_card_without_any_say_so(kiosk: Client, hanako: Patron) -> None:
    assert "いまありません" in open_card(kiosk, "holds")


def test_what_one_waits_for_is_told_with_place_estimate_and_why_others_come_first(
    kiosk: Client, hanako: Patron
) -> None:
    copy, now, taro = item("30000001"), timezone.now(), cast.taro()
    want = circulation.Want((copy.record,))
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    third = cast.patron("三田 次郎", "みた じろう", "20004334")
    circulation.check_out(item=copy, patron=third, by=at_desk(), at=now)
    for patron, at in ((taro, now), (hanako, now + timedelta(minutes=1))):
        circulation.place_hold(patron=patron, want=want, pickup=cast.kita(), by=at_desk(), at=at)
    page = open_card(kiosk, "holds")
    for said in (
        "待っている予約",
        "『こころ』",
        "いまは2番目です（待っている人は2人、本は1冊）。",
        "受け取りは北図書館",
        "先に申し込んだ方からです。",
        "見こみを立てられません",
    ):
        assert said in page, said  # fmt: skip
    taros = kiosk.post("/kiosk/holds", {"scanned": "20004326", "request_key": "t"}).content.decode()
    assert "いまは1番目です" in taros and "先に申し込んだ方" not in taros and "花子" not in taros


def test_a_stopped_device_and_a_new_key_close_the_screen(kiosk: Client) -> None:
    device = Device.objects.get(code="KIOSK-1")
    renew_device_key(device=device, by=cast.SYSTEM, at=timezone.now())
    assert kiosk.get("/kiosk/").status_code == 302
    stop_device(device=device, by=cast.SYSTEM, at=timezone.now())
    assert kiosk.get("/kiosk/").status_code == 302


def test_the_next_reader_does_not_find_the_language_of_the_last(kiosk: Client) -> None:
    answer = kiosk.get("/kiosk/?over")
    assert answer.headers["Location"] == "/kiosk/" and answer.cookies["django_language"].value == ""
