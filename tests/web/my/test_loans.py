"""My page: what is on loan, renewing one or all, and nothing about anybody else."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.journal.models import Entry
from fumikura.patrons.models import Card, Patron
from tests import cast
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako() -> Patron:
    someone = cast.hanako()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=1000))
    return someone


@pytest.fixture
def reader(client: Client, hanako: Patron) -> Client:
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def lend(patron: Patron, number: int = 1, *, days_ago: int = 5, title: str = "こころ") -> Loan:
    at = timezone.now() - timedelta(days=days_ago)
    record = BibliographicRecord.objects.create(
        source="test", number=f"r{number}", title=title, creator="夏目 漱石", marc=b"", created_at=at, changed_at=at
    )
    return circulation.check_out(item=item(f"3000{number:04}", record=record), patron=patron, by=at_desk(), at=at)


def renew(client: Client, *loans: int, key: str = "k1"):
    return client.post("/my/renewals", {"loan": [str(loan) for loan in loans], "request_key": key}, follow=True)


def test_what_is_on_loan_stands_with_its_day_and_the_page_of_the_book(reader: Client, hanako: Patron) -> None:
    loan = lend(hanako)
    page = reader.get("/my/").content.decode()
    assert "水野 花子さんのページ" in page and "こころ" in page and "中央図書館で借りました" in page
    assert f'href="/titles/{loan.item.record_id}"' in page


def test_without_loans_the_page_invites(reader: Client) -> None:
    assert "借りている本はありません" in reader.get("/my/").content.decode()


def test_late_and_soon_are_said_at_the_top(reader: Client, hanako: Patron) -> None:
    lend(hanako, 1, days_ago=40, title="坊っちゃん")
    page = reader.get("/my/").content.decode()
    assert "返す日をすぎた本が1点あります" in page and 'data-is="late"' in page
    soon = lend(hanako, 2)
    Loan.objects.filter(pk=soon.pk).update(due_on=timezone.localdate() + timedelta(days=2))
    page = reader.get("/my/").content.decode()
    assert "もうすぐ返す本が1点あります" in page and 'data-is="soon"' in page


def test_one_is_renewed_once_however_often_the_form_is_sent(reader: Client, hanako: Patron) -> None:
    loan = lend(hanako)
    before = loan.due_on
    page = renew(reader, loan.pk)
    assert "1点を延長しました" in page.content.decode()
    assert "1点を延長しました" in renew(reader, loan.pk).content.decode()
    loan.refresh_from_db()
    assert (loan.renewals, loan.due_on > before) == (1, True)
    entry = Entry.objects.get(event="circulation.loan-renewed")
    assert (entry.via, entry.actor) == ("opac", "patron")


def test_renewing_all_tells_every_reason_beside_the_book_and_its_way_out(reader: Client, hanako: Patron) -> None:
    good, spent = lend(hanako, 1), lend(hanako, 2, title="坊っちゃん")
    Loan.objects.filter(pk=spent.pk).update(renewals=1)
    page = renew(reader, good.pk, spent.pk).content.decode()
    assert "1点を延長しました" in page and "1点は延長できませんでした" in page
    assert "使い切っています" in page and "また借りられます" in page
    assert page.count("<form") == page.count("</form>")
    assert reader.get("/my/").content.decode().count("使い切っています") == 0


def test_nobody_renews_the_loan_of_somebody_else(reader: Client) -> None:
    loan = lend(cast.taro())
    page = renew(reader, loan.pk).content.decode()
    loan.refresh_from_db()
    assert loan.renewals == 0
    assert "こころ" not in page and "延長しました。" not in page


def test_the_answer_to_somebody_elses_request_tells_nothing(reader: Client, hanako: Patron, client: Client) -> None:
    taro = cast.taro()
    loan = lend(taro)
    other = Client()
    other.post("/sign-in", {"card": "20004326", "password": cast.PASSWORD})
    assert "1点を延長しました" in renew(other, loan.pk, key="taros").content.decode()
    page = reader.get("/my/?after=taros").content.decode()
    assert "延長しました" not in page and "こころ" not in page


def test_the_card_is_drawn_and_says_how_long_it_is_good(reader: Client) -> None:
    page = reader.get("/my/card").content.decode()
    assert "バーコード 2000 4318" in page and page.count("<svg") >= 2
    Card.objects.update(expires_on=date(2026, 1, 1))
    assert "カードの期限がすぎています" in reader.get("/my/").content.decode()
    Card.objects.update(stopped_at=timezone.now())
    assert "使えるカードがありません" in reader.get("/my/card").content.decode()


def test_ten_loans_take_as_many_queries_as_one(reader: Client, hanako: Patron) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert reader.get("/my/").status_code == 200
        return len(asked)

    lend(hanako, 1)
    one = queries()
    for number in range(2, 11):
        lend(hanako, number)
    assert queries() == one <= 9


def test_english_is_complete(reader: Client, hanako: Patron) -> None:
    import re

    lend(hanako, title="Kokoro")
    for path in ("/my/", "/my/card", "/my/password", "/my/records"):
        page = reader.get(path, headers={"Accept-Language": "en"}).content.decode()
        words = re.sub(r'<button name="language".*?</button>|<[^>]*>', " ", page, flags=re.S)
        for given in ("水野 花子", "みずの はなこ", "夏目 漱石", "中央図書館", "adult", "基本"):
            words = words.replace(given, "")
        assert re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]+", words) == []
