"""What the cases of circulation say that readers are told leaves the house, unless it was put right before."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from fumikura.circulation.events import MESSAGES
from fumikura.circulation.models import Loan
from fumikura.circulation.services import (
    check_in,
    check_out,
    claim_returned,
    declare_lost,
    place_hold,
    undo_check_in,
)
from fumikura.circulation.services.holds import Want
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.notices import services
from fumikura.notices.composing import FACTS
from fumikura.notices.models import Notice
from fumikura.notices.reactions import KIND_OF, PRINTED, tell
from fumikura.notices.rules import KINDS, ways_of
from fumikura.notices.rules import chosen_with as chosen
from fumikura.notices.words import LANGUAGES, TEXTS
from fumikura.patrons.models import Block, Card, Patron
from fumikura.patrons.services import block, unblock
from tests.cast import AT, SYSTEM, hanako, taro
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
UNTIL = AT.date() + timedelta(days=9)


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


def told(hours: int = 3) -> dict[str, str]:
    """Subject → text of what leaves after so many hours."""
    mail.outbox.clear()
    tell(list(Entry.objects.order_by("pk")))
    services.send_waiting(at=AT + hours * HOUR)
    return {str(message.subject): str(message.body) for message in mail.outbox}


def pause(reader: Patron, reason: str, *, ends_on: date | None = UNTIL) -> Block:
    return block(patron=reader, reason=reason, ends_on=ends_on, by=SYSTEM, at=AT)


def lent(book: Item, reader: Patron) -> Loan:
    return check_out(item=book, patron=reader, by=at_desk(), at=AT)


def back(book: Item) -> None:
    check_in(item=book, by=at_desk(), at=AT + HOUR)


def back_again(loan: Loan, reader: Patron) -> None:
    """The desk takes the return back."""
    undo_check_in(
        loan=loan, patron=reader, due_on=loan.due_on, renewals=loan.renewals, by=at_desk(), at=AT + 2 * HOUR
    )  # fmt: skip


def test_every_word_that_circulation_tells_readers_has_a_kind_of_notice_or_is_printed() -> None:
    assert {*KIND_OF, *PRINTED} == MESSAGES
    for kind in KIND_OF.values():
        assert kind in FACTS
        assert chosen(kind) in KINDS
        assert all((kind, language) in TEXTS for language in LANGUAGES)
        assert all((f"telephone-{kind}", one) in TEXTS for one in LANGUAGES if "telephone" in ways_of(kind))


def test_a_pause_in_lending_is_told_with_its_last_day_and_what_may_still_be_done(reader: Patron) -> None:
    pause(reader, "loans-paused")
    said = told()["貸出のお休みのお知らせ"]
    assert f"お休み：{UNTIL.month}月{UNTIL.day}日" in said
    assert "予約すること" in said


def test_a_pause_in_holds_is_told_and_one_without_an_end_names_no_day(reader: Patron) -> None:
    pause(reader, "holds-paused", ends_on=None)
    said = told()["予約のお休みのお知らせ"]
    assert "いまある予約はそのままです" in said
    assert "お休み：" not in said


def test_a_pause_that_is_lifted_before_the_message_leaves_is_told_to_nobody(reader: Patron) -> None:
    unblock(block=pause(reader, "loans-paused"), by=SYSTEM, at=AT)
    assert told() == {}


def test_that_a_pause_is_lifted_is_not_told_as_a_pause(reader: Patron) -> None:
    paused = pause(reader, "loans-paused")
    assert len(told()) == 1
    unblock(block=paused, by=SYSTEM, at=AT + 4 * HOUR)
    assert told(5) == {}


def test_a_pause_for_another_reason_is_between_the_reader_and_the_desk(reader: Patron) -> None:
    pause(reader, "address-unknown")
    assert told() == {}


def test_who_does_not_want_to_hear_of_pauses_hears_of_none(reader: Patron) -> None:
    no = {"with_titles": True, "titles_on_screens": False}
    services.choose(patron=reader, kind="loans-paused", by_ways=[], **no, by=SYSTEM, at=AT)
    pause(reader, "loans-paused")
    pause(reader, "holds-paused")
    assert told() == {}


def test_a_replacement_is_asked_for_with_the_title_and_without_a_word_about_money(book: Item, reader: Patron) -> None:
    declare_lost(loan=lent(book, reader), by=at_desk(), at=AT)
    said = told()["なくされた本の代わりのお願い（1点）"]
    assert "こころ" in said
    assert "円" not in said
    assert "お金" not in said


def test_what_was_lost_and_is_back_before_the_message_leaves_is_not_asked_for(book: Item, reader: Patron) -> None:
    declare_lost(loan=lent(book, reader), by=at_desk(), at=AT)
    back(book)
    said = told()
    assert list(said) == ["なくされた本が戻りました"]
    assert "こころ" not in "".join(said.values())


def test_a_second_lost_book_of_the_day_is_asked_for_too(book: Item, reader: Patron) -> None:
    declare_lost(loan=lent(book, reader), by=at_desk(), at=AT)
    assert len(told()) == 1
    declare_lost(loan=lent(copy(title("草枕"), "30000025"), reader), by=at_desk(), at=AT + 4 * HOUR)
    assert "草枕" in told(5)["なくされた本の代わりのお願い（2点）"]


def test_a_claim_that_is_settled_is_told_without_the_title_of_what_was_returned(book: Item, reader: Patron) -> None:
    claim_returned(loan=lent(book, reader), by=at_desk(), at=AT)
    back(book)
    said = told()
    assert list(said) == ["お申し出の本が見つかりました"]
    assert "こころ" not in "".join(said.values())


def test_a_claim_that_was_settled_by_mistake_is_told_to_nobody(book: Item, reader: Patron) -> None:
    loan = lent(book, reader)
    claim_returned(loan=loan, by=at_desk(), at=AT)
    back(book)
    back_again(loan, reader)
    assert told() == {}


def test_what_came_back_by_mistake_is_asked_for_as_before(book: Item, reader: Patron) -> None:
    loan = lent(book, reader)
    declare_lost(loan=loan, by=at_desk(), at=AT)
    tell(list(Entry.objects.all()))
    back(book)
    back_again(loan, reader)
    assert list(told()) == ["なくされた本の代わりのお願い（1点）"]


def test_the_notice_of_a_claim_keeps_nothing_that_leads_to_the_book(book: Item, reader: Patron) -> None:
    claim_returned(loan=lent(book, reader), by=at_desk(), at=AT)
    back(book)
    told()
    [notice] = Notice.objects.values()
    assert notice["kind"] == "claim-resolved"
    assert str(book.barcode) not in str(notice)


def test_who_comes_for_a_hold_with_a_card_that_has_ended_is_told_what_to_bring(book: Item, reader: Patron) -> None:
    lent(book, taro())
    place_hold(patron=reader, want=Want((book.record,)), pickup=book.home, by=SYSTEM, at=AT)
    Card.objects.filter(patron=reader).update(expires_on=AT.date() - timedelta(days=1))
    back(book)
    [said] = told().values()
    assert "利用カードの期限" in said
    assert "住所のわかるもの" in said
