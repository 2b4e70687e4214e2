"""A stocktake while the library is open: batches, verdicts, ghosts, undoing, searching, withdrawing."""

from datetime import timedelta

import pytest

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import states_of
from fumikura.circulation.services import check_in, check_out, mark_missing
from fumikura.holdings.models import Item, ItemIdentifier, Missing, ShelvingLocation, Withdrawal
from fumikura.holdings.services import withdraw_item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.stocktake.models import Reading, Search, Stocktake, WithdrawalProposal
from fumikura.stocktake.queries import (
    findings_of,
    missing_of,
    progress_of,
    searches_of,
    to_give_away,
    withdrawals_counted,
)
from fumikura.stocktake.services import (
    approve_withdrawal,
    close_stocktake,
    finish_counting,
    found_on_search,
    look_in_vain,
    open_stocktake,
    propose_withdrawal,
    set_recycling_day,
    settle_missing,
    settle_reading,
    take_batch,
    undo_batch,
    undo_withdrawal,
)
from tests.cast import AT, chuo, hanako, kita
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(minutes=5)
DESK = at_desk()
COLLEAGUE = type(DESK)(ref="staff:2", facility="CHUO", permissions=DESK.permissions)


def shelf(code: str, order: int = 0) -> ShelvingLocation:
    return ShelvingLocation.objects.create(facility=chuo(), code=code, name=code, walk_order=order)


def books(count: int = 5, **facts: object) -> list[Item]:
    return [item(f"3100{n:04}", call_number=f"913.6/ナ/{n + 1}", **facts) for n in range(count)]


def started(**facts: object) -> Stocktake:
    return open_stocktake(facility=chuo(), by=DESK, at=AT, **facts)


def read(stocktake: Stocktake, *numbers: str, key: str = "k1", **facts: object) -> list[str]:
    batch = take_batch(stocktake=stocktake, numbers=numbers, key=key, by=DESK, **{"at": LATER, "shelf": "1番", **facts})
    return list(Reading.objects.filter(batch=batch).order_by("place").values_list("verdict", flat=True))


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_a_batch_says_of_each_number_what_it_means() -> None:
    place, other = shelf("A"), shelf("B")
    right, lent, gone, lost = books(4, location=place)
    away = item("32000001", home=kita())
    strayed = item("32000002", location=other)
    check_out(item=lent, patron=hanako(), by=DESK, at=AT)
    withdraw_item(gone, reason="worn", by=DESK, at=AT)
    mark_missing(item=lost, by=DESK, at=AT)
    found = read(
        started(location=place),
        *[one.barcode for one in (right, lent, gone, lost, away, strayed, right)],
        "39999999",
        "20004318",
    )
    assert found == [
        "right", "on-loan", "withdrawn", "found", "other-site", "other-place", "double", "unknown", "card",
    ]  # fmt: skip
    right.refresh_from_db()
    assert (right.last_seen_at, right.last_seen_facility) == (LATER, chuo())
    assert not Missing.objects.filter(found_at=None).exists()
    entry = Entry.objects.get(event="stocktake.scan-batch-taken")
    assert entry.particulars["verdicts"]["right"] == 1


def test_what_a_reader_of_tags_says_twice_is_put_right_once() -> None:
    place, other = shelf("A"), shelf("B")
    strayed = item("32000002", location=other)
    found = read(started(location=place), strayed.barcode, "39999999", strayed.barcode, "39999999")
    assert found == ["other-place", "unknown", "double", "double"]


def test_a_readers_card_on_the_shelf_is_not_written_down() -> None:
    hanako()
    read(started(), "20004318")
    assert Reading.objects.get().number == ""


def test_the_same_batch_sent_three_times_is_counted_once() -> None:
    first, *_ = books()
    stocktake = started()
    for _ in range(3):
        assert read(stocktake, first.barcode, key="same") == ["right"]
    assert Reading.objects.count() == 1


def test_the_same_list_under_another_key_is_counted_once_unless_it_says_something_new() -> None:
    one, (first, second) = started(), books(2)
    numbers = [first.barcode, second.barcode, "39999999"]
    batch = take_batch(stocktake=one, numbers=numbers, key="a", shelf="1", by=DESK, at=AT)
    assert take_batch(stocktake=one, numbers=numbers, key="b", shelf="1", by=DESK, at=LATER) == batch
    assert take_batch(stocktake=one, numbers=numbers[::-1], key="c", shelf="1", by=DESK, at=LATER) != batch
    check_out(item=second, patron=hanako(), by=DESK, at=LATER)
    assert take_batch(stocktake=one, numbers=[second.barcode], key="d", by=DESK, at=LATER).pk
    item("39999999", call_number="913.6/ナ/9")
    again = take_batch(stocktake=one, numbers=numbers, key="e", shelf="1", by=DESK, at=LATER)
    assert again != batch
    assert Reading.objects.get(batch=again, number="39999999").verdict == "right"
    undo_batch(batch=again, by=DESK, at=LATER)
    assert take_batch(stocktake=one, numbers=numbers, key="f", shelf="1", by=DESK, at=LATER).undone_at is None


def test_tags_are_found_by_their_uid() -> None:
    book = books(1)[0]
    ItemIdentifier.objects.create(item=book, scheme="uid", value="E0040150")
    assert read(started(), "E0040150", source="rfid") == ["right"]


def test_a_book_in_the_wrong_row_is_told_where_it_belongs() -> None:
    a, b, c, d, e = books()
    read(started(), *[one.barcode for one in (a, d, b, c, e)])
    moved = Reading.objects.get(is_out_of_order=True)
    assert (moved.item, moved.goes_after) == (d, "913.6/ナ/3")


def test_what_a_radio_hears_through_the_board_is_a_ghost_whichever_shelf_is_read_first() -> None:
    one, two = shelf("A"), shelf("B")
    mine, theirs = item("31000001", location=one), item("31000002", location=two)
    left, right = started(location=one), started(location=two)
    assert read(left, mine.barcode, theirs.barcode, source="rfid") == ["right", "other-place"]
    assert read(right, theirs.barcode, mine.barcode, source="rfid") == ["right", "ghost"]
    assert Reading.objects.get(batch__stocktake=left, item=theirs).verdict == "ghost"
    assert findings_of(left)[0].ghost_score == 95


def test_a_batch_is_taken_back_as_if_it_had_not_been_read() -> None:
    book, lost, *_ = books()
    mark_missing(item=lost, by=DESK, at=AT)
    stocktake = started()
    read(stocktake, book.barcode, lost.barcode)
    batch = stocktake.batches.get()
    undo_batch(batch=batch, by=DESK, at=LATER)
    book.refresh_from_db()
    assert book.last_seen_at is None
    assert states_of([lost], LATER)[lost.pk].kind == "missing"
    assert progress_of(stocktake, LATER).read == 0
    with pytest.raises(Refused) as refused:
        undo_batch(batch=batch, by=DESK, at=LATER)
    assert codes(refused) == ["not-undoable"]
    assert read(stocktake, book.barcode, key="again") == ["right"]


def test_progress_counts_what_is_lent_as_not_expected() -> None:
    a, b, c, *_ = books(4)
    check_out(item=c, patron=hanako(), by=DESK, at=AT)
    stocktake = started()
    read(stocktake, a.barcode, b.barcode)
    progress = progress_of(stocktake, LATER)
    assert (progress.in_scope, progress.away, progress.read, progress.expected_unread) == (4, 1, 2, 1)
    assert progress.percent == 67
    assert [(one.shelf, one.read) for one in progress.shelves] == [("1番", 2)]


def test_a_range_of_call_numbers_counts_its_bounds() -> None:
    for number, call in (("31000001", "210/ア"), ("31000002", "913.6/ナ"), ("31000003", "914/ア")):
        item(number, call_number=call)
    stocktake = started(call_from="913", call_to="913.6")
    assert progress_of(stocktake, LATER).in_scope == 1
    assert read(stocktake, "31000001", "31000002") == ["other-range", "right"]


def test_three_rounds_in_vain_make_it_missing_and_somebody_decides() -> None:
    seen, found_later, lost = books(3)
    stocktake = started()
    read(stocktake, seen.barcode)
    assert finish_counting(stocktake=stocktake, by=DESK, at=LATER) == 2
    assert [one.item for one in searches_of(stocktake)] == [found_later, lost]
    assert found_on_search(stocktake=stocktake, item=found_later, by=DESK, at=LATER)
    assert [look_in_vain(stocktake=stocktake, by=DESK, at=LATER) for _ in range(3)] == [(1, 0), (1, 0), (0, 1)]
    assert states_of([lost], LATER)[lost.pk].kind == "missing"
    search = Search.objects.get(item=lost)
    settle_missing(search=search, how="withdraw", by=DESK, at=LATER)
    assert WithdrawalProposal.objects.get().reason == "missing"
    close_stocktake(stocktake=stocktake, by=DESK, at=LATER)
    with pytest.raises(Refused) as refused:
        read(stocktake, lost.barcode, key="late")
    assert codes(refused) == ["stocktake-over"]


def test_a_missing_one_that_comes_back_is_neither_decided_upon_nor_withdrawn() -> None:
    first, second = books(2)
    stocktake = started()
    finish_counting(stocktake=stocktake, by=DESK, at=LATER)
    for _ in range(3):
        look_in_vain(stocktake=stocktake, by=DESK, at=LATER)
    settle_missing(search=Search.objects.get(item=first), how="withdraw", by=DESK, at=LATER)
    for book in (first, second):
        check_in(item=book, by=DESK, at=LATER + timedelta(hours=1))
    assert [one.item for one in missing_of(stocktake)] == [first]
    with pytest.raises(Refused) as refused:
        settle_missing(search=Search.objects.get(item=second), how="withdraw", by=DESK, at=LATER)
    assert codes(refused) == ["withdrawal-seen-since"]
    with pytest.raises(Refused) as refused:
        approve_withdrawal(proposal=WithdrawalProposal.objects.get(), by=COLLEAGUE, at=LATER + timedelta(hours=2))
    assert codes(refused) == ["withdrawal-seen-since"]


def test_what_was_lent_while_it_was_searched_leaves_the_list() -> None:
    book = books(1)[0]
    stocktake = started()
    finish_counting(stocktake=stocktake, by=DESK, at=LATER)
    check_out(item=book, patron=hanako(), by=DESK, at=LATER)
    look_in_vain(stocktake=stocktake, by=DESK, at=LATER)
    assert Search.objects.get().ended_as == "gone"


def test_a_lent_book_on_the_shelf_is_returned_from_the_list() -> None:
    book = books(1)[0]
    check_out(item=book, patron=hanako(), by=DESK, at=AT)
    read(started(), book.barcode)
    back = settle_reading(reading=Reading.objects.get(), by=DESK, at=LATER)
    assert back is not None
    assert back.stop.kind == "shelve"
    assert not Loan.objects.open().exists()
    with pytest.raises(Refused):
        settle_reading(reading=Reading.objects.get(), by=DESK, at=LATER)


def test_two_people_withdraw_and_the_recycling_day_gets_it() -> None:
    book, other, *_ = books()
    one, two = propose_withdrawal(items=[book, other], reason="worn", way_out="recycling", by=DESK, at=AT)
    with pytest.raises(Refused) as refused:
        approve_withdrawal(proposal=one, by=DESK, at=AT)
    assert codes(refused) == ["withdrawal-own-proposal"]
    approve_withdrawal(proposal=one, by=COLLEAGUE, at=AT)
    approve_withdrawal(proposal=two, by=COLLEAGUE, at=AT)
    assert withdrawals_counted(AT.date(), AT.date()) == {("worn", "9"): 2}
    undo_withdrawal(proposal=two, by=COLLEAGUE, at=AT)
    assert Withdrawal.objects.get().item == book
    day = set_recycling_day(facility=chuo(), name="春のリサイクル市", held_on=LATER.date(), by=DESK, at=AT)
    assert [given.item for given in to_give_away(day.pk)] == [book]


def test_one_thing_is_proposed_once() -> None:
    book = books(1)[0]
    propose_withdrawal(items=[book], reason="worn", way_out="pulp", by=DESK, at=AT)
    with pytest.raises(Refused) as refused:
        propose_withdrawal(items=[book], reason="double", way_out="pulp", by=DESK, at=AT)
    assert codes(refused) == ["withdrawal-proposed-already"]


def test_ten_thousand_numbers_need_few_statements(django_assert_max_num_queries) -> None:
    numbers = [one.barcode for one in books(40)]
    stocktake = started()
    with django_assert_max_num_queries(40):
        read(stocktake, *numbers, source="rfid")


def test_more_than_ten_thousand_are_sent_in_parts() -> None:
    stocktake = started()
    with pytest.raises(Refused) as refused:
        read(stocktake, *(str(n) for n in range(10_001)))
    assert codes(refused) == ["batch-too-large"]
    with pytest.raises(Refused) as refused:
        read(stocktake, " ")
    assert codes(refused) == ["batch-empty"]
