"""The children's pages: nobody signs in, everything is read aloud by ruby, a slip speaks for a shy child."""

import pytest
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery import services
from fumikura.discovery.lists import Facts, Line, arrange, make_list
from fumikura.discovery.offered import offer_list, show_offer
from fumikura.holdings.models import Item, ShelvingLocation
from fumikura.holdings.services.floors import Case, Plan, draw_floor
from fumikura.web.kids.board import COLUMNS
from fumikura.web.kids.shelves import ages, loves
from tests.cast import AT, SYSTEM, acting, facility, hanako
from tests.web.opac.cast import copy, title
from tests.web.opac.conftest import _clock, index, library  # noqa: F401

pytestmark = pytest.mark.django_db
MOST_HTML = 60_000


@pytest.fixture
def star(index: None) -> BibliographicRecord:  # noqa: F811
    record = title("星の教室", "ホシ ノ キョウシツ", "星川原, 百合", "ホシガワラ, ユリ", number="k1", ndc="440")
    facility(reading="チュウオウ トショカン")
    copy(record, "30000017", call_number="440/ホ")
    services.tend(AT)
    return record


def test_the_first_page_shows_what_children_love_and_a_board(client: Client) -> None:
    page = client.get("/kids/").content.decode()
    assert all(f">{love.name}</span>" in page for love in loves().values())
    assert page.count("data-letter=") == len("".join(COLUMNS).replace("_", "")) + 1
    assert "ログイン" not in page and len(page) < MOST_HTML


def test_a_love_finds_by_class_and_the_title_is_read_aloud(client: Client, star: BibliographicRecord) -> None:
    page = client.get("/kids/books", {"love": "space"}).content.decode()
    assert "<ruby>星<rt>ほし</rt></ruby>の<ruby>教室<rt>きょうしつ</rt></ruby>" in page
    assert "<ruby>百合<rt>ゆり</rt></ruby>" in page and "いま あるよ" in page


def test_kana_finds_what_is_written_in_kanji(client: Client, star: BibliographicRecord) -> None:
    page = client.get("/kids/books", {"q": "ほしのきょうしつ"}).content.decode()
    assert "<ruby>星<rt>ほし</rt></ruby>" in page


def test_nothing_found_says_what_to_try(client: Client, star: BibliographicRecord) -> None:
    assert "みじかくして" in client.get("/kids/books", {"q": "ぞぞぞぞ"}).content.decode()


def test_one_book_says_where_it_stands_and_has_a_slip(client: Client, star: BibliographicRecord) -> None:
    page = client.get(f"/kids/books/{star.pk}").content.decode()
    assert "この ほんを よみたいです" in page and "440/ホ" in page
    assert "<ruby>中央図書館<rt>ちゅうおうとしょかん</rt></ruby>" in page.replace(" としょかん", "としょかん")


def test_the_map_of_shelves_says_here_it_is(client: Client, star: BibliographicRecord) -> None:
    shelf = ShelvingLocation.objects.create(facility=facility(), code="children", name="こども")
    case = Case(label="こども 4–8", left=5, top=5, width=40, height=5, location=shelf, first="4", last="8")
    draw_floor(facility(), Plan(name="1階"), [case], by=acting("holdings.draw-floors"), at=AT)
    assert "ここに あるよ" not in client.get("/kids/books", {"love": "space"}).content.decode()
    Item.objects.update(location=shelf)
    page = client.get("/kids/books", {"love": "space"}).content.decode()
    assert "ここに あるよ" in page and "こども 4–8" in page and f'href="/kids/books/{star.pk}#floor"' in page
    assert "data-here" in client.get(f"/kids/books/{star.pk}").content.decode()


def test_a_book_that_is_not_there_is_not_there(client: Client) -> None:
    assert client.get("/kids/books/999999").status_code == 404
    assert client.get(f"/kids/books/{10**30}").status_code == 404


def test_the_list_of_the_staff_goes_before_the_catalogue(client: Client, star: BibliographicRecord) -> None:
    patron, words = hanako(), Facts(title="ブックスタート 0さい")
    offer = offer_list(patron=patron, facts=words, shown_as="くすのき", lines=[Line(star.pk)], by=SYSTEM, at=AT)
    show_offer(offer, by=SYSTEM, at=AT)
    page = client.get("/kids/bookstart").content.decode()
    assert "の<ruby>教室" not in page, "a reader does not speak for the library"
    feature = make_list(Facts(title="ブックスタート 0さい"), by=SYSTEM, at=AT)
    arrange(feature, Facts(title="ブックスタート 0さい"), [Line(star.pk)], by=SYSTEM, at=AT)
    page = client.get("/kids/bookstart").content.decode()
    assert "の<ruby>教室" in page and all(age.name in page for age in ages())


def test_a_page_costs_as_many_queries_for_one_as_for_five(
    client: Client,
    library: list[BibliographicRecord],  # noqa: F811
    django_assert_max_num_queries: object,
) -> None:
    client.get("/kids/books", {"q": "の"})
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get("/kids/books", {"q": "の"})
