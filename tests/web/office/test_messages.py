"""The library's own words: previewed, kept, refused with every fault, taken back."""

import pytest
from django.test import Client

from fumikura.notices.composing import slip
from fumikura.notices.models import Wording
from fumikura.notices.words import LANGUAGES
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
PAGE = "/office/messages/due-soon/ja"


@pytest.fixture
def manager(client: Client) -> Client:
    cast.chuo()
    return enter(client, cast.staff("shimizu", "notices.change-wording"))


def send(client: Client, act: str, key: str = "k1", **fields: str):
    return client.post(
        PAGE, {"act": act, "subject": "もうすぐです", "body": "{name}さん\n{titles}", "request_key": key, **fields}
    )


def test_the_list_shows_every_kind_in_every_language(manager: Client) -> None:
    html = manager.get("/office/messages").content.decode()
    assert "予約した本の用意ができた" in html
    assert html.count('href="/office/messages/') >= 9 * 5


def test_a_preview_shows_an_invented_reader_and_keeps_nothing(manager: Client) -> None:
    html = send(manager, "preview").content.decode()
    assert "水野 花子さん" in html
    assert "・こころ" in html
    assert not Wording.objects.exists()


def test_words_are_kept_shown_as_our_own_and_taken_back(manager: Client) -> None:
    assert send(manager, "save").status_code == 302
    assert "もうすぐです" in manager.get(PAGE).content.decode()
    assert "館の文" in manager.get("/office/messages").content.decode()
    send(manager, "restore", "k2")
    assert not Wording.objects.filter(until=None).exists()
    kept = Wording.objects.get()
    page = manager.get(PAGE).content.decode()
    assert "これまでの文" in page
    assert 'value="もうすぐです"' not in page
    page = manager.post(PAGE, {"take_up": kept.pk}).content.decode()
    assert 'value="もうすぐです"' in page
    assert not Wording.objects.filter(until=None).exists()


def test_faults_are_all_said_and_what_was_typed_stays(manager: Client) -> None:
    answer = send(manager, "save", subject="", body="{titel}です")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "件名か本文が空です" in html
    assert "titel" in html
    assert "{titel}です" in html


def test_slips_calls_letters_and_answers_are_worded_and_previewed_like_notices(manager: Client) -> None:
    for kind in ("loan-slip", "kiosk-slip", "hold-slip", "hold-slip-waiting", "hold-slip-call"):
        for language in LANGUAGES:
            assert 'class="slip"' in manager.get(f"/office/messages/{kind}/{language}").content.decode()
    assert "水野 花子様でしょうか" in manager.get("/office/messages/telephone-overdue/ja").content.decode()
    line = manager.get("/office/messages/line-welcome/ko").content.decode()
    assert "LINE 연결" in line and 'name="subject"' not in line


def test_a_slip_keeps_its_day_and_speaks_with_the_librarys_words(manager: Client) -> None:
    page = "/office/messages/loan-slip/ja"
    sent = {"act": "save", "subject": "中央のしおり", "body": "ありがとうございます", "request_key": "s1"}
    refused = manager.post(page, sent)
    assert refused.status_code == 422 and "「day」の差し込みが要ります" in refused.content.decode()
    assert manager.post(page, sent | {"body": "{day}\nありがとうございます"}).status_code == 302
    worded = slip("loan-slip", "ja", {}, [{"day": "12月6日"}])
    assert worded.heading == "中央のしおり"
    assert [line.words for line in worded.lines] == ["12月6日", "ありがとうございます"]


def test_without_the_right_the_page_is_closed(client: Client) -> None:
    cast.chuo()
    assert enter(client, cast.staff("sano")).get("/office/messages").status_code == 403
    assert client.get("/office/messages/nothing/ja").status_code in {403, 404}
