"""A typhoon: counted, done, taken back."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Closure, DueShift, Hold, Loan
from fumikura.organisation.models import DisasterMode
from tests import cast
from tests.cast import AT, chuo, hanako, kita, taro
from tests.circulation.cast import at_desk, item
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
DAYS = {"first": "2026-06-03", "last": "2026-06-04"}


@pytest.fixture
def manager(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    kita()
    circulation.check_out(item=item(), patron=hanako(), by=at_desk(), at=AT)
    user = cast.staff(
        "shimizu", "circulation.close-site", "circulation.shift-due-dates", "organisation.declare-disaster"
    )
    return enter(client, user)


def text(client: Client, **fields: object) -> str:
    return client.get("/office/emergencies", fields).content.decode()


def test_counting_changes_nothing_and_says_what_would_happen(manager: Client) -> None:
    page = text(manager, site=["CHUO"], **DAYS, new_due="2026-06-10")
    assert "まだ何も変わっていません" in page and "1点の返却期限を、6月10日" in page
    assert not Closure.objects.exists() and not DueShift.objects.exists()


def test_closing_moves_readers_and_due_dates_and_is_taken_back(manager: Client) -> None:
    record = Loan.objects.get().item.record
    circulation.place_hold(patron=taro(), want=circulation.Want((record,)), pickup=chuo(), by=at_desk(), at=AT)
    fields = {"site": ["CHUO"], **DAYS, "new_due": "2026-06-10", "substitute": "KITA", "request_key": "k"}
    for _ in range(2):
        page = manager.post("/office/emergencies", fields, follow=True).content.decode()
    assert "1館を休館にしました" in page
    assert (Loan.objects.get().due_on, Hold.objects.get().pickup) == (date(2026, 6, 10), kita())
    closure, shift = Closure.objects.get(), DueShift.objects.get()
    manager.post(f"/office/emergencies/closures/{closure.pk}", {"request_key": "u"}, follow=True)
    page = manager.post(f"/office/emergencies/shifts/{shift.pk}", {"request_key": "v"}, follow=True).content.decode()
    assert "返却期限を元にもどしました" in page
    assert (Loan.objects.get().due_on, Hold.objects.get().pickup) == (date(2026, 6, 3), chuo())
    again = manager.post(f"/office/emergencies/shifts/{shift.pk}", {"request_key": "w"})
    assert again.status_code == 422


def test_what_one_click_closed_everywhere_one_click_takes_back(manager: Client) -> None:
    fields = {"everywhere": "yes", **DAYS, "new_due": "2026-06-10", "request_key": "k"}
    page = manager.post("/office/emergencies", fields, follow=True).content.decode()
    assert "2館を休館にしました" in page and "返却期限を動かした貸出：1点" in page and "休館 2館、返却期限 1点" in page
    last = Closure.objects.latest("pk").pk
    for number in range(2):
        back = manager.post(f"/office/emergencies/together/{last}", {"request_key": f"u{number}"}, follow=True)
    assert back.status_code == 422
    assert Loan.objects.get().due_on == date(2026, 6, 3)
    assert not Closure.objects.filter(undone_at=None).exists() and not DueShift.objects.filter(undone_at=None).exists()


def test_a_new_due_date_on_a_closed_day_is_said_before_it_is_set(manager: Client) -> None:
    page = text(manager, site=["CHUO"], **DAYS, new_due="2026-06-08")
    assert "次の館の休館日です：中央図書館" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "館か日が、まだ決まっていません"),
        ({"site": ["CHUO"], "first": "2026-06-03", "last": "soon"}, "館か日が、まだ決まっていません"),
        ({"site": ["CHUO"], "first": "2026-06-04", "last": "2026-06-03"}, "終わり"),
        ({"site": ["CHUO"], **DAYS, "new_due": "2026-06-04"}, "休みの期間より後"),
        ({"site": ["CHUO"], **DAYS, "substitute": "CHUO"}, "受け取"),
    ],
)
def test_what_cannot_be_is_answered_in_words(manager: Client, fields: dict[str, object], words: str) -> None:
    answer = manager.post("/office/emergencies", fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Closure.objects.exists()


def test_disaster_mode_begins_and_ends(manager: Client) -> None:
    asked = manager.post("/office/emergencies/disaster", {"request_key": "0"})
    assert "確かめました" in asked.content.decode() and not DisasterMode.objects.exists()
    manager.post("/office/emergencies/disaster", {"request_key": "a", "sure": "on"})
    assert "いま災害モードです" in text(manager)
    manager.post("/office/emergencies/disaster", {"end": "yes", "request_key": "b"})
    assert not DisasterMode.objects.filter(ended_at=None).exists()


def test_without_the_right_there_is_no_page(client: Client) -> None:
    chuo()
    assert enter(client, cast.staff("kimura", "circulation.check-out")).get("/office/emergencies").status_code == 403


def test_the_whole_network_closes_in_one_act(manager: Client) -> None:
    page = text(manager, everywhere="yes", **DAYS)
    assert "まだ何も変わっていません" in page
    fields = {"everywhere": "yes", **DAYS, "request_key": "all"}
    page = manager.post("/office/emergencies", fields, follow=True).content.decode()
    assert "2館を休館にしました" in page and Closure.objects.count() == 2


def test_a_shift_taken_back_names_every_loan_that_keeps_its_day_with_the_reason(manager: Client) -> None:
    loan = Loan.objects.get()
    days = {"first_on": loan.due_on, "last_on": loan.due_on, "new_due_on": date(2026, 6, 10)}
    shift = circulation.shift_due_dates(**days, by=at_desk(), at=AT)
    circulation.renew(loan=loan, by=at_desk(), at=AT + timedelta(days=10))
    page = manager.post(f"/office/emergencies/shifts/{shift.pk}", {"request_key": "v"}, follow=True).content.decode()
    for said in (
        "元の日にもどった：0点",
        "そのままの日：1点",
        "元にもどさなかった貸出",
        "30000017",
        "あとから延長されました",
    ):
        assert said in page


def test_what_lies_ready_at_a_site_that_closes_is_named_before_and_after(manager: Client) -> None:
    book = Loan.objects.get().item
    want = circulation.Want((book.record,))
    circulation.place_hold(patron=taro(), want=want, pickup=chuo(), by=at_desk(), at=AT)
    circulation.check_in(item=book, by=at_desk(), at=AT)
    fields = {"site": ["CHUO"], **DAYS, "substitute": "KITA"}
    assert "棚にある1点は、取って読み取ると、代わりの館へ送られます" in text(manager, **fields)
    page = manager.post("/office/emergencies", {**fields, "request_key": "k"}, follow=True).content.decode()
    assert "中央図書館の取り置きの棚に、送る本がまだ1点あります" in page
    circulation.check_in(item=book, by=at_desk(), at=AT)
    assert "送る本がまだ" not in text(manager)
