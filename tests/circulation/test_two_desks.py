"""Many desks at once, on whichever database the tests run."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from fumikura.catalogue.services import save_record
from fumikura.circulation.models import Allotment, Hold, HoldTitle, Loan, LockerStay, Transit
from fumikura.circulation.queries import open_loan_of
from fumikura.circulation.services import (
    Want,
    cancel_hold,
    check_in,
    check_out,
    fill_locker,
    not_found,
    place_hold,
    renew,
    set_up_locker,
    suspend_hold,
    unite_sets,
)
from fumikura.circulation.services.binding import let_go
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from tests.cast import AT, SYSTEM, TODAY, chuo, kita, patron
from tests.catalogue.records import kokoro_bytes
from tests.circulation.cast import at_desk, item, kokoro

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = 8
POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one desk write at a time")


def at_once(act: Callable[[int], object], desks: int = DESKS) -> list[object]:
    """What each desk got: its answer, or the codes of its refusal, or the exception that nobody expected."""
    answers: list[object] = [None] * desks
    start = threading.Barrier(desks)

    def desk(number: int) -> None:
        start.wait()
        try:
            answers[number] = act(number)
        except Refused as refused:
            answers[number] = tuple(reason.code for reason in refused.reasons)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=desk, args=(number,)) for number in range(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_eight_desks_lend_one_book_and_one_of_them_does() -> None:
    book = item()
    readers = [patron(f"利用者{n}", "りようしゃ", f"2000{n:04}") for n in range(DESKS)]
    answers = at_once(lambda n: check_out(item=book, patron=readers[n], by=at_desk(), at=AT))
    lent = [answer for answer in answers if isinstance(answer, Loan)]
    assert len(lent) == 1
    assert answers.count(("item-on-loan",)) == DESKS - 1
    assert Loan.objects.open().count() == 1
    assert Entry.objects.filter(event="circulation.loan-made").count() == 1


def test_one_reader_at_eight_machines_never_passes_the_limit() -> None:
    books = [item(f"3000{n:04}", material="dvd") for n in range(DESKS)]
    reader = patron()
    answers = at_once(lambda n: check_out(item=books[n], patron=reader, by=at_desk(via="self-check"), at=AT))
    assert sum(isinstance(answer, Loan) for answer in answers) == 2
    assert answers.count(("loan-limit-reached:dvd",)) == DESKS - 2


def test_eight_scans_of_one_return_end_one_loan_and_start_one_journey() -> None:
    book = item()
    check_out(item=book, patron=patron(), by=at_desk(), at=AT)
    kita()
    answers = at_once(lambda n: check_in(item=book, by=at_desk("KITA"), at=AT).stop.to)
    assert answers == ["CHUO"] * DESKS
    assert Transit.objects.count() == 1
    assert Entry.objects.filter(event="circulation.loan-returned").count() == 1
    assert Entry.objects.filter(event="circulation.transit-started").count() == 1


def test_a_renewal_and_a_return_at_one_moment_do_not_both_win() -> None:
    book = item()
    loan = check_out(item=book, patron=patron(), by=at_desk(), at=AT)
    answers = at_once(
        lambda n: (
            renew(loan=loan, by=at_desk(), at=AT, overriding=frozenset())
            if n % 2
            else check_in(item=book, by=at_desk(), at=AT)
        )
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert open_loan_of(book) is None


def test_eight_copies_come_back_at_once_and_each_waiting_reader_gets_one() -> None:
    readers = [patron(f"利用者{n}", "りようしゃ", f"2000{n:04}") for n in range(DESKS + 3)]
    books = [item(f"3000{n:04}") for n in range(DESKS)]
    for book, reader in zip(books, readers, strict=False):
        check_out(item=book, patron=reader, by=at_desk(), at=AT)
    holds = [
        place_hold(patron=reader, want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
        for reader in readers[DESKS:]
    ]
    stops = at_once(lambda n: check_in(item=books[n], by=at_desk(), at=AT).stop)
    assert sorted(stop.hold for stop in stops if stop.kind == "hold-shelf") == [hold.pk for hold in holds]
    assert sorted(Allotment.objects.open().values_list("title__hold", flat=True)) == [hold.pk for hold in holds]


def test_eight_desks_place_holds_on_one_title_at_once_and_each_reader_gets_a_copy_of_its_own() -> None:
    """A hold locks the copy that it takes and no other: whoever asks beside it finds the rest."""
    books = [item(f"3000{n:04}") for n in range(DESKS)]
    readers = [patron(f"利用者{n}", "りようしゃ", f"2000{n:04}") for n in range(DESKS)]
    pickup = chuo()

    def wait_for(number: int) -> object:
        return place_hold(patron=readers[number], want=Want((kokoro(),)), pickup=pickup, by=at_desk(), at=AT).pk

    holds = at_once(wait_for)
    bound = dict(Allotment.objects.open().values_list("title__hold", "item"))
    assert sorted(bound) == sorted(holds)
    assert sorted(bound.values()) == [book.pk for book in books]


@POSTGRESQL
def test_whoever_asks_while_another_hold_is_being_written_gets_the_next_copy() -> None:
    books = [item(f"3000{n:04}") for n in range(2)]
    readers = [patron(f"利用者{n}", "りようしゃ", f"2000{n:04}") for n in range(2)]
    pickup = chuo()

    def wait_for(reader: Patron) -> int:
        return place_hold(patron=reader, want=Want((kokoro(),)), pickup=pickup, by=at_desk(), at=AT).pk

    with transaction.atomic():
        first = wait_for(readers[0])
        (second,) = at_once(lambda _: wait_for(readers[1]), desks=1)
    bound = dict(Allotment.objects.open().values_list("title__hold", "item"))
    assert bound == {first: books[0].pk, second: books[1].pk}


def test_lending_and_returning_the_same_books_at_once_never_locks_up() -> None:
    books = [item(f"3000{n:04}") for n in range(4)]
    readers = [patron(f"利用者{n}", "りようしゃ", f"2000{n:04}") for n in range(4)]

    def act(number: int) -> object:
        for turn in range(6):
            book, reader = books[(number + turn) % 4], readers[(number * 3 + turn) % 4]
            try:
                check_out(item=book, patron=reader, by=at_desk(), at=AT)
            except Refused:
                check_in(item=book, by=at_desk(), at=AT)
        return "done"

    assert at_once(act) == ["done"] * DESKS
    for book in books:
        assert Loan.objects.open().filter(item=book).count() <= 1


def test_a_ready_book_is_handed_out_cancelled_and_lent_to_another_at_once_and_one_of_them_wins() -> None:
    book, mine, other = item(), patron("花子", "はなこ", "20000001"), patron("太郎", "たろう", "20000002")
    hold = place_hold(patron=mine, want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
    check_in(item=book, by=at_desk(), at=AT)

    def act(number: int) -> object:
        match number % 3:
            case 0:
                return check_out(item=book, patron=mine, by=at_desk(), at=AT)
            case 1:
                return cancel_hold(hold=hold, by=at_desk(), at=AT)
            case _:
                return check_out(item=book, patron=other, by=at_desk(), at=AT)

    answers = at_once(act)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert sum(isinstance(answer, Loan) for answer in answers) == Loan.objects.open().count() <= 1
    hold.refresh_from_db()
    assert hold.closed_as in {"fulfilled", "cancelled"}
    assert not Allotment.objects.open().exists()


def test_eight_desks_fill_one_locker_at_once_and_each_gets_a_door_of_its_own() -> None:
    books = [item(f"3000{n:04}") for n in range(DESKS // 2)]
    for n, book in enumerate(books):
        reader = patron(f"利用者{n}", "りようしゃ", f"2000{n:04}")
        place_hold(patron=reader, want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
        check_in(item=book, by=at_desk(), at=AT)
    set_up_locker(facility=chuo(), doors=DESKS, by=at_desk(), at=AT)
    place = chuo()

    def act(number: int) -> object:
        return fill_locker(item=books[number // 2], facility=place, by=at_desk(), at=AT).compartment.number

    answers = at_once(act)
    assert answers[::2] == answers[1::2], "two desks that hold one book are sent to one door"
    assert sorted(answers[::2]) == [1, 2, 3, 4]
    assert LockerStay.objects.open().count() == DESKS // 2


def test_a_hold_that_loses_its_copy_while_another_comes_back_is_bound_once() -> None:
    """One half of the desks look in vain for copies on pick lists, the other half take back copies of the same title."""
    lent = [item(f"3000{n:04}") for n in range(DESKS // 2)]
    for number, book in enumerate(lent):
        check_out(item=book, patron=patron(f"借りる人{number}", "かりるひと", f"2100{number:04}"), by=at_desk(), at=AT)
    standing = [item(f"3100{n:04}") for n in range(DESKS // 2)]
    for number in range(DESKS // 2):
        reader = patron(f"待つ人{number}", "まつひと", f"2200{number:04}")
        place_hold(patron=reader, want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
    for number in range(DESKS // 2):
        item(f"3200{number:04}")

    def act(number: int) -> object:
        book = (standing if number % 2 else lent)[number // 2]
        return not_found(item=book, by=at_desk(), at=AT) if number % 2 else check_in(item=book, by=at_desk(), at=AT)

    answers = at_once(act)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    bound = list(Allotment.objects.open().values_list("title", flat=True))
    assert len(bound) == len(set(bound)) == DESKS // 2


def set_of(*books: Item, reader: Patron, pickup: Facility, hours: int = 0) -> Hold:
    """One title for each copy, wanted together and asked for so many hours later."""
    want = Want(tuple(book.record for book in books), kind=Hold.Kind.TOGETHER)
    return place_hold(patron=reader, want=want, pickup=pickup, by=at_desk(), at=AT + timedelta(hours=hours))


def volume(barcode: str) -> Item:
    """A volume that somebody has at home."""
    record = save_record(kokoro_bytes(barcode, f"こころ {barcode}"), by=SYSTEM, at=AT)
    book = item(barcode, record=record)
    check_out(item=book, patron=patron(f"借りた人{barcode}", "かりたひと", f"29{barcode[2:]}"), by=at_desk(), at=AT)
    return book


def beside(act: Callable[[], object]) -> threading.Thread:
    """What somebody else does at the same time, with a connection of its own."""
    return threading.Thread(target=lambda: at_once(lambda _: act(), desks=1))


def ready(hold: Hold) -> int:
    return Entry.objects.filter(event="circulation.hold-ready", particulars__hold=hold.pk).count()


@POSTGRESQL
def test_two_desks_that_each_lay_down_a_volume_of_one_set_announce_it_once() -> None:
    first, second = volume("30000001"), volume("30000002")
    hold = set_of(first, second, reader=patron(), pickup=chuo())
    for book in (first, second):
        check_in(item=book, by=at_desk(kita().code), at=AT)
    other_desk = beside(lambda: check_in(item=second, by=at_desk(), at=AT))
    with transaction.atomic():
        check_in(item=first, by=at_desk(), at=AT)
        other_desk.start()
        other_desk.join(timeout=2)
    other_desk.join()
    assert ready(hold) == 1


@POSTGRESQL
def test_the_night_does_not_take_a_volume_that_a_desk_is_lending() -> None:
    first, second = volume("30000001"), volume("30000002")
    early, late = patron("花子", "はなこ", "20000001"), patron("太郎", "たろう", "20000002")
    earlier = set_of(first, second, reader=early, pickup=chuo())
    later = set_of(first, second, reader=late, pickup=kita(), hours=1)
    check_in(item=first, by=at_desk(), at=AT + timedelta(hours=2))
    suspend_hold(hold=earlier, until=TODAY, by=at_desk(), at=AT + timedelta(hours=3))
    check_in(item=second, by=at_desk("KITA"), at=AT + timedelta(hours=4))
    night = beside(lambda: unite_sets(by=SYSTEM, at=AT + timedelta(days=1)))
    with transaction.atomic():
        check_out(item=second, patron=late, by=at_desk("KITA"), at=AT + timedelta(days=1))
        night.start()
        night.join(timeout=2)
    night.join()
    assert not Allotment.objects.open().filter(item=second).exists()
    assert HoldTitle.objects.get(hold=later, record=second.record).done_at is not None
    assert list(Allotment.objects.open().filter(title__hold=earlier).values_list("item", flat=True)) == [first.pk]


def test_a_promise_that_has_ended_keeps_the_moment_at_which_it_ended() -> None:
    book = item()
    place_hold(patron=patron(), want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
    seen_by_two = Allotment.objects.get(item=book)
    for hour in range(2):
        let_go(seen_by_two, Scene(at_desk(), AT + timedelta(hours=hour)))
    seen_by_two.refresh_from_db()
    assert seen_by_two.ended_at == AT
