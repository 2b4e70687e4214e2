"""団体貸出: sets booked for a term, sets on deposit at another place, and what a group lends on to its own people."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan, OnwardCount, OnwardLoan, SetBooking, Transit
from fumikura.circulation.queries import overridden
from fumikura.circulation.services.set_terms import away_until
from fumikura.holdings.models import Deposit, Item, ItemSet
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from tests.cast import AT, TODAY, chuo, hanako, kita
from tests.circulation.cast import at_desk, item
from tests.circulation.test_counter_verbs import a_class, a_set, codes

pytestmark = pytest.mark.django_db

DESK, NORTH = at_desk(), at_desk("KITA")
LATER = AT + timedelta(days=3)
JUNE, JULY = (date(2026, 6, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 7, 18))


def book(box: ItemSet, term: tuple[date, date], **whom: object) -> SetBooking:
    return circulation.book_set(set=box, first_on=term[0], last_on=term[1], by=DESK, at=AT, **whom)


def test_a_set_is_promised_once_for_each_day() -> None:
    box, pupils = a_set(), a_class()
    book(box, JUNE, patron=pupils, note="環境の単元")
    with pytest.raises(Refused) as refused:
        book(box, (date(2026, 6, 30), date(2026, 7, 3)), facility=kita())
    assert codes(refused) == ["set-booked"]
    assert dict(refused.value.reasons[0].values)["last"] == "2026-06-30"
    book(box, JULY, facility=kita())
    for term, code in ((JUNE[::-1], "set-term-past"), ((TODAY, TODAY + timedelta(days=500)), "set-term-long")):
        with pytest.raises(Refused) as refused:
            book(box, term, patron=pupils)
        assert code in codes(refused)
    with pytest.raises(Refused) as refused:
        book(box, JULY)
    assert "set-for-whom" in codes(refused)


def test_a_promised_set_is_not_lent_into_the_term_of_others_unless_somebody_answers_for_it() -> None:
    box, pupils = a_set(), a_class()
    book(box, JUNE, facility=kita())
    wish = {"set": box, "patron": pupils, "until": date(2026, 6, 5), "at": AT}
    with pytest.raises(Refused) as refused:
        circulation.lend_set(by=DESK, **wish)
    assert codes(refused) == ["set-booked"]
    circulation.lend_set(by=DESK, overriding=frozenset({"set-booked"}), why="other", words="展示が延びた", **wish)
    assert away_until(box) == date(2026, 6, 5)
    (past,) = overridden(set=box.pk)
    assert (past.code, past.why, past.words) == ("set-booked", "other", "展示が延びた")
    with pytest.raises(Refused) as refused:
        book(box, (date(2026, 5, 30), date(2026, 5, 31)), facility=kita())
    assert codes(refused) == ["set-away"]


def test_a_card_that_is_no_groups_is_asked_about_before_it_gets_a_set() -> None:
    wish = {"set": a_set(), "patron": hanako(), "until": JUNE[1], "by": DESK, "at": AT}
    with pytest.raises(Refused) as refused:
        circulation.lend_set(**wish)
    assert codes(refused) == ["set-for-one-person"]
    circulation.lend_set(overriding=frozenset({"set-for-one-person"}), why="other", words="担任の先生の分", **wish)
    (past,) = overridden(set=wish["set"].pk)
    assert (past.code, past.words) == ("set-for-one-person", "担任の先生の分")


def test_lending_the_set_keeps_the_promise_and_forgets_for_whom_it_was() -> None:
    box, pupils = a_set(), a_class()
    booking = book(box, (TODAY, JULY[1]), patron=pupils)
    circulation.lend_set(set=box, patron=pupils, until=JULY[1], by=DESK, at=AT)
    booking.refresh_from_db()
    assert (booking.ended_as, booking.patron) == ("lent", None)


def test_a_cancelled_booking_stands_again_while_the_term_is_free() -> None:
    box, pupils = a_set(), a_class()
    booking = book(box, JUNE, patron=pupils)
    circulation.cancel_set_booking(booking=booking, by=DESK, at=AT)
    with pytest.raises(Refused) as refused:
        circulation.cancel_set_booking(booking=booking, by=DESK, at=AT)
    assert codes(refused) == ["booking-over"]
    again = circulation.restore_set_booking(booking=booking, patron=pupils, by=DESK, at=AT)
    assert circulation.open_bookings(box) == [again]


def test_a_deposit_goes_out_stays_for_its_term_and_comes_home_in_one_scan() -> None:
    box, home, north = a_set(), chuo(), kita()
    away = Item.objects.get(barcode="31000002")
    circulation.check_out(item=away, patron=hanako(), by=DESK, at=AT)
    placed = circulation.place_set(set=box, facility=north, until=JULY[1], by=DESK, at=AT)
    assert (placed.sent, placed.later) == (("31000000", "31000001"), ("31000002",))
    assert set(Transit.objects.open().values_list("destination", flat=True)) == {north.pk}
    back, left = circulation.return_set(set=box, by=NORTH, at=LATER)
    assert ([one.stop.kind for one in back], left) == (["shelve"] * 2, ["31000002"])
    assert Deposit.objects.filter(ended_at=None).count() == 3
    with pytest.raises(Refused) as refused:
        circulation.return_set(set=box, by=NORTH, at=LATER)
    assert codes(refused) == ["set-at-its-place"]
    assert circulation.check_in(item=away, by=DESK, at=LATER).stop.to == "KITA"
    assert circulation.sets_to_send_home(north) == []
    assert circulation.recall_set(set=box, by=DESK, at=LATER) == 3
    assert [book.barcode for book in circulation.sets_to_send_home(north)] == ["31000000", "31000001"]
    with pytest.raises(Refused) as refused:
        circulation.recall_set(set=box, by=DESK, at=LATER)
    assert codes(refused) == ["set-not-placed"]
    sent, _left = circulation.return_set(set=box, by=NORTH, at=LATER)
    assert {one.stop.to for one in sent} == {"CHUO"}
    home_again, _left = circulation.return_set(set=box, by=DESK, at=LATER)
    assert {one.stop.kind for one in home_again} == {"shelve"}
    assert not Transit.objects.open().exists()
    assert set(Item.objects.values_list("stands_at", flat=True)) == {None}
    assert home == box.home


def test_the_place_of_a_term_sends_the_set_home_before_its_end() -> None:
    box, north = a_set(), kita()
    circulation.place_set(set=box, facility=north, until=JULY[1], by=DESK, at=AT)
    circulation.return_set(set=box, by=NORTH, at=LATER)
    assert {one.stop.to for one in circulation.send_set_home(set=box, by=NORTH, at=LATER)} == {"CHUO"}
    assert not Deposit.objects.filter(ended_at=None).exists()


def test_the_place_of_a_set_cannot_be_its_home() -> None:
    box = a_set()
    for facility, until, code in ((chuo(), JULY[1], "set-at-home"), (kita(), date(2026, 5, 1), "set-term-past")):
        with pytest.raises(Refused) as refused:
            circulation.place_set(set=box, facility=facility, until=until, by=DESK, at=AT)
        assert codes(refused) == [code]
    assert not Deposit.objects.exists()


def test_a_set_taken_back_by_mistake_is_on_loan_again() -> None:
    box, pupils, north = a_set(), a_class(), kita()
    circulation.lend_set(set=box, patron=pupils, until=JULY[1], by=DESK, at=AT)
    assert north.takes_returns == "any"
    before = circulation.loans_before(box)
    circulation.return_set(set=box, by=NORTH, at=LATER)
    assert circulation.undo_return_set(before=before, by=NORTH, at=LATER) == 3
    assert set(Loan.objects.open().values_list("patron", "due_on")) == {(pupils.pk, JULY[1])}
    assert not Transit.objects.open().exists()
    circulation.return_set(set=box, by=DESK, at=LATER)
    circulation.check_out(item=Item.objects.get(barcode="31000001"), patron=hanako(), by=DESK, at=LATER)
    with pytest.raises(Refused) as refused:
        circulation.undo_return_set(before=before, by=DESK, at=LATER)
    assert codes(refused) == ["not-undoable"]
    assert Loan.objects.open().count() == 1


def test_a_group_lends_on_and_only_the_number_stays() -> None:
    box, pupils = a_set(), a_class()
    circulation.lend_set(set=box, patron=pupils, until=JULY[1], by=DESK, at=AT)
    first, second = Item.objects.order_by("barcode")[:2]
    circulation.lend_on(item=first, holder="12番", by=DESK, at=AT)
    circulation.lend_on(item=first, holder="7番", by=DESK, at=LATER)
    circulation.lend_on(item=second, holder="3番", by=DESK, at=LATER)
    assert sorted(row.holder for row in circulation.onward_of(pupils).values()) == ["3番", "7番"]
    circulation.take_back_onward(item=first, by=DESK, at=LATER)
    with pytest.raises(Refused) as refused:
        circulation.take_back_onward(item=first, by=DESK, at=LATER)
    assert codes(refused) == ["onward-not-lent"]
    circulation.tell_onward_count(patron=pupils, month=date(2026, 5, 15), told=41, by=DESK, at=LATER)
    circulation.tell_onward_count(patron=pupils, month=date(2026, 5, 15), told=42, by=DESK, at=LATER)
    count = OnwardCount.objects.get()
    assert (count.month, count.noted, count.told) == (date(2026, 5, 1), 3, 42)
    circulation.check_in(item=second, by=DESK, at=LATER)
    assert circulation.forget_onward(by=DESK, at=LATER) == 1
    assert not OnwardLoan.objects.exists()
    assert not Entry.objects.filter(event__startswith="circulation.onward", particulars__icontains="番").exists()


def test_only_groups_lend_on() -> None:
    box = a_set()
    book_of_hers = Item.objects.first()
    with pytest.raises(Refused) as refused:
        circulation.lend_on(item=book_of_hers, holder="弟", by=DESK, at=AT)
    assert codes(refused) == ["not-on-loan"]
    circulation.check_out(item=book_of_hers, patron=hanako(), by=DESK, at=AT)
    for holder, code in (("弟", "onward-not-group"), (" ", "onward-holder-missing")):
        with pytest.raises(Refused) as refused:
            circulation.lend_on(item=book_of_hers, holder=holder, by=DESK, at=AT)
        assert codes(refused) == [code]
    with pytest.raises(Refused) as refused:
        circulation.tell_onward_count(patron=a_class(), month=date(2026, 7, 1), told=-1, by=DESK, at=AT)
    assert codes(refused) == ["onward-count-unlikely"]
    assert box.members.count() == 3


def test_what_is_lent_at_a_desk_with_days_of_its_own_is_due_on_one_of_them() -> None:
    book_of_hers, site = item(), chuo()
    Facility.objects.filter(pk=site.pk).update(
        openings=[{"opens": "10:00", "closes": "16:00", "desk": "CHUO-2", "weekdays": ["saturday"]}]
    )
    loan = circulation.check_out(item=book_of_hers, patron=hanako(), by=replace(DESK, desk="CHUO-2"), at=AT)
    assert loan.due_on == date(2026, 6, 6)
    circulation.undo_check_out(loan=loan, by=DESK, at=AT)
    circulation.check_in(item=book_of_hers, by=DESK, at=AT)
    usual = circulation.check_out(item=book_of_hers, patron=Patron.objects.get(), by=DESK, at=LATER)
    assert usual.due_on < date(2026, 6, 10)
