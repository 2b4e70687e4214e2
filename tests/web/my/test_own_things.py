"""What belongs to the reader alone: lists, the sealed shelf, the calendar address, family and helpers, own details."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.journal.models import Entry
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason
from fumikura.patrons.models import Application, CalendarFeed, Card, Category, Patron, Shelf
from fumikura.patrons.services.applications import find_application, grant_wish
from fumikura.statements.lines import line_of
from tests import cast
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db
PHRASE = "川べりの赤い傘"


@pytest.fixture
def hanako() -> Patron:
    someone = cast.hanako()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=1000))
    return someone


@pytest.fixture
def reader(client: Client, hanako: Patron) -> Client:
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def lend(patron: Patron, barcode: str = "30000001") -> Loan:
    copy = item(barcode)
    return circulation.check_out(item=copy, patron=patron, by=at_desk(), at=timezone.now() - timedelta(days=3))


def test_my_page_says_how_many_more(reader: Client, hanako: Patron) -> None:
    lend(hanako)
    page = reader.get("/my/").content.decode()
    assert "あと何点" in page and "meter__bar" in page


def test_a_list_is_kept_taken_along_and_brought_in_again(reader: Client, hanako: Patron) -> None:
    record = item("30000001").record
    page = reader.post("/my/wishes", {"record": record.pk, "request_key": "w1"}, follow=True).content.decode()
    assert "「読みたい本」に1点入れました。" in page and record.title in page
    number = hanako.wish_lists.get().pk
    taken = reader.get(f"/my/wishes/{number}.csv").content
    reader.post("/my/wishes", {"list": number, "drop": record.pk, "request_key": "w2"})
    assert not hanako.wish_lists.get().wished.exists()
    file = SimpleUploadedFile("list.csv", taken + "なにか知らない本\n".encode(), content_type="text/csv")
    form = {"name": "夏休み", "file": file, "request_key": "w3"}
    page = reader.post("/my/wishes", form, follow=True).content.decode()
    assert "「夏休み」に1点入れました。" in page and "なにか知らない本" in page
    entries = Entry.objects.filter(event="discovery.wishes-changed")
    assert record.title not in json.dumps(list(entries.values("particulars", "subject")), ensure_ascii=False)


def test_a_sealed_shelf_opens_with_its_phrase_and_with_nothing_else(reader: Client, hanako: Patron) -> None:
    assert "文字以上" in reader.post("/my/shelf", {"open": "1", "phrase": "短い"}).content.decode()
    reader.post("/my/shelf", {"open": "1", "phrase": PHRASE + PHRASE})
    loan = lend(Patron.objects.get(pk=hanako.pk))
    assert loan.snapshot["shelf"] is True
    circulation.check_in(item=loan.item, by=at_desk(), at=timezone.now())
    loan.refresh_from_db()
    assert loan.patron is None and "shelf" not in loan.snapshot
    shelf = Shelf.objects.get()
    title = loan.item.record.title
    kept = "".join([*shelf.sealed, shelf.locked_key, shelf.public_key])
    assert len(shelf.sealed) == 1 and title not in kept and PHRASE not in kept
    assert reader.post("/my/shelf", {"phrase": "ちがう合言葉です"}).status_code == 422
    passbook = reader.post("/my/shelf", {"phrase": PHRASE + PHRASE}).content.decode()
    assert title in passbook
    assert f"{timezone.localdate().year}年" in passbook, "paper is kept for years"
    assert title not in reader.get("/my/shelf").content.decode()
    reader.post("/my/shelf", {"erase": "1"})
    assert not Shelf.objects.exists() and not Patron.objects.get(pk=hanako.pk).keeps_shelf


def test_without_a_shelf_nothing_is_kept(hanako: Patron) -> None:
    loan = lend(hanako)
    circulation.check_in(item=loan.item, by=at_desk(), at=timezone.now())
    assert "shelf" not in loan.snapshot and not Shelf.objects.exists()


def test_a_calendar_reads_due_days_without_titles_until_it_is_revoked(reader: Client, hanako: Patron) -> None:
    loan = lend(hanako)
    page = reader.post("/my/calendar", {}).content.decode()
    address = page.split('feed-address">')[1].split("<")[0].removeprefix("http://testserver")
    told = Client().get(address).content.decode()
    assert f"{loan.due_on:%Y%m%d}" in told and loan.item.record.title not in told
    assert address.split("/")[-1][:10] not in CalendarFeed.objects.get().digest
    with_titles = reader.post("/my/calendar", {"titles": "yes"}).content.decode()
    assert Client().get(address).status_code == 404
    address = with_titles.split('feed-address">')[1].split("<")[0].removeprefix("http://testserver")
    assert loan.item.record.title in Client().get(address).content.decode()
    reader.post("/my/calendar", {"revoke": "1"})
    assert Client().get(address).status_code == 404


def test_a_guardian_sees_titles_of_the_small_and_only_days_of_the_grown(reader: Client, hanako: Patron) -> None:
    year = timezone.localdate().year
    small = cast.patron("水野 健太", "みずの けんた", "20004334", born_on=date(year - 8, 1, 1), guardian=hanako)
    grown = cast.patron("水野 葵", "みずの あおい", "20004342", born_on=date(year - 15, 1, 1), guardian=hanako)
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=1000))
    one = lend(small)
    page = reader.get("/my/family").content.decode()
    assert "水野 健太" in page and one.item.record.title in page and "2000 4334" in page
    circulation.check_in(item=one.item, by=at_desk(), at=timezone.now())
    lend(grown, "30000002")
    page = reader.get("/my/family").content.decode()
    assert "（題名は本人だけが見られます）" in page and one.item.record.title not in page


def test_a_helper_renews_until_either_ends_it(client: Client, hanako: Patron) -> None:
    taro = cast.taro()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=1000))
    loan = lend(hanako)
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    assert client.post("/my/family", {"card": "20004318"}).status_code == 422
    client.post("/my/family", {"card": "20004326"})
    helper = Client()
    helper.post("/sign-in", {"card": "20004326", "password": cast.PASSWORD})
    asked = {"renew": hanako.key, "request_key": "once"}
    page = helper.post("/my/family", asked, follow=True).content.decode()
    assert "1点を延長しました。" in page and loan.item.record.title in page
    helper.post("/my/family", asked)  # a page that is loaded again
    loan.refresh_from_db()
    assert loan.renewals == 1
    proxy = taro.helps.get()
    helper.post("/my/family", {"end": proxy.pk})
    assert loan.item.record.title not in helper.get("/my/family").content.decode()


def test_nobody_renews_for_a_stranger(reader: Client, hanako: Patron) -> None:
    taro = cast.taro()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=1000))
    loan = lend(taro)
    reader.post("/my/family", {"renew": taro.key})
    loan.refresh_from_db()
    assert loan.renewals == 0


def test_an_address_is_asked_for_and_granted_at_a_desk(reader: Client, hanako: Patron) -> None:
    reader.post("/my/details", {"email": "hana@example.jp", "phone": "0436-00-0000"})
    assert Patron.objects.get(pk=hanako.pk).email == "hana@example.jp"
    assert reader.post("/my/details", {"email": "これはちがう", "phone": ""}).status_code == 422
    reader.post("/my/details", {"postcode": "9990001", "address": "水瀬市本町1-2"})
    assert Patron.objects.get(pk=hanako.pk).address != "水瀬市本町1-2"
    made = Application.objects.get()
    found = find_application(made.code, on=timezone.localdate())
    grant_wish(application=found, by=at_desk(), at=timezone.now())
    assert Patron.objects.get(pk=hanako.pk).address == "水瀬市本町1-2"
    assert Application.objects.get().answers == {}


def test_the_worker_of_the_card_is_for_the_card_only(reader: Client) -> None:
    answer = reader.get("/my/card-worker.js")
    assert answer["Content-Type"].startswith("text/javascript") and answer["Service-Worker-Allowed"] == "/my/card"
    assert '"/my/card"' in answer.content.decode()


def test_my_page_asks_the_database_little(reader: Client, hanako: Patron) -> None:
    above = cast.category("person")
    Category.objects.filter(pk=hanako.category_id).update(parent=above)
    Patron.objects.update(email="hanako@example.jp")
    lend(hanako)
    reader.get("/my/")
    with CaptureQueriesContext(connection) as asked:
        reader.get("/my/")
    # Session, reader, whether mail comes back, loans, titles waited for, children, card, rules, requests, and whether the
    # library says the why of a due date in its own words.
    assert len(asked) <= 10


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no trips")
def test_my_page_goes_to_the_server_three_times(reader: Client, hanako: Patron) -> None:
    Patron.objects.update(email="hanako@example.jp")
    lend(hanako)
    reader.get("/my/")
    line = line_of(connection.connection)
    before = line.trips
    reader.get("/my/")
    assert line.trips - before == 3  # the session, its reader, and everything else at once


def test_a_guardian_reads_beside_each_book_of_a_child_why_it_could_not_be_renewed(
    reader: Client, hanako: Patron
) -> None:
    small = cast.patron(
        "水野 健太", "みずの けんた", "20004334", born_on=date(timezone.localdate().year - 8, 1, 1), guardian=hanako
    )
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=1000))
    loan = lend(small)
    reader.post("/my/family", {"renew": small.key, "request_key": "first"})
    page = reader.post("/my/family", {"renew": small.key, "request_key": "second"}, follow=True).content.decode()
    assert "1点は延長できませんでした。" in page
    beside = page[page.index(f"/titles/{loan.item.record_id}") :]
    assert words(Reason.of("renewal-limit-reached", "", limit=1), "ja")[0] in beside


def test_my_page_leads_to_each_child(reader: Client, hanako: Patron) -> None:
    cast.patron("水野 健太", "みずの けんた", "20004334", born_on=date(2018, 5, 20), guardian=hanako)
    page = reader.get("/my/").content.decode()
    assert "水野 健太 さん" in page and "/my/family#m1" in page
