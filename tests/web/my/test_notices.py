"""How I wish to be told."""

import pytest
from django.test import Client

from fumikura.notices.models import Choice
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
    sent = {"due-soon-by": "none", "overdue-by": "e-mail", "overdue-titles": "on", "request_key": "k"}
    answer = reader.post("/my/notices", sent)
    assert answer.headers["Location"] == "/my/notices?saved=1"
    assert [(one.kind, one.channel) for one in Choice.objects.all()] == [("due-soon", "none")]


def test_a_way_that_the_library_does_not_have_is_refused_in_words(reader: Client) -> None:
    answer = reader.post("/my/notices", {"due-soon-by": "pigeon", "request_key": "k"})
    assert answer.status_code == 422
    assert "その知らせ方は、いま使えません" in answer.content.decode()


def test_who_has_no_address_is_told_where_to_register_one(client: Client) -> None:
    cast.hanako()
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    assert "メールアドレスの登録がありません" in client.get("/my/notices").content.decode()
