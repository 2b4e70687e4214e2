"""Who is signed in, ended from the office; and a door that failures closed, opened at once."""

import pytest
from django.test import Client

from fumikura.journal.models import Entry
from fumikura.organisation.models import StaffSession, User
from fumikura.patrons import services
from tests import cast
from tests.web.desk.conftest import enter
from tests.web.entrance.test_staff_sign_in import choose, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    cast.chuo()
    return enter(client, cast.staff("shimizu", "organisation.grant-role"))


def signed_in(username: str = "kimura") -> Client:
    there = Client(headers={"User-Agent": "Firefox/140 Windows"})
    sign_in(there, username)
    choose(there, "CHUO/CHUO-2")
    return there


def test_who_sits_where_is_seen_and_one_session_or_all_are_ended(manager: Client) -> None:
    kimura = cast.staff("kimura", "circulation.check-out", at=cast.chuo())
    first, second, third = signed_in(), signed_in(), signed_in()
    page = manager.get("/office/sessions").content.decode()
    assert page.count("こどもカウンター") == 3 and "Firefox / Windows" in page and "すべて終わらせる" in page
    assert "STAFF_IDLE_MINUTES" in page and "15分でログアウト" in page
    row = StaffSession.objects.get(session=first.session.session_key)
    ended = {"act": "end", "user": kimura.pk, "session": row.pk, "request_key": "a"}
    assert "1件のログインを" in manager.post("/office/sessions", ended, follow=True).content.decode()
    assert first.get("/staff/place").status_code == 302 and second.get("/staff/place").status_code == 200
    manager.post("/office/sessions", {"act": "end", "user": kimura.pk, "request_key": "b"})
    assert second.get("/staff/place").status_code == third.get("/staff/place").status_code == 302
    assert not StaffSession.objects.filter(user=kimura).exists()
    told = Entry.objects.filter(event="organisation.staff-sessions-ended").order_by("pk")
    assert [entry.particulars["count"] for entry in told] == [1, 2]
    assert "こどもカウンター" not in manager.get("/office/sessions").content.decode()


def test_another_operators_people_are_neither_seen_nor_ended(manager: Client) -> None:
    kimura = cast.staff("kimura", "circulation.check-out", at=cast.chuo())
    there = signed_in()
    User.objects.filter(username="shimizu").update(operator="水瀬サービス")
    assert "こどもカウンター" not in manager.get("/office/sessions").content.decode()
    assert manager.post("/office/sessions", {"act": "end", "user": kimura.pk}).status_code == 422
    assert manager.post("/office/sessions", {"act": "lift", "door": "staff", "name": "kimura"}).status_code == 422
    assert there.get("/staff/place").status_code == 200


def test_the_sign_in_page_says_how_long_and_the_office_opens_it_at_once(manager: Client, settings) -> None:
    cast.staff("kimura", "circulation.check-out", at=cast.chuo())
    there = Client()
    for _ in range(5):
        sign_in(there, "kimura", "wrong")
    page = sign_in(there, "kimura").content.decode()
    assert "あと15分ほど" in page and "職員を管理する人" in page and "カウンターで" not in page.partition("</form>")[0]
    assert "kimura" in manager.get("/office/sessions").content.decode().partition('id="locked"')[2]
    lift = {"act": "lift", "door": "staff", "name": "kimura"}
    assert "開けました" in manager.post("/office/sessions", lift, follow=True).content.decode()
    assert sign_in(there, "kimura").status_code == 302
    assert Entry.objects.get(event="organisation.sign-in-lock-lifted").particulars["door"] == "staff"
    assert "しまっていませんでした" in manager.post("/office/sessions", lift, follow=True).content.decode()


def shut_out(reader: Client) -> None:
    for _ in range(5):
        reader.post("/sign-in", {"card": "20004318", "password": "wrong"})
    assert reader.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD}).status_code == 403


def test_a_reader_who_was_shut_out_comes_in_by_card_number_or_with_a_new_password(manager: Client) -> None:
    hanako, reader = cast.hanako(), Client()
    shut_out(reader)
    manager.post("/office/sessions", {"act": "lift", "door": "patron", "name": "Ａ2000 4318Ａ"})
    assert reader.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD}).status_code == 302
    shut_out(reader)
    services.set_password(patron=hanako, password="yamanashi-no-mi", by=cast.SYSTEM, at=cast.AT)
    assert reader.post("/sign-in", {"card": "20004318", "password": "yamanashi-no-mi"}).status_code == 302


def test_only_whoever_manages_people_sees_it(client: Client) -> None:
    cast.chuo()
    enter(client, cast.staff("kimura", "circulation.check-out"))
    assert client.get("/office/sessions").status_code == 403
    assert client.post("/office/sessions", {"act": "lift", "door": "patron", "name": "1"}).status_code == 403
