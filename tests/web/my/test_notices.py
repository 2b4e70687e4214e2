"""How I wish to be told."""

import pytest
from django.test import Client

from fumikura.notices.models import Choice, Habit
from fumikura.notices.services import address_came_back
from fumikura.patrons.models import ContactPoint
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> Client:
    cast.hanako(email="hanako@example.jp")
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def test_every_kind_can_be_chosen_and_shows_an_example(reader: Client) -> None:
    html = reader.get("/my/notices").content.decode()
    assert "返す日が近い本があります（2点）" in html
    assert "水野 花子 様" in html
    assert "草枕" in html


def test_a_choice_is_kept_and_only_what_was_changed(reader: Client) -> None:
    sent = {"due-soon-asked": "1", "overdue-asked": "1", "overdue-by": "e-mail", "overdue-titles": "on"}
    sent |= {"due-soon-titles": "on", "opens": "18", "closes": "20", "digest": "on", "request_key": "k"}
    answer = reader.post("/my/notices", sent)
    assert answer.headers["Location"] == "/my/notices?saved=1"
    assert [(one.kind, one.channels) for one in Choice.objects.all()] == [("due-soon", [])]
    habit = Habit.objects.get()
    assert (habit.opens, habit.closes, habit.digest) == (18, 20, True)


def test_a_way_that_the_library_does_not_have_is_refused_in_words(reader: Client) -> None:
    answer = reader.post("/my/notices", {"due-soon-asked": "1", "due-soon-by": "pigeon", "request_key": "k"})
    assert answer.status_code == 422
    assert "その知らせ方は、いま使えません" in answer.content.decode()
    answer = reader.post("/my/notices", {"opens": "20", "closes": "9", "request_key": "h"})
    assert "はじめの時刻を、おわりより前にしてください" in answer.content.decode()


def test_a_browser_is_taken_only_with_an_address_of_a_push_service_and_can_be_taken_away(reader: Client) -> None:
    sent = {"p256dh": "a", "auth": "b"}
    assert reader.post("/my/notices/browsers", sent | {"endpoint": "https://evil.example/x"}).status_code == 422
    assert reader.post("/my/notices/browsers", sent | {"endpoint": "https://fcm.googleapis.com/x"}).status_code == 200
    contact = ContactPoint.objects.get()
    assert 'value="push"' in reader.get("/my/notices").content.decode()
    reader.post("/my/notices", {"act": "remove", "of": contact.pk})
    assert not ContactPoint.objects.exists()
    assert reader.get("/my/notices/worker.js").headers["Service-Worker-Allowed"] == "/my/notices"


def test_a_mail_that_came_back_is_said_on_my_page_until_the_address_changes(reader: Client) -> None:
    address_came_back(address="hanako@example.jp", by=cast.SYSTEM, at=cast.AT)
    assert "メールが届きませんでした" in reader.get("/my/").content.decode()
    reader.post("/my/details", {"email": "new@example.jp", "phone": ""})
    assert "メールが届きませんでした" not in reader.get("/my/").content.decode()


def test_who_has_no_address_is_told_where_to_register_one(client: Client) -> None:
    cast.hanako()
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    assert "メールアドレスの登録がありません" in client.get("/my/notices").content.decode()
