"""Patrons sign in by card and password; refusals say what to do; sessions end when they should."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from fumikura.patrons import services
from fumikura.patrons.services.sessions import patron_of_session
from tests import cast

pytestmark = pytest.mark.django_db


def sign_in(client: Client, card: str = "20004318", password: str = cast.PASSWORD, **fields: str):
    return client.post("/sign-in", {"card": card, "password": password, **fields})


def key(client: Client) -> str:
    return client.cookies[settings.PATRON_COOKIE_NAME].value


def test_a_card_in_full_width_letters_opens_my_page(client: Client) -> None:
    cast.hanako()
    answer = sign_in(client, "Ａ２０００　４３１８Ａ")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    cookie = client.cookies[settings.PATRON_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"]
    assert client.get("/my/").status_code == 200


def test_a_wrong_password_says_what_to_do_and_keeps_the_number(client: Client) -> None:
    cast.hanako()
    answer = sign_in(client, password="wrong")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "合いません" in page and "カウンター" in page and 'value="20004318"' in page
    assert "wrong" not in page


def test_a_scan_without_a_password_is_no_mistake(client: Client) -> None:
    cast.hanako()
    for _ in range(6):
        assert client.post("/sign-in", {"card": "20004318"}).status_code == 200
    assert sign_in(client).status_code == 302


def test_a_lock_out_says_when_to_try_again(client: Client) -> None:
    cast.hanako()
    for _ in range(5):
        sign_in(client, password="wrong")
    page = sign_in(client).content.decode()
    assert "あと15分ほど" in page
    english = client.post(
        "/sign-in", {"card": "20004318", "password": "x"}, headers={"Accept-Language": "en"}
    ).content.decode()
    assert "in about 15 minutes" in english


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_leads_nowhere_else(client: Client, wanted: str) -> None:
    cast.hanako()
    assert sign_in(client, next=wanted).headers["Location"] == "/my/"


def test_next_leads_back_to_the_page_that_was_asked_for(client: Client) -> None:
    cast.hanako()
    asked = client.get("/my/")
    assert asked.headers["Location"] == "/sign-in?next=%2Fmy%2F"
    assert sign_in(client, next="/my/password").headers["Location"] == "/my/password"


def test_a_key_known_before_signing_in_opens_nothing_after(client: Client) -> None:
    cast.hanako()
    client.cookies[settings.PATRON_COOKIE_NAME] = "planted-by-someone"
    sign_in(client)
    first = key(client)
    assert first != "planted-by-someone"
    sign_in(client)
    assert key(client) != first
    assert patron_of_session(first, at=timezone.now()) is None


def test_signing_out_ends_the_session_itself(client: Client) -> None:
    cast.hanako()
    sign_in(client)
    before = key(client)
    assert client.post("/sign-out").headers["Location"] == "/sign-in?left=1"
    assert patron_of_session(before, at=timezone.now()) is None
    assert client.get("/sign-out").status_code == 405
    assert "ログアウトしました" in client.get("/sign-in?left=1").content.decode()


def test_a_session_ends_after_the_idle_limit_and_the_next_page_says_so(client: Client) -> None:
    cast.hanako()
    sign_in(client)
    now = timezone.now()
    assert patron_of_session(key(client), at=now + timedelta(minutes=29))
    assert patron_of_session(key(client), at=now + timedelta(minutes=58))
    assert patron_of_session(key(client), at=now + timedelta(minutes=89)) is None
    answer = client.get("/my/", follow=True)
    assert "しばらく使われなかったので" in answer.content.decode()


def test_a_new_password_ends_every_session(client: Client) -> None:
    hanako = cast.hanako()
    sign_in(client)
    services.set_password(patron=hanako, password="yamanashi-no-mi", by=cast.SYSTEM, at=cast.AT)
    assert client.get("/my/").status_code == 302


def test_pages_of_a_patron_are_never_kept_by_a_cache(client: Client) -> None:
    cast.hanako()
    sign_in(client)
    answer = client.get("/my/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]


def test_a_forged_form_is_not_taken(client: Client) -> None:
    cast.hanako()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "号码与密码不符。"),
        ("ko", "번호와 비밀번호가 맞지 않습니다."),
        ("ja-easy", "番号か パスワードが ちがいます。"),
    ],
)
def test_a_wrong_password_is_said_in_the_language_of_the_page(client: Client, language: str, said: str) -> None:
    page = client.post("/sign-in", {"card": "20004318", "password": "x"}, headers={"Accept-Language": language})
    assert said in page.content.decode()
