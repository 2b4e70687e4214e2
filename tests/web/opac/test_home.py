"""The first page."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.cast import AT, chuo, kita
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db


def page() -> str:
    return Client().get("/").content.decode()


def test_it_says_whether_the_library_is_open() -> None:
    chuo()
    html = page()
    assert "いま開いています" in html
    assert "9:00 – 19:00" in html
    assert "5月20日（水）の中央図書館" in html


@pytest.mark.parametrize(
    ("hour", "day", "words"),
    [(7, 20, "9:00に開きます"), (22, 20, "きょうは閉まりました"), (12, 18, "きょうは休みです")],
)
def test_outside_its_hours_it_says_when_it_opens(
    monkeypatch: pytest.MonkeyPatch, hour: int, day: int, words: str
) -> None:
    chuo()
    moment = timezone.localtime(AT).replace(hour=hour, day=day)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert words in page()


def test_new_books_stand_on_a_shelf_each_once() -> None:
    kokoro, botchan = title(), title("坊っちゃん", "ボッチャン", number="2")
    copy(kokoro, "30000017")
    copy(kokoro, "30000025")
    copy(botchan, "30000033")
    html = page()
    assert html.count(f'href="/titles/{kokoro.pk}"') == 1
    assert html.index(f"/titles/{botchan.pk}") < html.index(f"/titles/{kokoro.pk}")


def test_an_empty_shelf_is_not_shown_and_an_empty_house_still_opens() -> None:
    html = page()
    assert "新しく入った本" not in html
    assert "きょうは、何を読みますか。" in html


def test_more_places_cost_no_more_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    chuo()
    with django_assert_num_queries(7):  # one of them asks what is often borrowed, once an hour
        Client().get("/")
    with django_assert_num_queries(6):
        Client().get("/")
    kita()
    with django_assert_num_queries(6):
        Client().get("/")


def test_the_menu_leads_somewhere() -> None:
    client = Client()
    for address in ("/", "/search", "/hours", "/help"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert f'href="{address}"' in answer.content.decode()
