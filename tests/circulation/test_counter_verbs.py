"""What a counter does beside lending: notes, sets for classes, back-dated returns, joining readers and taking it back."""

from datetime import date, timedelta

import pytest

from fumikura.catalogue.services import save_record
from fumikura.circulation import services as circulation
from fumikura.circulation.models import CounterNote, Hold, Loan
from fumikura.holdings.models import Item, ItemSet
from fumikura.holdings.services.sets import find_set, make_set
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron, PatronMerge
from fumikura.patrons.services import forget_merges, last_merge_into
from tests.cast import AT, SYSTEM, category, chuo, hanako, patron, taro
from tests.catalogue.records import kokoro_bytes
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db

DESK = at_desk()
LATER = AT + timedelta(days=3)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def a_class(**facts: object) -> Patron:
    class_of = {"category": category("class", parent=category("group").code), "residency": "group", "born_on": None}
    return patron("第三小 4年1組", "だいさんしょう", "20009999", **class_of, **facts)


def a_set(count: int = 3) -> ItemSet:
    books = [item(f"3100{n:04}") for n in range(count)]
    return make_set(number="S 0001", name="環境 4年", home=chuo(), items=books, by=DESK, at=AT)


def test_a_set_goes_out_and_comes_back_in_one_scan_until_the_end_of_term() -> None:
    pupils, term = a_class(), date(2026, 7, 20)
    box = a_set()
    assert find_set("s0001") == box
    loans = circulation.lend_set(set=box, patron=pupils, until=term, by=DESK, at=AT)
    assert {loan.due_on for loan in loans} == {term}
    assert Entry.objects.filter(event="circulation.loan-made", particulars__due_on="2026-07-20").count() == 3
    back, not_lent = circulation.return_set(set=box, by=DESK, at=LATER)
    assert ([one.stop.kind for one in back], not_lent) == (["shelve"] * 3, [])
    with pytest.raises(Refused) as refused:
        circulation.return_set(set=box, by=DESK, at=LATER)
    assert codes(refused) == ["not-on-loan"]


def test_a_set_is_lent_whole_or_not_at_all() -> None:
    pupils, box = a_class(), a_set()
    circulation.check_out(item=Item.objects.get(barcode="31000001"), patron=hanako(), by=DESK, at=AT)
    with pytest.raises(Refused) as refused:
        circulation.lend_set(set=box, patron=pupils, until=date(2026, 7, 20), by=DESK, at=AT)
    assert codes(refused) == ["item-on-loan"]
    assert Loan.objects.count() == 1


def test_one_item_is_in_one_set_and_a_set_can_be_packed_anew() -> None:
    box = a_set()
    with pytest.raises(Refused) as refused:
        make_set(number="S0002", name="", home=chuo(), items=[Item.objects.first()], by=DESK, at=AT)
    assert codes(refused) == ["item-in-another-set"]
    again = make_set(number="S0001", name="環境", home=chuo(), items=[Item.objects.first()], by=DESK, at=AT)
    assert (again, again.members.count()) == (box, 1)


def test_a_term_does_not_end_before_it_begins() -> None:
    with pytest.raises(Refused) as refused:
        circulation.lend_set(set=a_set(), patron=a_class(), until=date(2026, 5, 1), by=DESK, at=AT)
    assert codes(refused) == ["set-term-past"]


def test_a_note_is_shown_until_somebody_has_read_it() -> None:
    reader, book = hanako(), item()
    note = circulation.write_note(text="忘れ物を預かっています", patron=reader, by=DESK, at=AT)
    circulation.write_note(text="地図つき", item=book, stays=True, by=DESK, at=AT)
    assert [one.text for one in circulation.notes_about(patron=reader.pk)] == ["忘れ物を預かっています"]
    circulation.acknowledge_note(note=note, by=DESK, at=LATER)
    assert circulation.notes_about(patron=reader.pk) == []
    assert circulation.notes_about(item=book.pk)[0].stays
    with pytest.raises(Refused):
        circulation.write_note(text=" ", item=book, by=DESK, at=AT)
    assert CounterNote.objects.count() == 2


def test_a_return_counts_for_the_day_on_which_it_came() -> None:
    book = item()
    loan = circulation.check_out(item=book, patron=hanako(), by=DESK, at=AT)
    late = AT + timedelta(days=20)
    back = circulation.check_in(item=book, by=DESK, at=late, returned_at=AT + timedelta(days=13))
    assert "was-overdue" not in back.messages
    loan.refresh_from_db()
    assert loan.returned_at == AT + timedelta(days=13)


def test_a_return_is_dated_neither_before_the_loan_nor_ahead() -> None:
    book = item()
    circulation.check_out(item=book, patron=hanako(), by=DESK, at=AT)
    for moment in (AT - timedelta(days=1), LATER + timedelta(hours=1)):
        with pytest.raises(Refused) as refused:
            circulation.check_in(item=book, by=DESK, at=LATER, returned_at=moment)
        assert codes(refused) == ["returned-in-future"]


def test_two_readers_joined_by_mistake_are_two_again_with_what_was_theirs() -> None:
    into, old = hanako(), taro(phone="090-1111-2222", address="水瀬市北町1")
    mine, theirs = item("30000017"), item("30000025")
    circulation.check_out(item=mine, patron=into, by=DESK, at=AT)
    circulation.check_out(item=theirs, patron=old, by=DESK, at=AT)
    wanted = save_record(kokoro_bytes("100002", "坊っちゃん :"), by=SYSTEM, at=AT)
    third = patron("木村 三郎", "きむら さぶろう", "20007777")
    circulation.check_out(item=item("30000033", record=wanted), patron=third, by=DESK, at=AT)
    for reader, hours in ((into, 1), (old, 2)):
        circulation.place_hold(
            want=circulation.Want((wanted,)), patron=reader, pickup=chuo(), by=DESK, at=AT + timedelta(hours=hours)
        )
    circulation.merge_patron(old=old, into=into, by=DESK, at=LATER)
    assert Hold.objects.open().count() == 1
    merge = last_merge_into(into)
    assert merge is not None
    back = circulation.part_patrons(merge=merge, by=DESK, at=LATER)
    assert (back.phone, back.address, back.closed_at) == ("090-1111-2222", "水瀬市北町1", None)
    whose = {loan.item: loan.patron for loan in Loan.objects.open()}
    assert (whose[mine], whose[theirs]) == (into, old)
    assert {hold.patron for hold in Hold.objects.open()} == {into, old}
    with pytest.raises(Refused) as refused:
        circulation.part_patrons(merge=merge, by=DESK, at=LATER)
    assert codes(refused) == ["not-undoable"]


def test_what_a_joining_erased_is_gone_for_good_after_a_month() -> None:
    item()
    into, old = hanako(), taro(phone="090-1111-2222")
    circulation.merge_patron(old=old, into=into, by=DESK, at=AT)
    assert forget_merges(AT + timedelta(days=29)) == 0
    assert forget_merges(AT + timedelta(days=31)) == 1
    assert PatronMerge.objects.get().before == {}
    assert last_merge_into(into) is None
    assert SYSTEM.ref == "system"
