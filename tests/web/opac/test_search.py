"""The result list: what was found, why, and whether it is there."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Hold
from fumikura.discovery import services
from fumikura.patrons.models import Card
from fumikura.programmes.services import About, Day, announce
from tests import cast
from tests.cast import AT, SYSTEM, kita
from tests.web.opac.cast import copy, title

Library = list[BibliographicRecord]
pytestmark = pytest.mark.django_db(transaction=True)


def page(query: str, **headers: str) -> str:
    answer = Client().get(f"/search?{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def queries(address: str) -> int:
    client = Client()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_title_is_found_by_reading_with_what_is_on_the_shelf(library: Library) -> None:
    html = page("q=そうせき こころ")
    assert f'href="/titles/{library[0].pk}"' in html
    assert "中央図書館ほか1館の棚にあるはずです" in html
    assert "夏目漱石" in html


def test_a_title_that_is_lent_says_until_when(library: Library) -> None:
    assert "貸出中・" in page("q=三四郎")


def test_another_spelling_is_found_and_said(library: Library) -> None:
    html = page("q=電子図書館")
    assert "電子圖書舘の研究" in html
    assert "見つかった理由：" in html
    assert "ほかの書き方も合わせてさがしました" in html


def test_facets_narrow_and_can_be_taken_off(library: Library) -> None:
    everything = page("q=漱石")
    assert "/search?q=%E6%BC%B1%E7%9F%B3&amp;site=KITA" in everything
    narrowed = page("q=漱石&site=KITA")
    assert "三四郎" not in narrowed
    assert "持っている館：北図書館" in narrowed
    assert "の条件を外す" in narrowed


def test_the_years_and_the_order_are_the_readers_choice(library: Library) -> None:
    newest = page("q=漱石&sort=newest")
    assert newest.index("坊っちゃん") < newest.index("三四郎")
    assert "2010年から2019年" in newest


def test_a_class_is_a_doorway_without_words(library: Library) -> None:
    html = page("ndc=9")
    assert "えらんだ条件" in html
    assert "坊っちゃん" in html
    assert "水瀬の川" not in html


def test_editions_of_a_work_stand_together_until_asked_one_by_one(library: Library) -> None:
    first = title("水瀬の橋", "ミナセ ノ ハシ", number="b1", year="1990")
    second = title("水瀬の橋 2", "ミナセ ノ ハシ 2", number="b2", year="2001")
    copy(second, "32000001")
    services.refresh(services.versions.answering_engine(), [first.pk, second.pk], at=AT)
    together = page("q=水瀬の橋")
    assert together.count('class="hit"') == 1
    assert "ほかの版・巻 1" in together
    assert "うち1つは棚にあります" in together and "ほかの版が棚にあります" in together
    assert f'href="/titles/{second.pk}#get"' in together and "ほかの版を予約する" in together
    assert "1作品にまとめました" in together
    editions = page(f"q=水瀬の橋&work={first.pk}")
    assert editions.count('class="hit"') == 2
    assert "『水瀬の橋』のすべての版" in editions
    apart = page("q=水瀬の橋&by=record")
    assert apart.count('class="hit"') == 2
    assert "同じ作品をまとめる" in apart


def test_nothing_found_offers_ways_on(library: Library) -> None:
    html = page("q=漱石 ゾウリムシ&site=KITA")
    assert "見つかりませんでした" in html
    assert 'href="/search?q=%E6%BC%B1%E7%9F%B3"' in html
    assert 'href="/search?q=%E6%BC%B1%E7%9F%B3+%E3%82%BE%E3%82%A6%E3%83%AA%E3%83%A0%E3%82%B7"' in html


def test_what_was_probably_meant_stands_first_and_the_library_is_asked_once(library: Library) -> None:
    html = page("q=坊ちゃっん")
    order = [html.index(words) for words in ("もしかして", "すこしゆるめて", "国立国会図書館サーチ", "図書館にたのむ")]
    assert order == sorted(order)
    assert re.search(r'nothing__meant.*?<a href="/search\?q=[^"]+">坊っちゃん</a>', html, re.DOTALL)
    assert html.count('href="/my/requests') == 1


def test_without_an_index_the_page_says_so_and_does_not_fall(index: None) -> None:
    assert "目録をつくり直しています" in page("q=こころ")


def test_an_empty_box_opens_the_doorways(library: Library) -> None:
    html = page("q=")
    assert "棚からさがす" in html
    assert 'href="/search?ndc=9"' in html


@pytest.mark.parametrize(
    "query", ["q=%00%FF", "q=((((", 'q="', "q=-", "q=OR", "q=a&page=99999", "q=a&ndc=x&year=y&kind=z", "q=<script>"]
)
def test_whatever_is_typed_there_is_a_page(library: Library, query: str) -> None:
    assert "<script>alert" not in page(query)
    assert "&lt;script&gt;" in page("q=<script>")


def test_a_full_page_costs_no_more_queries_than_one_hit_and_stays_small(library: Library) -> None:
    few = queries("/search?q=三四郎")
    for number in range(25):
        one = title(f"水瀬の橋{chr(0x4E00 + number)}", "ミナセ ノ ハシ", number=f"b{number}")
        copy(one, f"32{number:06}")
        copy(one, f"33{number:06}")
    services.refresh(services.versions.answering_engine(), [one.pk - n for n in range(25)], at=AT)
    queries("/search?q=水瀬の橋")
    # The one hit costs a few more: beside a short list stands もしかして.
    assert queries("/search?q=水瀬の橋") <= few
    html = page("q=水瀬の橋")
    assert html.count('class="hit"') == 20
    assert len(html.encode()) <= 60_000
    assert 'aria-label="ページ"' in html
    assert page("q=水瀬の橋&page=2").count('class="hit"') == 5


def test_suggestions_are_names_and_titles(library: Library) -> None:
    answer = Client().get("/suggest", {"q": "そうせ"})
    assert json.loads(answer.content)["suggestions"] == [] or answer["Content-Type"] == "application/json"
    found = json.loads(Client().get("/suggest", {"q": "こころ"}).content)["suggestions"]
    assert {"text": "こころ", "kind": "title", "reading": "ココロ"} in found


def test_suggestions_for_nothing_are_nothing(library: Library) -> None:
    assert json.loads(Client().get("/suggest").content) == {"suggestions": []}


def test_the_list_is_english_for_those_who_read_english(library: Library) -> None:
    html = page("q=こころ", **{"accept-language": "en"})
    assert "1 record" in html
    assert "Narrow down" in html


def test_searching_leaves_no_cookie(library: Library) -> None:
    client = Client()
    client.get("/search?q=こころ")
    assert not client.cookies


def test_an_event_and_a_place_that_the_words_name_stand_above_the_books(library: Library) -> None:
    days = [Day(starts_at=AT + timedelta(days=3), ends_at=AT + timedelta(days=3, hours=2))]
    event = About(title="こころを読む会", facility=kita(), note="夏目漱石の『こころ』を声に出して読みます。")
    days.insert(0, Day(starts_at=AT + timedelta(days=1), ends_at=AT + timedelta(days=1, hours=2), is_called_off=True))
    announce(event, days, by=SYSTEM, at=AT)
    html = page("q=漱石 こころ")
    assert html.index("この言葉に合う行事") < html.index("こころを読む会") < html.index("中央図書館ほか1館の棚")
    assert 'href="/hours?site=KITA"' in page("q=北図書館")
    assert "この言葉に合う行事" not in page("q=漱石&site=KITA") + page("q=水瀬の川"), (
        "only where the words meet, above all books"
    )


def test_a_hit_that_is_ever_lent_is_held_in_one_tap_and_others_offer_no_queue(library: Library) -> None:
    kokoro, sanshiro, nobody_has, *_ = library
    Card.objects.update(expires_on=AT.date() + timedelta(days=1000))
    stranger = page("q=漱石")
    assert f'href="/sign-in?next=/titles/{sanshiro.pk}%23get"' in stranger
    assert f"next=/titles/{nobody_has.pk}%23get" not in page("q=電子圖書舘")
    client = Client()
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    client.cookies["library"] = "KITA"
    html = client.get("/search?q=漱石").content.decode()
    key = re.search(r'id="hold".*?name="request_key" value="(\w+)".*?name="pickup" value="(\w+)"', html)
    assert key and key[2] == "KITA" and f'form="hold" name="record" value="{kokoro.pk}"' in html
    held = {"request_key": key[1], "pickup": key[2]}
    for record in (kokoro, kokoro):
        client.post("/my/holds", {**held, "record": record.pk})
    assert Hold.objects.open().count() == 1, "pressed twice it is one hold"
    client.post("/my/holds", {**held, "record": library[4].pk})
    answer = client.post("/my/holds", {**held, "record": library[3].pk})
    assert answer.status_code == 422, "another book of the same page is another act"


def test_an_english_page_writes_the_reading_below_the_title_in_latin_letters(library: Library) -> None:
    english = page("q=電子圖書舘", **{"accept-language": "en"})
    assert '<p class="hit__romaji" lang="ja-Latn">Denshi toshokan no kenkyū</p>' in english
    assert "hit__romaji" not in page("q=電子圖書舘")
    title_page = Client().get(f"/titles/{library[0].pk}", headers={"accept-language": "en"}).content.decode()
    assert 'lang="ja-Latn">Kokoro</p>' in title_page
