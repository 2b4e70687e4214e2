"""What went wrong with a hold and was put right before the message left is not told; what is still so, is."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from fumikura.circulation.models import Hold, Loan
from fumikura.circulation.services import (
    cancel_hold,
    check_in,
    check_out,
    declare_lost,
    expire_holds,
    mark_missing,
    place_hold,
    undo_cancel_hold,
)
from fumikura.circulation.services.holds import Want
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.notices import services
from fumikura.notices.models import Notice
from fumikura.notices.reactions import tell
from fumikura.patrons.models import Patron
from fumikura.stocktake.models import WithdrawalProposal
from fumikura.stocktake.services import approve_withdrawal, propose_withdrawal, undo_withdrawal
from tests.cast import AT, SYSTEM, hanako, kita, patron, taro
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EVERYTHING = frozenset({"last-copy-with-holds", "withdrawal-own-proposal"})


@pytest.fixture(autouse=True)
def rules(settings: Any) -> None:
    house_rules()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.NOTICES_FROM, settings.NOTICES_UNTIL = 0, 24


@pytest.fixture
def book() -> Item:
    return copy(title("こころ"))


@pytest.fixture
def reader() -> Patron:
    return hanako(email="hanako@example.jp")


def wait_for(book: Item, reader: Patron) -> Hold:
    return place_hold(patron=reader, want=Want((book.record,)), pickup=book.home, by=SYSTEM, at=AT)


def told(hours: int = 1) -> list[str]:
    """The subjects of what leaves after so many hours."""
    mail.outbox.clear()
    tell(list(Entry.objects.order_by("pk")))
    services.send_waiting(at=AT + hours * HOUR)
    return [message.subject for message in mail.outbox]


def lent(book: Item) -> Loan:
    return check_out(item=book, patron=taro(), by=at_desk(), at=AT)


def leave_the_stock(book: Item) -> WithdrawalProposal:
    [proposal] = propose_withdrawal(items=[book], reason="worn", way_out="none", by=at_desk(), at=AT)
    words = {"overriding": EVERYTHING, "why": "other", "words": "水ぬれ"}
    approve_withdrawal(proposal=proposal, **words, by=at_desk(), at=AT)
    return proposal


SORRY = ["予約についてのお知らせ"]


def test_a_hold_that_was_not_ready_by_the_day_its_reader_named_is_told_when_it_ends(book: Item, reader: Patron) -> None:
    lent(book)
    wish = Want((book.record,))
    place_hold(patron=reader, want=wish, pickup=book.home, needed_by=AT.date(), by=SYSTEM, at=AT)
    expire_holds(by=SYSTEM, at=AT + 24 * HOUR)
    assert told(25) == SORRY
    assert "ご希望の日までに" in mail.outbox[0].body


def test_any_of_two_titles_is_promised_anew_when_the_other_one_can_be_had_after_all(book: Item, reader: Patron) -> None:
    other = copy(title("草枕", "クサマクラ"), "30000099")
    loan = check_out(item=other, patron=taro(), by=at_desk(), at=AT)
    want = Want((book.record, other.record), kind=Hold.Kind.ANY_OF)
    place_hold(patron=reader, want=want, pickup=kita(), by=SYSTEM, at=AT)
    mark_missing(item=book, by=at_desk(), at=AT)
    check_in(item=loan.item, by=at_desk(), at=AT + HOUR)
    assert told(2) == []


def test_a_withdrawal_that_stands_is_told(book: Item, reader: Patron) -> None:
    wait_for(book, reader)
    leave_the_stock(book)
    assert told() == SORRY


def test_a_withdrawal_that_was_taken_back_is_told_to_nobody_and_the_copy_serves_who_waits(
    book: Item, reader: Patron
) -> None:
    hold = wait_for(book, reader)
    undo_withdrawal(proposal=leave_the_stock(book), by=at_desk(), at=AT)
    assert told() == []
    assert hold.titles.get().allotments.filter(ended_at=None).exists()


def test_withdrawn_again_after_the_message_was_dropped_it_is_told_on_the_same_day(book: Item, reader: Patron) -> None:
    wait_for(book, reader)
    undo_withdrawal(proposal=leave_the_stock(book), by=at_desk(), at=AT)
    assert told() == []
    leave_the_stock(book)
    assert told(2) == SORRY


def test_a_lost_book_that_came_back_is_told_as_ready_and_not_as_lost(book: Item, reader: Patron) -> None:
    loan = lent(book)
    wait_for(book, reader)
    declare_lost(loan=loan, by=at_desk(), at=AT)
    check_in(item=book, by=at_desk(), at=AT)
    assert told() == ["予約の本を用意しました（1点）"]


def test_a_copy_that_was_missing_and_is_found_breaks_no_promise(book: Item, reader: Patron) -> None:
    wait_for(book, reader)
    mark_missing(item=book, by=at_desk(), at=AT)
    check_in(item=book, by=at_desk(kita().code), at=AT)
    assert told() == []


def test_a_hold_that_the_library_cancelled_by_mistake_waits_again_and_nobody_is_told(
    book: Item, reader: Patron
) -> None:
    lent(book)
    hold = wait_for(book, reader)
    cancel_hold(hold=hold, why="no-copy", by=at_desk(), at=AT)
    undo_cancel_hold(hold=hold, patron=reader, by=at_desk(), at=AT)
    assert told() == []


def test_of_two_things_that_went_wrong_the_one_that_still_is_so_is_told(book: Item, reader: Patron) -> None:
    other = copy(title("草枕", "クサマクラ"), "30000099")
    for one in (book, other):
        wait_for(one, reader)
    undo_withdrawal(proposal=leave_the_stock(book), by=at_desk(), at=AT)
    leave_the_stock(other)
    assert told() == SORRY


def test_what_one_reader_is_spared_another_is_told(book: Item, reader: Patron) -> None:
    other = patron("北川 次郎", "きたがわ じろう", "20000044", email="jiro@example.jp")
    sanshiro = copy(title("三四郎", "サンシロウ"), "30000088")
    wait_for(book, reader), wait_for(sanshiro, other)
    undo_withdrawal(proposal=leave_the_stock(book), by=at_desk(), at=AT)
    leave_the_stock(sanshiro)
    assert told() == SORRY
    assert Notice.objects.get(state="sent").patron == other
