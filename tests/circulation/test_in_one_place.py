"""What the play of any verbs in any order found: an item is in one place, and the journal tells what was taken back."""

import pytest

from fumikura.circulation.models import Hold, Transit
from fumikura.circulation.services import Want, check_in, check_out, mark_missing, place_hold, send, undo_check_out
from fumikura.holdings.models import KeptAside, Missing
from fumikura.journal.models import Entry
from tests.cast import AT, SYSTEM, chuo, kita, patron
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
