"""予約 from the title page to 受け取り: one tap, an honest place in the queue, and every act can be taken back."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold
from fumikura.holdings.models import Item
from fumikura.patrons.models import Card, Patron
from tests import cast
from tests.cast import AT, kita
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Item:
    """『こころ』, which 太郎 has on loan."""
    monkeypatch.setattr(timezone, "now", lambda: AT)
    kita()
    copy = item()
    circulation.check_out(item=copy, patron=cast.taro(), by=at_desk(), at=AT)
    return copy


@pytest.fixture
def reader(client: Client, book: Item) -> Client:
    cast.hanako()
    Card.objects.update(expires_on=AT.date() + timedelta(days=1000))
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def place(client: Client, book: Item, pickup: str = "KITA", key: str = "k1"):
    fields = {"record": book.record_id, "pickup": pickup, "request_key": key}
    return client.post("/my/holds", fields, follow=True)


def test_a_stranger_is_led_to_the_sign_in_and_back_to_the_book(client: Client, book: Item) -> None:
    page = client.get(f"/titles/{book.record_id}").content.decode()
    assert "予約する" in page
    assert f"/sign-in?next=%2Ftitles%2F{book.record_id}" in page


def test_one_tap_on_the_title_page_places_a_hold_and_says_the_place(reader: Client, book: Item) -> None:
    page = reader.get(f"/titles/{book.record_id}").content.decode()
    assert 'action="/my/holds"' in page
    answer = place(reader, book).content.decode()
    assert "『こころ』を予約しました" in answer and "1番目" in answer and "北図書館" in answer
    assert "貸した記録がまだ少なく" in answer
    assert Hold.objects.open().get().pickup == kita()
    assert "いま1人が待っています" in reader.get(f"/titles/{book.record_id}").content.decode()


def test_sent_twice_it_is_one_hold(reader: Client, book: Item) -> None:
    place(reader, book)
    place(reader, book)
    assert Hold.objects.count() == 1


def test_a_second_hold_on_the_same_book_is_refused_in_words(reader: Client, book: Item) -> None:
    place(reader, book)
    answer = place(reader, book, key="k2")
    assert answer.status_code == 422
    assert "もう予約されています" in answer.content.decode()


def test_cancelling_is_taken_back_to_the_old_place(reader: Client, book: Item) -> None:
    place(reader, book)
    hold = Hold.objects.get()
    page = reader.post(f"/my/holds/{hold.pk}/cancellation", {"request_key": "c1"}, follow=True).content.decode()
    assert "予約を取りやめました" in page and "元にもどす" in page
    assert not Hold.objects.open().exists()
    page = reader.post("/my/holds/restorations", {"request_key": "r1", "undo": "c1"}, follow=True).content.decode()
    assert "元にもどしました" in page
    hold.refresh_from_db()
    assert (hold.closed_as, hold.accepted_at) == ("", AT)


def test_a_hold_sleeps_wakes_moves_and_has_a_last_day(reader: Client, book: Item) -> None:
    place(reader, book)
    hold = Hold.objects.get()
    where = f"/my/holds/{hold.pk}"
    page = reader.post(f"{where}/suspension", {"until": "2026-06-10", "request_key": "s"}, follow=True).content.decode()
    assert "お休み中" in page and "休んでいます（6月10日" in page
    page = reader.post(f"{where}/waking", {"request_key": "w"}, follow=True).content.decode()
    assert "1番目" in page
    reader.post(f"{where}/pickup", {"pickup": "CHUO", "request_key": "p"}, follow=True)
    reader.post(f"{where}/term", {"needed_by": "2026-07-01", "request_key": "t"}, follow=True)
    hold.refresh_from_db()
    assert (hold.pickup.code, hold.needed_by, hold.suspended_until) == ("CHUO", date(2026, 7, 1), None)


@pytest.mark.parametrize("until", ["2020-01-01", "9999-12-31", "soon", "2026-13-01"])
def test_a_day_that_cannot_be_is_answered_in_words(reader: Client, book: Item, until: str) -> None:
    place(reader, book)
    answer = reader.post(f"/my/holds/{Hold.objects.get().pk}/suspension", {"until": until, "request_key": "s"})
    assert answer.status_code == 422
    assert Hold.objects.get().suspended_until is None


def test_nobody_touches_the_hold_of_another(reader: Client, book: Item) -> None:
    other = cast.patron("南 次郎", "みなみ じろう", "20004334")
    theirs = circulation.place_hold(
        patron=other, want=circulation.Want((book.record,)), pickup=kita(), by=at_desk(), at=AT
    )
    answer = reader.post(f"/my/holds/{theirs.pk}/cancellation", {"request_key": "c"})
    assert answer.status_code == 422
    theirs.refresh_from_db()
    assert theirs.closed_at is None
    assert "2番目" in place(reader, book).content.decode()


def test_what_lies_ready_says_until_when(reader: Client, book: Item) -> None:
    place(reader, book, pickup="CHUO")
    circulation.check_in(item=book, by=at_desk(), at=AT)
    page = reader.get("/my/holds").content.decode()
    assert "受け取れます" in page and "5月28日" in page
    for said in ("なぜ、こうなっているか", "先に申し込んだ方からです", "あなたの番でした", "開館日7日です"):
        assert said in page
    front = reader.get("/my/").content.decode()
    assert "1件、取り置いています。" in front and "<li>『こころ』" in front and "受け取れます" in front


def test_my_page_lists_what_is_waited_for_and_leads_to_it(reader: Client, book: Item) -> None:
    place(reader, book)
    front = reader.get("/my/").content.decode()
    assert f"/my/holds#hold-{Hold.objects.get().pk}" in front
    assert "待っています" in front and "受け取る館：北図書館" in front and "取り置いています" not in front


def test_without_holds_the_page_says_how_to_get_one(reader: Client) -> None:
    assert "予約している本はありません" in reader.get("/my/holds").content.decode()


def test_a_book_that_is_not_lent_has_no_button(client: Client, book: Item) -> None:
    Item.objects.update(reference_only=True)
    assert "get__hold" not in client.get(f"/titles/{book.record_id}").content.decode()


def test_a_reader_may_not_have_more_than_the_rules_give(reader: Client, book: Item) -> None:
    assert Patron.objects.count() == 2
    assert place(reader, book, pickup="NOWHERE").status_code == 422
    assert reader.post("/my/holds", {"record": "999999", "pickup": "KITA"}).status_code == 404


def test_each_due_date_says_why(reader: Client, book: Item) -> None:
    other = item("30000025")
    circulation.check_out(item=other, patron=Patron.objects.get(name="水野 花子"), by=at_desk(), at=AT)
    page = reader.get("/my/").content.decode()
    assert "なぜこの日か" in page and "規則「基本」で、14日です。" in page


def test_a_hold_stands_among_my_records_in_words(reader: Client, book: Item) -> None:
    place(reader, book)
    page = reader.get("/my/records").content.decode()
    assert "予約を受けました" in page and "そのほかの記録" not in page


def test_who_asks_for_a_closed_site_reads_at_once_where_the_book_is_collected_instead(
    reader: Client, book: Item
) -> None:
    days = {"first_on": AT.date(), "last_on": AT.date() + timedelta(days=1)}
    circulation.close_site(facility=kita(), **days, substitute=cast.chuo(), by=at_desk(), at=AT)
    said = "休館のため、受取場所が中央図書館に変わりました。"
    assert said in place(reader, book).content.decode()
    hold = Hold.objects.open().get()
    moved = reader.post(f"/my/holds/{hold.pk}/pickup", {"pickup": "KITA", "request_key": "k2"}, follow=True)
    assert said in moved.content.decode()
    assert said not in reader.get("/my/holds").content.decode()
