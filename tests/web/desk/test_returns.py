"""Returning at the counter, undoing, renewing: no card is needed, and what was cut can be put back by this counter only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan, Transit
from fumikura.circulation.services import check_out
from fumikura.holdings.models import Item
from fumikura.journal.models import Answer, Entry
from tests import cast
from tests.circulation.cast import at_desk
from tests.web.desk.conftest import RIGHTS, Counter, enter
from tests.web.desk.test_lending import pass_time

pytestmark = pytest.mark.django_db


def lend(item, patron, facility="CHUO"):
    at = timezone.now() - timedelta(days=2)
    return check_out(item=item, patron=patron, by=cast.acting("circulation.check-out", facility=facility), at=at)


@pytest.fixture
def returns(counter) -> Counter:
    counter.mode = "take-back"
    return counter


def test_a_book_of_this_site_goes_to_its_shelf(returns, shelf, hanako):
    lend(shelf["kokoro"], hanako)
    page = returns.scan("31002745")
    assert returns.said(page) == "shelve" and "棚へ" in page and "水野" not in page
    assert not Loan.objects.open().exists()


def test_a_book_of_another_site_is_sent_there(returns, shelf, hanako):
    lend(shelf["kita"], hanako)
    page = returns.scan("31000937")
    assert returns.said(page) == "send" and "回送 → 北図書館" in page
    assert Transit.objects.open().get().destination.code == "KITA"


def test_where_a_book_must_go_back_to_is_named_and_not_by_its_code(returns, shelf, hanako):
    lend(shelf["kokoro"], hanako)
    Item.objects.filter(pk=shelf["kokoro"].pk).update(return_to=shelf["kita"].home)
    page = returns.scan("31002745")
    assert "北図書館へお持ちいただくよう" in page and "KITA" not in page.partition("<main")[2]


def test_a_card_scanned_as_a_book_says_so_and_opens_nothing(returns, hanako):
    page = returns.scan("20004318")
    assert returns.said(page) == "card-for-item"
    assert "これは利用カードです" in page and "水野" not in page


def test_a_book_that_was_not_on_loan_still_gets_its_next_stop(returns):
    page = returns.scan("31002745")
    assert returns.said(page) == "shelve"


def test_after_a_return_the_database_no_longer_knows_who_it_was_but_undo_still_works(returns, shelf, hanako):
    loan = lend(shelf["kokoro"], hanako)
    due_on = loan.due_on
    returns.scan("31002745")
    loan.refresh_from_db()
    assert loan.patron is None
    assert not Entry.objects.filter(event="circulation.loan-returned").exclude(patron_key="").exists()
    page = returns.post("undos")
    assert returns.said(page) == "undone-returned"
    loan.refresh_from_db()
    assert (loan.patron, loan.due_on, loan.returned_at) == (hanako, due_on, None)


def test_neither_session_nor_answer_keeps_the_pair_of_patron_and_book(returns, shelf, hanako):
    lend(shelf["kokoro"], hanako)
    returns.scan("31002745")
    kept = f"{dict(returns.client.session)} {list(Answer.objects.values())}"
    assert hanako.key not in kept


def test_undoing_a_return_to_another_site_ends_the_journey(returns, shelf, hanako):
    lend(shelf["kita"], hanako)
    returns.scan("31000937")
    returns.post("undos")
    assert not Transit.objects.open().exists()
    assert Loan.objects.open().get().patron == hanako


def test_another_counter_cannot_undo_it(returns, shelf, hanako):
    lend(shelf["kokoro"], hanako)
    returns.scan("31002745")
    other = Counter(enter(Client(), returns.user), returns.user, "take-back")
    assert other.said(other.post("undos")) == "nothing-to-undo"


def test_undo_of_a_loan_then_of_the_one_before(counter, hanako):
    counter.scan("20004318")
    counter.scan("31002745")
    counter.scan("31001182")
    assert "草枕" in counter.post("undos")
    assert [loan.item.barcode for loan in Loan.objects.open()] == ["31002745"]
    assert counter.said(counter.post("undos")) == "undone-lent"
    assert counter.said(counter.post("undos")) == "nothing-to-undo"
    assert not Loan.objects.exists()


def test_an_undo_that_came_too_late_is_refused_and_changes_nothing(returns, shelf, hanako):
    lend(shelf["kokoro"], hanako)
    returns.scan("31002745")
    lend(shelf["kokoro"], cast.taro())
    page = returns.post("undos")
    assert returns.said(page) == "refused"
    assert Loan.objects.open().get().patron.name == "北川 太郎"


def test_the_ticked_loans_are_renewed(counter, shelf, hanako):
    loan = lend(shelf["kokoro"], hanako)
    lend(shelf["kusamakura"], hanako)
    counter.scan("20004318")
    page = counter.post("renewals", loan=[loan.pk])
    assert counter.said(page) == "renewed" and "『こころ』" in page
    assert [row.renewals for row in Loan.objects.order_by("pk")] == [1, 0]
    assert counter.said(counter.post("undos")) == "undone-renewed"
    assert [row.renewals for row in Loan.objects.order_by("pk")] == [0, 0]


def test_without_a_tick_nothing_is_renewed(counter, shelf, hanako):
    lend(shelf["kokoro"], hanako)
    counter.scan("20004318")
    assert counter.said(counter.post("renewals")) == "nothing-chosen"


def test_nobody_elses_loan_is_renewed(counter, shelf, hanako):
    loan = lend(shelf["kokoro"], cast.taro())
    counter.scan("20004318")
    counter.post("renewals", loan=[loan.pk])
    assert Loan.objects.get().renewals == 0


def test_one_of_two_that_cannot_be_renewed_says_why(counter, shelf, hanako):
    one, two = lend(shelf["kokoro"], hanako), lend(shelf["kusamakura"], hanako)
    Loan.objects.filter(pk=two.pk).update(renewals=9)
    counter.scan("20004318")
    page = counter.post("renewals", loan=[one.pk, two.pk])
    assert counter.said(page) == "renewed" and 'class="reasons"' in page
    assert sorted(Loan.objects.values_list("renewals", flat=True)) == [1, 9]


def test_the_patron_stays_when_changing_from_lending_to_returning(counter, shelf, hanako):
    lend(shelf["kokoro"], hanako)
    counter.scan("20004318")
    counter.mode = "take-back"
    page = counter.scan("31002745")
    assert counter.said(page) == "shelve" and "水野" in page


def test_the_same_return_sent_twice_is_answered_not_repeated(returns, shelf, hanako):
    lend(shelf["kita"], hanako)
    fields = {"scanned": "31000937", "mode": "take-back", "visit": returns.hidden("visit"), "request_key": "k" * 32}
    before = returns.client.cookies["fumikura_desk"].value
    first = returns.client.post("/desk/scans", fields, follow=True).content.decode()
    returns.client.cookies["fumikura_desk"] = before
    second = returns.client.post("/desk/scans", fields, follow=True).content.decode()
    assert returns.said(first) == returns.said(second) == "send"
    assert Entry.objects.filter(event="circulation.loan-returned").count() == 1


def test_a_return_is_heard_again_after_three_seconds(returns, shelf, monkeypatch):
    returns.scan("31002745")
    seen = Entry.objects.count()
    returns.scan("31002745")
    assert Entry.objects.count() == seen
    pass_time(monkeypatch, seconds=4)
    returns.scan("31002745")
    assert Entry.objects.count() > seen


def test_a_second_window_goes_on_taking_books_back_while_the_first_lends(returns, shelf, hanako):
    old = returns.hidden("visit")
    returns.mode = "lend"
    returns.scan("20004318")
    returns.mode = "take-back"
    assert returns.said(returns.scan("31002745", visit=old)) == "shelve"


def test_each_finished_book_is_told_where_it_goes_and_a_damaged_one_is_set_aside(client, shelf, hanako) -> None:
    user = cast.staff("sano", *RIGHTS, "circulation.place-hold", "circulation.write-note")
    enter(client, user)
    now, desk = timezone.now(), at_desk()
    for book in (shelf["kokoro"], shelf["kusamakura"]):
        circulation.check_out(item=book, patron=hanako, by=desk, at=now)
        circulation.check_in(item=book, by=replace(desk, via="return-machine"), at=now, mode="provisional")
    waiting = circulation.place_hold(
        patron=cast.taro(), want=circulation.Want((shelf["kokoro"].record,)), pickup=cast.chuo(), by=desk, at=now
    )
    rows = list(Loan.objects.open().values_list("pk", flat=True))
    page = client.post("/desk/late-returns", {"all": "yes", "loan": rows, "request_key": "f"}, follow=True)
    said = page.content.decode()
    assert "2点の返却を仕上げました" in said
    assert "『こころ』 取置の棚へ" in said and "『草枕』 この館の棚へ" in said
    torn = f"/desk/copies/{shelf['kokoro'].pk}"
    page = client.post(torn, {"aside": "yes", "words": "12ページが破れています", "request_key": "a"}, follow=True)
    assert "別に置きました" in page.content.decode() and "12ページが破れています" in page.content.decode()
    assert circulation.standing_of_hold(waiting, now).state == "waiting"
    again = client.post(torn, {"aside": "yes", "request_key": "b"})
    assert again.status_code == 422 and "もう別に置いてあります" in again.content.decode()
    assert "こころ" in client.get("/desk/late-returns").content.decode()
    circulation.check_in(item=shelf["kokoro"], by=desk, at=now)
    assert circulation.standing_of_hold(waiting, now).state == "ready"


def test_what_was_read_in_the_house_and_never_ended_is_on_the_list_until_it_is_scanned(client, shelf, hanako) -> None:
    now = timezone.now()
    desk, book = at_desk(), shelf["kokoro"]
    enter(client, cast.staff("sano", *RIGHTS))
    yesterday = now - timedelta(days=1)
    circulation.check_out(item=book, patron=hanako, kind="in-house", by=desk, at=yesterday)
    assert "館内利用のまま、終わっていない本" in client.get("/desk/late-returns").content.decode()
    circulation.check_in(item=book, by=desk, at=now)
    assert "館内利用のまま" not in client.get("/desk/late-returns").content.decode()


def test_the_page_of_a_copy_says_where_it_is_to_belong(client, shelf) -> None:
    enter(client, cast.staff("sano", *RIGHTS))
    book = shelf["kokoro"]
    circulation.send(item=book, to=cast.kita(), purpose="relocate", by=at_desk(), at=timezone.now())
    assert "へ移管します" in client.get(f"/desk/copies/{book.pk}").content.decode()
