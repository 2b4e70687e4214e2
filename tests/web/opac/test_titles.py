"""A title's page: the answer first."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.services import delete_record
from fumikura.circulation.services import check_in, check_out
from fumikura.discovery import services
from fumikura.holdings.models import ShelvingLocation
from fumikura.programmes.services import About, Day, announce
from tests.cast import AT, SYSTEM, acting, chuo, hanako, kita
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, field, title

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


@pytest.fixture
def rules() -> None:
    house_rules()


def page(number: int, **headers: str) -> str:
    return Client().get(f"/titles/{number}", headers=headers).content.decode()


def test_a_copy_on_the_shelf_is_shown_with_place_shelf_and_spine_label() -> None:
    kokoro = title()
    shelf = ShelvingLocation.objects.create(facility=chuo(), code="novels", name="文学・小説", name_en="Fiction")
    copy(kokoro, call_number="913.6/ナ", location=shelf)
    html = page(kokoro.pk)
    assert "中央図書館の棚にあるはずです" in html
    assert "文学・小説" in html
    assert "<span>913.6</span><span>ナ</span>" in html
    assert "ココロ" in html
    assert "夏目漱石" in html


def test_a_copy_on_loan_says_until_when_and_never_who() -> None:
    kokoro, reader = title(), hanako()
    loan = check_out(item=copy(kokoro), patron=reader, by=at_desk(), at=AT)
    html = page(kokoro.pk)
    assert "貸出中" in html
    assert f"{loan.due_on.month}月{loan.due_on.day}日" in html
    assert reader.name not in html


def test_returned_elsewhere_it_is_shown_on_its_way_home() -> None:
    kokoro, reader = title(), hanako()
    one = copy(kokoro)
    check_out(item=one, patron=reader, by=at_desk(), at=AT)
    kita()
    check_in(item=one, by=at_desk("KITA"), at=AT)
    assert "中央図書館へ運んでいます" in page(kokoro.pk)


def test_what_the_record_says_is_shown_and_dangerous_text_is_only_text() -> None:
    one = title("<script>alert(1)</script>", "", extra=(field("650", a="日本文学"), field("505", t="夢十夜")))
    html = page(one.pk)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "日本文学" in html
    assert 'itemtype="https://schema.org/Book"' in html


def test_an_unknown_title_is_not_found_in_kind_words() -> None:
    answer = Client().get("/titles/999999")
    assert answer.status_code == 404
    assert "このページは見つかりませんでした" in answer.content.decode()


def test_a_deleted_title_is_gone_and_offers_a_way_on() -> None:
    kokoro = title()
    delete_record(record=kokoro, by=SYSTEM, at=AT)
    answer = Client().get(f"/titles/{kokoro.pk}")
    assert answer.status_code == 410
    assert "目録から外れました" in answer.content.decode()
    assert "/search?q=%E3%81%93%E3%81%93%E3%82%8D" in answer.content.decode()


def test_the_usual_library_stands_first() -> None:
    kokoro = title()
    copy(kokoro, "30000017")
    copy(kokoro, "30000025", home=kita())
    client = Client()
    client.cookies["library"] = "KITA"
    html = client.get(f"/titles/{kokoro.pk}").content.decode()
    table = html[html.index("<tbody>") :]
    assert table.index("北図書館") < table.index("中央図書館")
    assert "いつもの館" in table


def test_the_page_is_english_for_those_who_read_english() -> None:
    kokoro = title()
    copy(kokoro)
    html = page(kokoro.pk, **{"accept-language": "en"})
    assert 'lang="en"' in html
    assert "Should be on the shelf at" in html


def test_a_hundred_copies_cost_as_many_queries_as_one() -> None:
    kokoro = title()
    shelf = ShelvingLocation.objects.create(facility=chuo(), code="novels", name="文学・小説")
    copy(kokoro, location=shelf, call_number="913.6/ナ")
    client = Client()
    client.get(f"/titles/{kokoro.pk}")  # events are read once a minute
    with CaptureQueriesContext(connection) as one:
        client.get(f"/titles/{kokoro.pk}")
    for number in range(100):
        copy(kokoro, f"31{number:06}", location=shelf, call_number="913.6/ナ")
    with CaptureQueriesContext(connection) as hundred:
        client.get(f"/titles/{kokoro.pk}")
    assert len(hundred) == len(one) <= 20, [query["sql"][:120] for query in hundred.captured_queries]


def test_the_books_beside_it_stand_as_on_the_shelf() -> None:
    shelf = ShelvingLocation.objects.create(facility=chuo(), code="novels", name="文学・小説")
    elsewhere = ShelvingLocation.objects.create(facility=kita(), code="novels", name="文学・小説")
    titles = [title(f"本{n}", "ホン", number=f"s{n}") for n in range(4)]
    for number, (one, label) in enumerate(zip(titles, ["913.6/ア", "913.6/ナ", "913.6/ナ", "914.6/ム"], strict=True)):
        copy(one, f"3000010{number}", location=shelf, call_number=label)
    copy(
        title("よその本", "ヨソ ノ ホン", number="far"),
        "30000201",
        home=kita(),
        location=elsewhere,
        call_number="913.6/ナ",
    )
    html = page(titles[1].pk)
    beside = html[html.index("この本のとなり") :]
    assert [beside.index(f'href="/titles/{one.pk}"') for one in titles] == sorted(
        beside.index(f'href="/titles/{one.pk}"') for one in titles
    )
    assert 'aria-current="true"' in beside
    assert "よその本" not in html


def test_events_that_name_the_book_or_its_writer_stand_on_its_page() -> None:
    kokoro, by = title(), acting("programmes.announce")
    tomorrow = [Day(starts_at=AT + timedelta(days=1), ends_at=AT + timedelta(days=1, hours=1))]
    for name in ("『こころ』を読む会", "夏目漱石の町を歩く", "こころの健康講座"):
        announce(About(title=name, facility=chuo()), tomorrow, by=by, at=AT)
    html = page(kokoro.pk)
    assert "この本にかかわる行事" in html
    assert "『こころ』を読む会" in html and "夏目漱石の町を歩く" in html
    assert "こころの健康講座" not in html
    assert "この本にかかわる行事" not in page(title("門", "モン", "森, 鷗外", "モリ, オウガイ", number="2").pk)


def test_a_book_that_stands_alone_has_no_neighbours() -> None:
    kokoro = title()
    copy(kokoro)
    assert "この本のとなり" not in page(kokoro.pk)


def test_reading_a_title_leaves_no_cookie() -> None:
    client = Client()
    client.get(f"/titles/{title().pk}")
    assert not client.cookies


@pytest.mark.django_db(transaction=True)
def test_what_is_near_by_series_subject_and_class_is_shown_once_and_never_the_title_itself(index: None) -> None:
    series = field("490", a="水瀬文庫", v="3")
    subject = field("650", a="河川")
    one = title("水瀬の川", "ミナセ ノ カワ", number="n1", ndc="291.3", extra=(series, subject))
    title("水瀬の山", "ミナセ ノ ヤマ", number="n2", ndc="462.1", extra=(field("490", a="水瀬文庫", v="4"),))
    title("川の生きもの", "カワ ノ イキモノ", number="n3", ndc="481.7", extra=(subject,))
    title("町の地理", "マチ ノ チリ", number="n4", ndc="291.3")
    title("こころ", number="n5")
    services.tend(AT)
    html = Client().get(f"/titles/{one.pk}").content.decode()
    shelves = html.split('id="near"')[1]
    assert shelves.index("同じシリーズ") < shelves.index("水瀬の山") < shelves.index("同じテーマ")
    assert (
        shelves.index("同じテーマ")
        < shelves.index("川の生きもの")
        < shelves.index("同じ分類")
        < shelves.index("町の地理")
    )
    assert "こころ" not in shelves
    assert f'href="/titles/{one.pk}"' not in shelves
