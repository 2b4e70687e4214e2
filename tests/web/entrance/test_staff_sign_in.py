"""Staff sign in, say where they work, and have only the rights of that place."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from fumikura.organisation import services
from tests import cast

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str = "sano", password: str = cast.PASSWORD, **fields: str):
    return client.post("/staff/sign-in", {"username": username, "password": password, **fields})


def choose(client: Client, place: str, **fields: str):
    return client.post("/staff/place", {"place": place, **fields})


def test_first_the_password_then_the_desk_then_to_work(client: Client) -> None:
    cast.staff("sano", "circulation.check-out", at=cast.chuo())
    answer = sign_in(client, next="/staff/place")
    assert answer.headers["Location"].startswith("/staff/place?")
    page = client.get("/staff/place").content.decode()
    assert "中央図書館" in page and "こどもカウンター" in page
    assert choose(client, "CHUO/CHUO-2", next="/desk/").headers["Location"] == "/desk/"
    assert (client.session["staff_facility"], client.session["staff_desk"]) == ("CHUO", "CHUO-2")


def test_the_machine_remembers_the_desk_for_whoever_comes_next(client: Client) -> None:
    cast.staff("sano", "circulation.check-out", at=cast.chuo())
    cast.staff("shimizu", "circulation.check-in")
    sign_in(client)
    choose(client, "CHUO/CHUO-2")
    client.post("/staff/sign-out")
    assert sign_in(client, "shimizu").headers["Location"] == "/desk/"
    assert client.session["staff_desk"] == "CHUO-2"


def test_nobody_works_at_a_site_without_a_role_there(client: Client) -> None:
    cast.kita()
    cast.staff("sano", "circulation.check-out", at=cast.chuo())
    sign_in(client)
    assert "北図書館" not in client.get("/staff/place").content.decode()
    answer = choose(client, "KITA/KITA-1")
    assert "窓口を1つ選んでください" in answer.content.decode()
    assert "staff_facility" not in client.session


def test_a_remembered_place_without_a_role_must_be_chosen_anew(client: Client) -> None:
    cast.kita()
    cast.staff("sano", "circulation.check-out", at=cast.chuo())
    client.cookies["fumikura_place"] = "KITA/KITA-1"
    assert sign_in(client).headers["Location"].startswith("/staff/place")


def test_somebody_without_any_role_is_told_whom_to_ask(client: Client) -> None:
    cast.staff("newcomer")
    sign_in(client, "newcomer")
    assert "役割をつけてもらってください" in client.get("/staff/place").content.decode()


def test_a_wrong_password_says_the_same_for_a_name_that_does_not_exist(client: Client) -> None:
    cast.staff("sano")
    told = [
        sign_in(client, name, "wrong").content.decode().partition("<main")[2].replace(name, "")
        for name in ("sano", "nobody")
    ]
    cleaned = [page.partition('role="alert"')[2].partition("</form>")[0] for page in told]
    assert cleaned[0] == cleaned[1] and "合いません" in cleaned[0]


def test_five_wrong_passwords_close_the_door_even_to_the_right_one(client: Client) -> None:
    cast.staff("sano")
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 403
    assert "あと15分ほど" in sign_in(client).content.decode()


def test_the_session_has_a_new_key_after_signing_in(client: Client) -> None:
    cast.staff("sano", "circulation.check-out")
    client.get("/staff/sign-in")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key
    assert "planted" not in client.session


def test_after_the_idle_limit_the_desk_is_closed(client: Client) -> None:
    cast.staff("sano", "circulation.check-out")
    sign_in(client)
    session = client.session
    session["seen_at"] = (timezone.now() - timedelta(minutes=settings.STAFF_IDLE_MINUTES)).timestamp()
    session.save()
    assert client.get("/staff/place").headers["Location"].startswith("/staff/sign-in")
    assert "_auth_user_id" not in client.session


def test_a_deactivated_user_is_out_at_the_next_request(client: Client) -> None:
    sano = cast.staff("sano", "circulation.check-out")
    sign_in(client)
    services.deactivate_user(user=sano, by=cast.SYSTEM, at=cast.AT)
    assert client.get("/staff/place").headers["Location"].startswith("/staff/sign-in")


def test_next_leads_nowhere_else(client: Client) -> None:
    cast.staff("sano", "circulation.check-out")
    sign_in(client, next="https://evil.example/")
    assert choose(client, "CHUO/CHUO-1", next="//evil.example").status_code in (200, 302)
    cast.chuo()
    assert choose(client, "CHUO/CHUO-1", next="//evil.example").headers["Location"] == "/desk/"


def test_one_browser_two_sessions_and_neither_lends_its_rights_to_the_other(client: Client) -> None:
    cast.hanako()
    cast.staff("sano", "circulation.check-out")
    sign_in(client)
    choose(client, "CHUO/CHUO-1")
    assert client.get("/my/").status_code == 302
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    assert client.get("/my/").status_code == 200
    client.post("/staff/sign-out")
    assert client.get("/my/").status_code == 200
    assert client.get("/staff/place").status_code == 302


def test_a_session_key_of_one_kind_opens_nothing_of_the_other(client: Client) -> None:
    cast.hanako()
    cast.staff("sano", "circulation.check-out")
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    sign_in(client)
    staff, patron = (client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.PATRON_COOKIE_NAME))
    swapped = Client()
    swapped.cookies[settings.SESSION_COOKIE_NAME] = patron
    swapped.cookies[settings.PATRON_COOKIE_NAME] = staff
    assert swapped.get("/my/").status_code == 302
    assert swapped.get("/staff/place").headers["Location"].startswith("/staff/sign-in")


def test_a_cataloguer_who_lends_nothing_is_led_to_the_office(client: Client) -> None:
    cast.staff("ono", "catalogue.import", at=cast.chuo())
    sign_in(client, "ono")
    assert choose(client, "CHUO/CHUO-1").headers["Location"] == "/office/"
    assert client.get("/staff/sign-in").headers["Location"] == "/office/"
    assert client.get("/office/").headers["Location"] == "/office/imports"


def test_whoever_has_no_office_work_is_told_whom_to_ask(client: Client) -> None:
    cast.staff("kimura", "circulation.check-out", at=cast.chuo())
    sign_in(client, "kimura")
    choose(client, "CHUO/CHUO-1")
    answer = client.get("/office/")
    assert answer.status_code == 403 and "事務の役割がありません" in answer.content.decode()


def test_signing_out_forgets_what_the_counter_remembered(client: Client) -> None:
    cast.staff("sano", "circulation.check-out", "circulation.check-in")
    cast.chuo()
    sign_in(client)
    choose(client, "CHUO/CHUO-1")
    client.get("/desk/")
    assert client.cookies[settings.DESK_COOKIE_NAME].value
    left = client.post("/staff/sign-out").cookies[settings.DESK_COOKIE_NAME]
    assert (left.value, left["path"], left["max-age"]) == ("", settings.DESK_COOKIE_PATH, 0)


def test_who_works_at_one_facility_finds_its_first_desk_chosen(client: Client) -> None:
    cast.staff("sano", "circulation.check-out", at=cast.chuo())
    cast.kita()
    sign_in(client)
    page = client.get("/staff/place").content.decode()
    chosen = [one for one in re.findall("<input[^>]*>", page) if "checked" in one]
    assert len(chosen) == 1
    assert 'value="CHUO/CHUO-1"' in chosen[0]
