"""What the play of any verbs in any order found: an item is in one place, and the journal tells what was taken back."""

import pytest

from fumikura.circulation.models import Hold, Transit
from fumikura.circulation.services import (
    Want,
    check_in,
    check_out,
    lose_on_the_way,
    mark_missing,
    place_hold,
    send,
    undo_check_out,
)
from fumikura.holdings.models import KeptAside, Missing, Relocation
from fumikura.holdings.services import change_item
from fumikura.journal.models import Entry
from tests.cast import AT, SYSTEM, chuo, facility, kita, patron
from tests.circulation.cast import at_desk, item, kokoro

pytestmark = pytest.mark.django_db


def test_what_is_sent_by_hand_is_missing_no_longer() -> None:
    book = item()
    mark_missing(item=book, by=at_desk(), at=AT)
    send(item=book, to=kita(), purpose="relocate", by=at_desk(), at=AT)
    assert not Missing.objects.filter(found_at=None).exists()
    assert Transit.objects.open().count() == 1


def test_what_is_missing_is_set_aside_no_longer() -> None:
    book = item(return_to=kita())
    check_in(item=book, by=at_desk(), at=AT)
    KeptAside.objects.create(item=book, facility=chuo(), why="return-place", since=AT)
    Transit.objects.all().delete()
    mark_missing(item=book, by=at_desk(), at=AT)
    assert not KeptAside.objects.filter(ended_at=None).exists()


def test_a_hold_that_a_loan_fulfilled_waits_again_and_the_journal_says_so() -> None:
    book, reader = item(), patron()
    hold = place_hold(patron=reader, want=Want((kokoro(),)), pickup=chuo(), by=SYSTEM, at=AT)
    check_in(item=book, by=at_desk(), at=AT)
    loan = check_out(item=book, patron=reader, by=at_desk(), at=AT)
    undo_check_out(loan=loan, by=at_desk(), at=AT)
    assert Hold.objects.open().get().pk == hold.pk
    told = Entry.objects.filter(subject=f"circulation.hold:{hold.pk}").order_by("pk").values_list("event", flat=True)
    assert list(told)[-3:] == ["circulation.hold-fulfilled", "circulation.hold-restored", "circulation.hold-allotted"]


def test_only_the_journey_that_the_loan_cut_short_goes_on_when_it_is_taken_back() -> None:
    book, reader = item(home=kita()), patron()
    check_in(item=book, by=at_desk(), at=AT)
    check_in(item=book, by=at_desk("KITA"), at=AT)
    check_in(item=book, by=at_desk(), at=AT)
    loan = check_out(item=book, patron=reader, by=at_desk(), at=AT)
    undo_check_out(loan=loan, by=at_desk(), at=AT)
    assert Transit.objects.open().count() == 1


def test_a_copy_on_its_way_to_a_new_home_that_serves_a_reader_elsewhere_goes_on_there_after_its_return() -> None:
    minami = facility("MINAMI", "南図書館")
    book, reader = item(), patron()
    send(item=book, to=kita(), purpose="relocate", by=at_desk(), at=AT)
    place_hold(patron=reader, want=Want((kokoro(),)), pickup=minami, by=at_desk(), at=AT)
    assert check_in(item=book, by=at_desk(), at=AT).stop.to == "MINAMI"
    check_in(item=book, by=at_desk("MINAMI"), at=AT)
    check_out(item=book, patron=reader, by=at_desk("MINAMI"), at=AT)
    assert check_in(item=book, by=at_desk("MINAMI"), at=AT).stop.to == "KITA"
    assert Transit.objects.open().get().purpose == "relocate"
    book.refresh_from_db()
    assert book.home == chuo(), "it has not come there yet"
    check_in(item=book, by=at_desk("KITA"), at=AT)
    book.refresh_from_db()
    assert book.home == kita()
    assert not Relocation.objects.filter(ended_at=None).exists()
    assert check_in(item=book, by=at_desk(), at=AT).stop.to == "KITA"


def test_sent_to_its_home_by_hand_a_copy_moves_house_no_more() -> None:
    book = item()
    send(item=book, to=kita(), purpose="relocate", by=at_desk(), at=AT)
    lose_on_the_way(item=book, by=at_desk(), at=AT)
    assert check_in(item=book, by=at_desk("KITA"), at=AT).stop.kind == "shelve", "found where it was to go"
    send(item=book, to=chuo(), purpose="relocate", by=at_desk("KITA"), at=AT)
    lose_on_the_way(item=book, by=at_desk(), at=AT)
    send(item=book, to=kita(), purpose="home", by=at_desk(), at=AT)
    assert check_in(item=book, by=at_desk("KITA"), at=AT).stop.kind == "shelve"
    book.refresh_from_db()
    assert book.home == kita()


def test_a_home_that_is_decided_otherwise_ends_the_move() -> None:
    book = item()
    send(item=book, to=kita(), purpose="relocate", by=at_desk(), at=AT)
    change_item(book, home=facility("MINAMI", "南図書館"), by=at_desk(), at=AT)
    assert check_in(item=book, by=at_desk(), at=AT).stop.to == "MINAMI"
