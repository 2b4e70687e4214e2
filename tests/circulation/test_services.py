from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fumikura.circulation.house import house_rules
from fumikura.circulation.models import Allotment, Loan, Transit
from fumikura.circulation.queries import open_loan_of, open_loans_of, states_of
from fumikura.circulation.services import (
    Want,
    check_in,
    check_out,
    place_hold,
    renew,
    save_policy_set,
    undo_check_in,
    undo_check_out,
    undo_renew,
    withdraw,
)
from fumikura.circulation.services.policies import objections_to_rules
from fumikura.holdings.models import FrozenStock, Item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Block
from fumikura.statements.lines import line_of
from tests.cast import AT, SYSTEM, chuo, hanako, kita, patron, taro
from tests.circulation.cast import at_desk, item, kokoro

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture
def house_with_pauses() -> None:
    """A day of pause for each day late."""
    rules = house_rules()
    for rule in rules["rules"]:
        if "overdue.pause_days_per_day" in rule["give"]:
            rule["give"]["overdue.pause_days_per_day"] = 1
    save_policy_set(name="休みのある規則", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return sorted(reason.code for reason in refused.value.reasons)


def test_a_loan_is_a_row_a_date_and_an_entry() -> None:
    book, reader = item(), hanako()
    loan = check_out(item=book, patron=reader, by=at_desk(), at=AT)
    assert (loan.due_on, loan.messages) == (date(2026, 6, 3), ())
    assert open_loan_of(book) == loan
    assert open_loans_of(reader) == [loan]
    entry = Entry.objects.get(event="circulation.loan-made")
    assert (entry.patron_key, entry.facility, entry.particulars["age_band"]) == (reader.key, "CHUO", "40-49")


def test_the_loan_keeps_the_values_and_the_rules_they_came_from() -> None:
    loan = check_out(item=item(), patron=hanako(), by=at_desk(), at=AT)
    assert loan.snapshot["given"]["loan.period"] == [14, "基本"]
    assert loan.policy_set.version == 1


def test_without_the_right_nothing_is_even_looked_at() -> None:
    with pytest.raises(NotPermitted):
        check_out(item=item(), patron=hanako(), by=at_desk(without=("circulation.check-out",)), at=AT)


def test_every_reason_comes_at_once_and_one_override_is_not_enough() -> None:
    book, reader = item(reference_only=True, lendable_from=date(2026, 6, 1)), hanako()
    with pytest.raises(Refused) as refused:
        check_out(item=book, patron=reader, by=at_desk(), at=AT)
    assert codes(refused) == ["not-yet-lendable", "reference-only"]
    with pytest.raises(Refused) as refused:
        check_out(item=book, patron=reader, by=at_desk(), at=AT, overriding=frozenset({"reference-only"}))
    assert codes(refused) == ["not-yet-lendable"]
    assert not Loan.objects.exists()


def test_overriding_needs_the_right_and_is_written_down() -> None:
    book, reader = item(reference_only=True), hanako()
    powerless = at_desk(without=("circulation.override-item",))
    over = frozenset({"reference-only"})
    with pytest.raises(Refused):
        check_out(item=book, patron=reader, by=powerless, at=AT, overriding=over)
    check_out(item=book, patron=reader, by=at_desk(), at=AT, overriding=over)
    assert Entry.objects.get(event="circulation.refusal-overridden").particulars["code"] == "reference-only"


def test_once_returned_nothing_leads_to_the_reader() -> None:
    book, reader = item(), hanako()
    loan = check_out(item=book, patron=reader, by=at_desk(), at=AT)
    renew(loan=loan, by=at_desk(), at=LATER)
    back = check_in(item=book, by=at_desk(), at=LATER)
    loan.refresh_from_db()
    assert (back.stop.kind, back.loan, loan.patron) == ("shelve", loan, None)
    assert not Entry.objects.filter(subject=f"circulation.loan:{loan.pk}").exclude(patron_key="").exists()


def test_returned_elsewhere_it_travels_home_and_arrives() -> None:
    book = item()
    check_out(item=book, patron=hanako(), by=at_desk(), at=AT)
    kita()
    assert check_in(item=book, by=at_desk("KITA"), at=LATER).stop.to == "CHUO"
    assert states_of([book], LATER)[book.pk].destination == "CHUO"
    assert check_in(item=book, by=at_desk(), at=LATER).stop.kind == "shelve"
    assert states_of([book], LATER)[book.pk].kind == "on-shelf"


def test_a_block_refuses_and_a_new_card_settles_a_stopped_one() -> None:
    book, reader = item(), hanako()
    patrons.stop_card(card=reader.cards.get(), reason="lost", by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        check_out(item=book, patron=reader, by=at_desk(), at=AT, overriding=frozenset({"card-stopped"}))
    assert codes(refused) == ["card-stopped"]
    patrons.issue_card(patron=reader, number="20005555", by=SYSTEM, at=AT)
    assert check_out(item=book, patron=reader, by=at_desk(), at=AT).due_on == date(2026, 6, 3)


def test_a_renewal_counts_from_its_day_and_can_be_taken_back() -> None:
    loan = check_out(item=item(), patron=hanako(), by=at_desk(), at=AT)
    renewed = renew(loan=loan, by=at_desk(), at=LATER)
    assert (renewed.due_on, renewed.renewals) == (date(2026, 6, 6), 1)
    with pytest.raises(Refused) as refused:
        renew(loan=loan, by=at_desk(), at=LATER)
    assert codes(refused) == ["renewal-limit-reached"]
    undone = undo_renew(loan=renewed, due_on=date(2026, 6, 3), renewals=0, by=at_desk(), at=LATER)
    assert (undone.due_on, undone.renewals) == (date(2026, 6, 3), 0)


def test_a_renewal_taken_back_brings_back_the_reminders_that_were_sent_also_one_made_before_they_were_set_aside() -> (
    None
):
    loan = check_out(item=item(), patron=hanako(), by=at_desk(), at=AT)
    row, before = Loan.objects.filter(pk=loan.pk), {"due_on": date(2026, 6, 3), "renewals": 0}
    row.update(reminded=[7])
    renewed = renew(loan=row.get(), by=at_desk(), at=LATER)
    assert renewed.reminded == []
    undone = undo_renew(loan=renewed, by=at_desk(), at=LATER, **before)
    assert undone.reminded == [7] and "reminded" not in undone.snapshot
    row.update(renewals=1)
    assert undo_renew(loan=row.get(), by=at_desk(), at=LATER, **before).reminded == [7]


def test_a_loan_taken_back_leaves_no_reader_in_the_journal() -> None:
    book = item()
    loan = check_out(item=book, patron=hanako(), by=at_desk(), at=AT)
    undo_check_out(loan=loan, by=at_desk(), at=AT)
    assert states_of([book], AT)[book.pk].kind == "on-shelf"
    assert not Entry.objects.filter(subject=f"circulation.loan:{loan.pk}").exclude(patron_key="").exists()


def test_a_journey_cut_short_by_a_loan_that_is_taken_back_goes_on() -> None:
    book, reader = item(), hanako()
    check_out(item=book, patron=reader, by=at_desk(), at=AT)
    kita()
    check_in(item=book, by=at_desk("KITA"), at=LATER)
    loan = check_out(item=book, patron=reader, by=at_desk("KITA"), at=LATER)
    undo_check_out(loan=loan, by=at_desk("KITA"), at=LATER)
    assert states_of([book], LATER)[book.pk].kind == "in-transit"


def test_a_return_taken_back_opens_the_loan_as_it_was() -> None:
    book, reader = item(), hanako()
    check_out(item=book, patron=reader, by=at_desk(), at=AT)
    kita()
    back = check_in(item=book, by=at_desk("KITA"), at=LATER)
    again = undo_check_in(
        loan=back.loan, patron=reader, due_on=date(2026, 6, 3), renewals=0, by=at_desk("KITA"), at=LATER
    )
    assert open_loan_of(book) == again
    assert not Transit.objects.exists()


def test_a_late_return_taken_back_takes_its_pause_along_and_leaves_others(house_with_pauses: None) -> None:
    book, reader = item(), hanako()
    check_out(item=book, patron=reader, by=at_desk(), at=AT)
    other = patrons.block(patron=reader, reason="loans-paused", by=SYSTEM, at=AT)
    late = AT + timedelta(days=30)
    back = check_in(item=book, by=at_desk(), at=late)
    paused = Block.objects.filter(patron=reader, reason="loans-paused", lifted_at=None)
    assert paused.count() == 2
    undo_check_in(loan=back.loan, patron=reader, due_on=date(2026, 6, 3), renewals=0, by=at_desk(), at=late)
    assert list(paused) == [other]


def test_a_return_is_not_taken_back_once_the_book_was_lent_again() -> None:
    book, reader = item(), hanako()
    check_out(item=book, patron=reader, by=at_desk(), at=AT)
    back = check_in(item=book, by=at_desk(), at=LATER)
    check_out(item=book, patron=taro(), by=at_desk(), at=LATER)
    with pytest.raises(Refused) as refused:
        undo_check_in(loan=back.loan, patron=reader, due_on=date(2026, 6, 3), renewals=0, by=at_desk(), at=LATER)
    assert codes(refused) == ["not-undoable"]


def test_a_copy_of_another_library_is_not_taken_for_one_of_the_title() -> None:
    book = item()
    Item.objects.filter(pk=book.pk).update(origin="interlibrary")
    book.refresh_from_db()
    place_hold(patron=hanako(), want=Want((book.record,), item=book), pickup=chuo(), by=at_desk(), at=AT)
    with pytest.raises(Refused) as refused:
        withdraw(item=book, reason="worn", by=at_desk(), at=AT)
    assert codes(refused) == ["last-copy-with-holds"]


def test_states_cost_the_same_for_one_item_and_for_many() -> None:
    books = [item(f"3000{n:04}") for n in range(12)]
    reader = hanako()
    for book in books[:6]:
        check_out(item=book, patron=reader, by=at_desk(), at=AT)
    with CaptureQueriesContext(
        connection,
    ) as for_one:
        states_of(books[:1], AT)
    with CaptureQueriesContext(connection) as for_many:
        states = states_of(books, AT)
    assert len(for_one) == len(for_many)
    assert [states[book.pk].kind for book in books] == ["on-loan"] * 6 + ["on-shelf"] * 6


def test_the_hot_path_stays_lean() -> None:
    books, reader = [item(f"3000{n:04}") for n in range(3)], hanako()
    check_out(item=books[0], patron=reader, by=at_desk(), at=AT)
    with CaptureQueriesContext(connection) as lending:
        check_out(item=books[1], patron=reader, by=at_desk(), at=AT)
    with CaptureQueriesContext(connection) as returning:
        check_in(item=books[1], by=at_desk(), at=AT)
    assert statements(lending) <= 14
    assert statements(returning) <= 12


def test_a_hold_that_takes_the_last_copy_on_a_shelf_asks_nothing_twice() -> None:
    copy, other, pickup, want = item("30000017"), item("30000025", home=kita()), kita(), Want((kokoro(),))
    first, second = hanako(), taro()
    place_hold(patron=first, want=want, pickup=pickup, by=at_desk(), at=AT)
    with CaptureQueriesContext(connection) as placing:
        place_hold(patron=second, want=want, pickup=pickup, by=at_desk(), at=AT)
    said = Counter(query["sql"] for query in placing if query["sql"].startswith("SELECT"))
    if connection.vendor == "sqlite":
        assert [sql for sql, times in said.items() if times > 1] == []
    assert set(Allotment.objects.open().values_list("item", flat=True)) == {copy.pk, other.pk}


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no trips")
def test_a_loan_goes_to_the_server_five_times_and_a_return_seven_times() -> None:
    """Without finding book and reader, and without the savepoints and the commit around it."""
    books, reader = [item(f"3000{n:04}") for n in range(3)], hanako()
    for book in books[:2]:
        check_out(item=book, patron=reader, by=at_desk(), at=AT)
        check_in(item=book, by=at_desk(), at=AT)
    line = line_of(connection.connection)
    before = line.trips
    check_out(item=books[2], patron=reader, by=at_desk(), at=AT)
    lent = line.trips
    check_in(item=books[2], by=at_desk(), at=AT)
    assert (lent - before, line.trips - lent) == (5, 7)


def test_a_copy_where_nothing_may_be_fetched_does_not_let_the_whole_queue_be_asked() -> None:
    item()
    FrozenStock.objects.create(facility=chuo(), since=AT)
    asked = []
    for n in range(3):
        reader = patron(f"利用者{n}", "りようしゃ", f"2000{n:04}")
        with CaptureQueriesContext(connection) as placing:
            place_hold(patron=reader, want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
        asked.append(statements(placing))
    assert not Allotment.objects.exists()
    assert asked[1] == asked[2]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no trips")
def test_a_hold_that_finds_a_copy_on_a_shelf_goes_to_the_server_twelve_times() -> None:
    readers = [patron(f"利用者{n}", "りようしゃ", f"2000{n:04}") for n in range(2)]
    for n in range(3):
        item(f"3000{n:04}")
    place_hold(patron=readers[0], want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
    line = line_of(connection.connection)
    before = line.trips
    place_hold(patron=readers[1], want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
    assert Allotment.objects.open().count() == 2
    assert line.trips - before == 12


def statements(captured: CaptureQueriesContext) -> int:
    """Without the savepoints that only a test has around a verb."""
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


def test_rules_come_into_force_from_tomorrow_and_keep_open_loans_as_they_were() -> None:
    loan = check_out(item=item(), patron=hanako(), by=at_desk(), at=AT)
    shorter = house_rules()
    shorter["rules"][0]["give"]["loan.period"] = 7
    with pytest.raises(Refused) as refused:
        save_policy_set(name="短く", rules=shorter, effective_from=AT.date(), by=SYSTEM, at=AT)
    assert codes(refused) == ["rules-in-force"]
    save_policy_set(name="短く", rules=shorter, effective_from=date(2026, 5, 21), by=SYSTEM, at=AT)
    new = check_out(item=item("30000025"), patron=taro(), by=at_desk(), at=AT + timedelta(days=1))
    assert new.due_on == date(2026, 5, 28)
    assert renew(loan=loan, by=at_desk(), at=LATER).due_on == date(2026, 6, 6)


def test_rules_that_quarrel_or_say_nonsense_are_not_saved() -> None:
    assert objections_to_rules(house_rules()) == ()
    nonsense = house_rules()
    nonsense["rules"].append({"id": "X", "from": "2020-04-01", "if": {"material": "av"}, "give": {"loan.period": -7}})
    reasons = objections_to_rules(nonsense)
    assert sorted(reason.code for reason in reasons) == ["rules-rejected:ambiguous", "rules-rejected:bad-value"]
    assert sorted(reason.facts()["problem"] for reason in reasons) == ["X loan.period", "視聴覚 X loan.period"]
