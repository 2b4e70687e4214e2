"""Sites, their days, and the staff; copies of a title."""

import pytest
from django.test import Client

from fumikura.catalogue.services import save_record
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.models import ExceptionalDay, Grant, User
from fumikura.organisation.queries import permissions_of
from tests import cast
from tests.catalogue.records import kokoro

pytestmark = pytest.mark.django_db
MONDAY = "2026-05-18"


def at_work(client: Client, username: str, place: str = "CHUO/CHUO-1") -> Client:
    client.post("/staff/sign-in", {"username": username, "password": cast.PASSWORD})
    client.post("/staff/place", {"place": place})
    return client


@pytest.fixture
def manager(client: Client) -> Client:
    cast.chuo(), cast.kita()
    cast.staff("shimizu", *PERMISSIONS)
    return at_work(client, "shimizu")


def test_every_site_says_what_one_can_do_there(manager: Client) -> None:
    page = manager.get("/office/sites").content.decode()
    assert "北図書館" in page and "どの館の本も返せる" in page and "/office/sites/KITA/calendar" in page


def test_a_day_is_opened_and_goes_back_to_the_calendar(manager: Client) -> None:
    path = f"/office/sites/KITA/calendar?day={MONDAY}"
    assert "お休みです" in manager.get(path).content.decode()
    form = {"day": MONDAY, "state": "open", "note": "本の市", "request_key": "k"}
    assert manager.post("/office/sites/KITA/calendar", form).status_code == 302
    manager.post("/office/sites/KITA/calendar", form)
    page = manager.get(path).content.decode()
    assert "開く日です" in page and "本の市" in page and "data-exception" in page
    assert Entry.objects.filter(event="organisation.calendar-changed", particulars__on=MONDAY).count() == 1
    manager.post("/office/sites/KITA/calendar", {"day": MONDAY, "state": "as-usual", "request_key": "k2"})
    assert not ExceptionalDay.objects.exists()


def test_who_manages_one_site_is_told_that_another_is_not_theirs(client: Client) -> None:
    cast.chuo()
    cast.staff("kimura", "organisation.change-calendar", at=cast.kita())
    at_work(client, "kimura", "KITA/KITA-1")
    answer = client.post("/office/sites/CHUO/calendar", {"day": MONDAY, "state": "open"})
    assert answer.status_code == 403 and "権限" in answer.content.decode()
    assert client.post("/office/sites/KITA/calendar", {"day": MONDAY, "state": "open"}).status_code == 302


@pytest.mark.parametrize(
    "path", ["/office/sites/NOWHERE/calendar", "/office/records/999/items", f"/office/records/{'9' * 30}/items"]
)
def test_what_is_not_there_is_not_found(manager: Client, path: str) -> None:
    assert manager.get(path).status_code == 404


@pytest.mark.parametrize("day", ["2026-02-31", "0001-01-01", "9999-12-31", "きょう"])
def test_a_day_that_is_none_or_beyond_every_calendar_shows_today(manager: Client, day: str) -> None:
    assert manager.get(f"/office/sites/CHUO/calendar?day={day}").status_code == 200


def test_a_newcomer_is_added_and_gets_a_role_at_one_site(manager: Client) -> None:
    cast.role("lender", "circulation.check-out")
    new = {"act": "add", "name": "木村 一郎", "username": "kimura", "password": "longer-than-eight"}
    assert manager.post("/office/people", new).headers["Location"] == "/office/people?saved=1"
    kimura = User.objects.get(username="kimura")
    manager.post("/office/people", {"act": "grant", "user": kimura.pk, "role": "lender", "place": "KITA"})
    assert permissions_of(kimura, cast.kita()) == {"circulation.check-out"}
    assert permissions_of(kimura, cast.chuo()) == frozenset()
    page = manager.get("/office/people").content.decode()
    assert "木村 一郎" in page and "lender" in page
    manager.post("/office/people", {"act": "withdraw", "user": kimura.pk, "role": "lender", "place": "KITA"})
    assert not Grant.objects.filter(user=kimura).exists()
    manager.post("/office/people", {"act": "deactivate", "user": kimura.pk})
    kimura.refresh_from_db()
    assert not kimura.is_active


def test_what_is_missing_for_a_newcomer_is_said_all_at_once_and_the_name_is_kept(manager: Client) -> None:
    answer = manager.post("/office/people", {"act": "add", "name": "木村", "username": "shimizu", "password": "x"})
    page = answer.content.decode()
    assert (
        answer.status_code == 422 and "もう使われています" in page and "短すぎます" in page and 'value="木村"' in page
    )


def test_a_manager_cannot_stop_their_own_sign_in(manager: Client) -> None:
    shimizu = User.objects.get(username="shimizu")
    page = manager.post("/office/people", {"act": "deactivate", "user": shimizu.pk}).content.decode()
    assert "自分のログインは止められません" in page


def test_a_copy_is_added_once_and_can_be_lent_at_once(manager: Client) -> None:
    record = save_record(kokoro(), by=cast.SYSTEM, at=cast.AT)
    path = f"/office/records/{record.pk}/items"
    assert 'value="913.6/ナ"' in manager.get(path).content.decode()
    form = {"barcode": "Ａ３００００１７Ａ", "home": "KITA", "call_number": "913.6/ナ", "request_key": "k"}
    answer = manager.post(path, form)
    manager.post(path, form)
    item = Item.objects.get()
    assert (item.barcode, item.home.code, item.call_number) == ("3000017", "KITA", "913.6/ナ")
    page = manager.get(answer.headers["Location"]).content.decode()
    assert "3000017 を登録しました" in page and "棚にあります" in page
    again = manager.post(path, {**form, "request_key": "k2"})
    assert again.status_code == 422 and "Ａ３００００１７Ａ" in again.content.decode()


def test_english_is_complete_in_the_office(manager: Client) -> None:
    import re

    for path in ("/office/imports", "/office/items", "/office/sites", f"/office/sites/CHUO/calendar?day={MONDAY}", "/office/people", "/staff/place", "/staff/sign-in"):  # fmt: skip
        page = manager.get(path, headers={"Accept-Language": "en"}, follow=True).content.decode()
        words = re.sub(r'<button name="language".*?</button>|<option[^>]*>[^<]*|<[^>]*>', " ", page, flags=re.S)
        for given in ("中央図書館", "北図書館", "総合カウンター", "こどもカウンター", "月曜休館"):
            words = words.replace(given, "")
        assert (path, re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]+", words)) == (path, [])
