"""Events and news as readers and the office see them; the map and the shelves drawn by us."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.holdings.models import Floor
from fumikura.organisation.services import draw_map, place_on_map
from fumikura.programmes.models import Announcement, Programme
from tests import cast
from tests.cast import AT, SYSTEM, chuo
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
RIGHTS = ("programmes.announce", "holdings.draw-floors", "organisation.configure")
TOMORROW = f"{AT + timedelta(days=1):%Y-%m-%d}"
STORIES = {
    "title": "おはなしの森",
    "note": "えほんと、てあそび。",
    "site": "CHUO",
    "audience": "children",
    "on-0": TOMORROW,
    "begins-0": "11:00",
    "ends-0": "11:30",
}
SHELF = {"label-0": "文学", "location-0": "", "left-0": "5", "top-0": "5", "width-0": "20", "height-0": "4"}


@pytest.fixture
def sano(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    chuo()
    return enter(Client(), cast.staff("sano", *RIGHTS))


def test_an_event_is_written_found_on_every_page_and_taken_down(sano: Client, client: Client) -> None:
    page = sano.post("/office/programmes/new", {**STORIES, "request_key": "k"}, follow=True).content.decode()
    assert "保存しました" in page
    sano.post("/office/programmes/new", {**STORIES, "request_key": "k"})
    event = Programme.objects.get()
    for address in ("/", "/events", "/events?for=children", "/hours?site=CHUO", f"/events/{event.pk}"):
        assert "おはなしの森" in client.get(address).content.decode(), address
    assert "おはなしの森" not in client.get("/events?for=adults").content.decode()
    assert b"SUMMARY:" in client.get("/events.ics").content and b"T0" in client.get(f"/events/{event.pk}.ics").content
    called_off = {**STORIES, "off-0": "1", "request_key": "m"}
    sano.post(f"/office/programmes/{event.pk}", called_off)
    assert "中止" in client.get("/events").content.decode() and b"CANCELLED" in client.get("/events.ics").content
    sano.post(f"/office/programmes/{event.pk}/end", {"request_key": "e"})
    assert client.get(f"/events/{event.pk}").status_code == 404
    sano.post(f"/office/programmes/{event.pk}/end", {"again": "1", "request_key": "f"})
    assert client.get(f"/events/{event.pk}").status_code == 200


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(sano: Client) -> None:
    answer = sano.post("/office/programmes/new", {**STORIES, "title": "", "request_key": "k"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "行事の名前がありません" in page and "えほんと、てあそび。" in page
    page = sano.post("/office/programmes/new", {**STORIES, "begins-0": "", "request_key": "l"}).content.decode()
    assert "はじまりと終わりの時刻を入れてください" in page and TOMORROW in page
    assert not Programme.objects.exists()


def test_news_stand_on_the_first_page_until_their_day(sano: Client, client: Client) -> None:
    news = {"title": "臨時休館", "text": "点検です。", "site": "", "shown_from": "2026-05-20", "urgent": "1"}
    sano.post("/office/announcements/new", {**news, "shown_until": "2026-05-20", "request_key": "k"})
    one = Announcement.objects.get()
    assert (
        "臨時休館" in client.get("/").content.decode() and "点検です" in client.get(f"/news/{one.pk}").content.decode()
    )
    wrong = sano.post(f"/office/announcements/{one.pk}", {**news, "shown_from": "x", "request_key": "l"})
    assert wrong.status_code == 422 and "日が読めません" in wrong.content.decode()
    sano.post(f"/office/announcements/{one.pk}/end", {"request_key": "e"})
    assert "臨時休館" not in client.get("/news").content.decode()
    assert "臨時休館" in sano.get("/office/announcements").content.decode()


def test_a_floor_is_drawn_in_the_office_and_seen_by_readers(sano: Client, client: Client) -> None:
    sent = {**SHELF, "name": "1階", "depth": "60", "order": "0", "request_key": "k"}
    page = sano.post("/office/floors", sent, follow=True).content.decode()
    assert "保存しました" in page and "<svg" in page
    assert "文学" in client.get("/hours?site=CHUO").content.decode()
    wrong = sano.post("/office/floors", {**sent, "width-0": "広い", "request_key": "l"})
    assert wrong.status_code == 422 and "広い" in wrong.content.decode()
    assert sano.post("/office/floors", {**sent, "left-0": "99", "request_key": "m"}).status_code == 422
    floor = Floor.objects.get()
    sano.post(f"/office/floors?floor={floor.pk}", {"remove": "1", "request_key": "r"})
    assert not Floor.objects.exists()


def test_the_city_is_drawn_with_its_sites_and_nothing_is_asked_of_others(sano: Client, client: Client) -> None:
    assert "city__dot" not in client.get("/hours").content.decode()
    draw_map({"type": "LineString", "coordinates": [[150.0, 30.0], [150.1, 30.1]]}, by=SYSTEM, at=AT)
    sano.post("/office/map", {"site": "CHUO", "latitude": "30.05", "longitude": "150.05"})
    page = client.get("/hours").content.decode()
    assert "city__dot" in page and "http" not in page.partition('<svg class="city"')[2].partition("</svg>")[0]
    assert sano.post("/office/map", {"site": "CHUO", "latitude": "x", "longitude": "1"}).status_code == 422
    assert sano.post("/office/map", {"site": "CHUO", "latitude": "95", "longitude": "1"}).status_code == 422
    place_on_map(facility=chuo(), latitude=None, longitude=None, by=SYSTEM, at=AT)
    assert "city__dot" not in client.get("/hours").content.decode()
