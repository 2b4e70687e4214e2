"""特集: what staff put together, as readers see it and as staff make it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.lists import Facts, Line, arrange, first_of_each, make_list
from fumikura.discovery.models import FeatureList
from fumikura.journal.models import Entry
from tests import cast
from tests.cast import AT

Library = list[BibliographicRecord]
pytestmark = pytest.mark.django_db(transaction=True)
BY = cast.acting("discovery.keep-lists")


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def feature(library: Library) -> FeatureList:
    made = make_list(Facts(title="川と橋"), by=BY, at=AT)
    facts = Facts(title="川と橋", note="水瀬の川をめぐる本です。")
    lines = [Line(library[3].pk, "流れのはじまり"), Line(library[0].pk)]
    return arrange(made, facts, lines, by=BY, at=AT)


def test_a_list_is_shown_in_the_order_of_the_staff_and_as_a_feed(library: Library, feature: FeatureList) -> None:
    html = page(f"/lists/{feature.pk}")
    assert html.index("水瀬の川</a>") < html.index("こころ</a>")
    assert "流れのはじまり" in html
    assert "水瀬の川をめぐる本です。" in html
    feed = page(f"/lists/{feature.pk}.rss")
    assert feed.count("<item>") == 2
    assert "川と橋" in page("/lists/")
    assert "川と橋" in page("/")


def test_ten_lists_ask_no_more_than_one(library: Library, feature: FeatureList) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            page("/lists/")
        return len(asked)

    one = questions()
    for place in range(9):
        made = make_list(Facts(title=f"棚{place}"), by=BY, at=AT)
        arrange(made, Facts(title=f"棚{place}"), [Line(two.pk) for two in library[place % 2 : 3]], by=BY, at=AT)
    assert questions() == one and "棚8" in page("/lists/")


def test_a_shelf_shows_the_first_of_its_list(library: Library, feature: FeatureList) -> None:
    other = make_list(Facts(title="坂"), by=BY, at=AT)
    arrange(other, Facts(title="坂"), [Line(one.pk) for one in library[:3]], by=BY, at=AT)
    library[0].deleted_at = AT
    library[0].save()
    shelves = first_of_each([feature, other], most=1)
    assert [row.record_id for row in shelves[feature.pk]] == [library[3].pk]
    assert [row.record_id for row in shelves[other.pk]] == [library[1].pk]


def test_an_empty_list_is_not_shown_yet(library: Library) -> None:
    made = make_list(Facts(title="これから"), by=BY, at=AT)
    assert "これから" not in page("/lists/") + page("/")
    assert Client().get(f"/lists/{made.pk + 1}").status_code == 404


def test_titles_on_one_list_stand_near_each_other(library: Library, feature: FeatureList) -> None:
    html = page(f"/titles/{library[0].pk}")
    assert "同じ特集" in html
    assert "水瀬の川" in html


def test_staff_make_a_list_find_books_order_them_and_put_it_away(client: Client, library: Library) -> None:
    cast.staff("sano", "discovery.keep-lists", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    assert "リストの名前がありません" in client.post("/office/lists", {"title": " "}).content.decode()
    made = client.post("/office/lists", {"title": "夏の本", "request_key": "a" * 32})
    there = made.headers["Location"]
    looked = client.post(there, {"title": "夏の本、と", "q": "水瀬", "look": "1"}).content.decode()
    assert "水瀬の川" in looked
    assert 'value="夏の本、と"' in looked
    river, kokoro = library[3].pk, library[0].pk
    sent = {"title": "夏の本", "add": [river, kokoro], f"place-{river}": "2", f"place-{kokoro}": "1.5"}
    saved = client.post(there, sent, follow=True).content.decode()
    assert "保存しました" in saved
    assert re.findall(r'name="record" value="(\d+)"', saved) == [str(kokoro), str(river)]
    client.post(there, {"title": "夏の本", "record": [river, kokoro], f"off-{kokoro}": "1"})
    number = int(there.rsplit("/", 1)[1])
    assert "こころ" not in page(f"/lists/{number}")
    client.post(f"/office/lists/{number}/end")
    assert Client().get(f"/lists/{number}").status_code == 404
    client.post(f"/office/lists/{number}/again")
    assert "水瀬の川" in page(f"/lists/{number}")
    told = list(
        Entry.objects.filter(event__startswith="discovery.list-").order_by("pk").values_list("event", flat=True)
    )
    assert told == [
        "discovery.list-made", "discovery.list-arranged", "discovery.list-arranged", "discovery.list-ended",
        "discovery.list-ended",
    ]  # fmt: skip
