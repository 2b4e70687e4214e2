"""取っておいたさがし方: kept, told what is new, and gone when deleted."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery import services
from fumikura.discovery.models import SavedSearch
from fumikura.journal.models import Entry
from tests import cast
from tests.cast import AT
from tests.web.opac.cast import copy, title

Library = list[BibliographicRecord]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(client: Client, library: Library) -> Client:
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def test_who_is_not_signed_in_is_led_to_it_and_comes_back(library: Library) -> None:
    html = Client().get("/search?q=漱石").content.decode()
    assert "ログインすると、名前を付けてマイページに取っておけます" in html
    assert Client().get("/searches").status_code == 302


def test_a_search_is_kept_from_the_results_under_a_name(reader: Client) -> None:
    html = reader.get("/search?q=漱石&site=CHUO&page=1").content.decode()
    found = re.search(r'name="search" value="([^"]+)"', html)
    assert found
    sent = {"search": found[1].replace("&amp;", "&"), "name": "漱石の本"}
    kept = reader.post("/searches", sent, follow=True).content.decode()
    assert "取っておきました" in kept
    assert "漱石の本" in kept
    assert "「漱石」、持っている館：中央図書館" in kept
    assert "/search.rss?q=" in kept
    assert "取っておいたさがし方" in reader.get("/my/").content.decode()


def test_what_came_since_the_last_look_is_counted_until_looked_at(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.post("/searches", {"search": "q=水瀬", "name": "水瀬"})
    assert "新着" not in re.sub("新しく|フィード", "", reader.get("/searches").content.decode())
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(minutes=5))
    new = title("水瀬の橋", "ミナセ ノ ハシ", number="b1")
    copy(new, "32000001")
    services.refresh(services.versions.answering_engine(), [new.pk], at=AT)
    assert "新着 1" in reader.get("/searches").content.decode()
    look = reader.get(f"/searches/{SavedSearch.objects.get().pk}")
    assert "sort=arrived" in look.headers["Location"]
    assert "新着 1" not in reader.get("/searches").content.decode()


def test_a_deleted_search_is_nowhere_and_can_be_taken_back_at_once(reader: Client) -> None:
    reader.post("/searches", {"search": "q=ひみつの病気", "name": "ひみつ"})
    saved = SavedSearch.objects.get()
    gone = reader.post(f"/searches/{saved.pk}/forget", follow=True).content.decode()
    assert not SavedSearch.objects.exists()
    assert not Entry.objects.filter(event__startswith="discovery.").exclude(patron_key="").exists()
    assert all("ひみつ" not in str(one.particulars) for one in Entry.objects.all())
    found = re.search(r'name="search" value="([^"]+)"', gone)
    assert found
    reader.post("/searches", {"search": found[1].replace("&amp;", "&"), "name": "ひみつ"})
    assert SavedSearch.objects.get().name == "ひみつ"


def test_nobody_sees_or_deletes_what_another_keeps(reader: Client) -> None:
    reader.post("/searches", {"search": "q=漱石", "name": "漱石"})
    saved = SavedSearch.objects.get()
    cast.taro()
    other = Client()
    other.post("/sign-in", {"card": "20004326", "password": cast.PASSWORD})
    assert other.get(f"/searches/{saved.pk}").status_code in {302, 404}
    assert other.post(f"/searches/{saved.pk}/forget").status_code in {302, 404}
    assert SavedSearch.objects.count() == 1


def test_an_empty_search_is_not_kept_and_says_why(reader: Client) -> None:
    answer = reader.post("/searches", {"search": "", "name": "x"})
    assert answer.status_code == 422
    assert "さがす言葉がありません" in answer.content.decode()
