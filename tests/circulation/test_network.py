"""Crates, closings, shifts, reminders, merged records, and working without a line: what the published cases leave out."""

from datetime import date, datetime, time, timedelta

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Closure, Hold, Loan, OfflineTerminal, Reminder, ReplayedLine, ShelfPlace
from fumikura.circulation.polling import copies_polled
from fumikura.circulation.queries import states_of
from fumikura.circulation.rules.offline import Batch, Line, signature_of, written
from fumikura.circulation.rules.reminding import Stage, stage_due
from fumikura.circulation.rules.travelling import Timetable, arrival, problems
from fumikura.circulation.services.stops import calendars_by_day
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import services as organisation
from fumikura.organisation.models import ExceptionalDay, Facility
from fumikura.organisation.rules import AudienceHours, serves
from fumikura.organisation.services import declare_disaster, end_disaster
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card
from fumikura.patrons.services import reissue_card
from tests.cast import AT, SYSTEM, TODAY, agency, chuo, facility, hanako, kita, patron, taro
from tests.circulation.cast import at_desk, item, kokoro

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=6)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def travelling(barcode: str = "30000017") -> Item:
    """A book of 北 that was returned at 中央."""
    book = item(barcode, home=kita())
    circulation.check_in(item=book, by=at_desk(), at=AT)
    return book


def terminal() -> OfflineTerminal:
    return circulation.prepare_terminal(facility=chuo(), code="T1", by=at_desk(), at=AT)


def replay(*lines: Line, at: datetime = LATER, skew: int = 0, site: str = "CHUO") -> list[str]:
    prepared = OfflineTerminal.objects.filter(code="T1").first() or terminal()
    signature = signature_of(map(written, lines), prepared.secret)
    batch = Batch(terminal="T1", site=site, skew_seconds=skew, lines=lines, signature=signature)
    answers = circulation.replay_offline(batches=[batch], by=at_desk(site), at=at)
    return [str(answer) for answer in answers]


def loan_line(key: str, minutes: int, card: str = "20004318", barcode: str = "30000017") -> Line:
    return Line(key=key, kind="loan", at=AT + timedelta(minutes=minutes), card=card, item=barcode)


def return_line(key: str, minutes: int, barcode: str = "30000017") -> Line:
    return Line(key=key, kind="return", at=AT + timedelta(minutes=minutes), item=barcode)


# ---- crates ------------------------------------------------------------------------------------------


def test_a_crate_travels_from_packing_to_the_last_thing_taken_out() -> None:
    book, other = travelling(), travelling("30000025")
    crate = circulation.pack(item=book, crate="BOX-7", by=at_desk(), at=AT)
    circulation.pack(item=other, crate="BOX-7", by=at_desk(), at=AT)
    circulation.send_crate(crate=crate, by=at_desk(), at=AT)
    _, told = circulation.receive_crate(crate=circulation.find_crate("BOX-7"), by=at_desk("KITA"), at=LATER)
    assert told == ()
    assert circulation.unpack(item=book, crate=crate, by=at_desk("KITA"), at=LATER).messages == ()
    assert circulation.close_crate(crate=crate, by=at_desk("KITA"), at=LATER) == ("manifest-short:30000025",)
    assert states_of([book, other], LATER)[other.pk].kind == "in-transit"
    with pytest.raises(Refused) as refused:
        circulation.find_crate("BOX-7")
    assert codes(refused) == ["crate-unknown"]


def test_a_book_that_goes_nowhere_is_not_packed() -> None:
    book = item()
    with pytest.raises(Refused) as refused:
        circulation.pack(item=book, crate="BOX-7", by=at_desk(), at=AT)
    assert codes(refused) == ["not-travelling"]


def test_a_book_laid_into_another_crate_is_on_that_list_only() -> None:
    book = travelling()
    first = circulation.pack(item=book, crate="BOX-1", by=at_desk(), at=AT)
    second = circulation.pack(item=book, crate="BOX-2", by=at_desk(), at=AT)
    assert circulation.close_crate(crate=first, by=at_desk(), at=LATER) == ()
    assert circulation.close_crate(crate=second, by=at_desk(), at=LATER) == ("manifest-short:30000017",)


RING = Timetable(
    stops=("CHUO", "KITA", "MINAMI"),
    runs=(
        {"CHUO": "09:30", "KITA": "10:00", "MINAMI": "11:20", "back": "12:00"},
        {"CHUO": "14:00", "KITA": "14:30", "MINAMI": "15:50", "back": "16:30"},
    ),
    rest_days=("monday",),
)


@pytest.mark.parametrize(
    ("origin", "destination", "ready", "arrives"),
    [
        ("KITA", "MINAMI", "2026-05-20T10:05", "2026-05-20T15:50"),
        ("MINAMI", "KITA", "2026-05-20T11:00", "2026-05-20T14:30"),
        ("MINAMI", "CHUO", "2026-05-20T15:50", "2026-05-20T16:30"),
        ("CHUO", "KITA", "2026-05-24T17:00", "2026-05-26T10:00"),
        ("CHUO", "SCHOOL", "2026-05-20T09:00", None),
    ],
)
def test_what_lies_ready_arrives_with_the_next_run(
    origin: str, destination: str, ready: str, arrives: str | None
) -> None:
    found = arrival(RING, origin=origin, destination=destination, ready=datetime.fromisoformat(ready))
    assert found == (datetime.fromisoformat(arrives) if arrives else None)


def test_a_run_that_goes_backwards_or_stops_nowhere_is_refused() -> None:
    assert problems(("CHUO", "KITA"), [{"CHUO": "10:00", "KITA": "09:00"}]) == (
        Reason.of("run-goes-backwards", run=1, times="10:00 09:00"),
    )
    assert problems(("CHUO",), [{"KITA": "09:00"}]) == (Reason.of("run-stop-unknown", run=1, facility="KITA"),)
    assert problems(("CHUO",), [{}, {"CHUO": "9時"}]) == (Reason.of("run-time-unreadable", run=2, time="9時"),)
    kita()
    with pytest.raises(Refused) as refused:
        circulation.write_route(code="VAN", name="便", stops=["KITA", "MOON"], by=at_desk(), at=AT)
    assert codes(refused) == ["facility-unknown"]


# ---- closings and shifts -----------------------------------------------------------------------------


def test_a_closure_is_counted_before_and_taken_back_after() -> None:
    book = item()
    circulation.check_out(item=book, patron=hanako(), by=at_desk(), at=AT)
    circulation.place_hold(patron=taro(), want=circulation.Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
    circulation.check_in(item=book, by=at_desk(), at=AT)
    place = ShelfPlace.objects.open().get()
    days = {"facility": chuo(), "first_on": TODAY + timedelta(days=1), "last_on": TODAY + timedelta(days=2)}
    plan = circulation.plan_closure(**days, substitute=None)
    assert (len(plan.days), plan.holds, plan.kept_longer) == (2, 1, 1)
    closure = circulation.close_site(**days, by=at_desk(), at=AT)
    moved = ShelfPlace.objects.open().get().until
    assert (place.until, moved) == (date(2026, 5, 28), date(2026, 5, 30))
    circulation.undo_close_site(closure=closure, by=at_desk(), at=LATER)
    assert ShelfPlace.objects.open().get().until == date(2026, 5, 28)
    assert not ExceptionalDay.objects.exists()
    with pytest.raises(Refused) as refused:
        circulation.undo_close_site(closure=closure, by=at_desk(), at=LATER)
    assert codes(refused) == ["not-undoable"]


def test_what_was_opened_by_decision_is_open_by_decision_again_when_the_closure_is_taken_back() -> None:
    monday = date(2026, 6, 15)
    ExceptionalDay.objects.create(facility=chuo(), on=monday, is_open=True, note="市制記念の日")
    days = {"facility": chuo(), "first_on": monday, "last_on": monday + timedelta(days=1)}
    closure = circulation.close_site(**days, by=at_desk(), at=AT)
    assert not ExceptionalDay.objects.filter(is_open=True).exists()
    circulation.undo_close_site(closure=closure, by=at_desk(), at=LATER)
    (again,) = ExceptionalDay.objects.all()
    assert (again.on, again.is_open, again.note) == (monday, True, "市制記念の日")


def test_of_two_closures_that_overlap_the_one_that_stays_keeps_its_days_closed() -> None:
    first, second = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    storm = circulation.close_site(facility=chuo(), first_on=first, last_on=second, by=at_desk(), at=AT)
    repair = circulation.close_site(
        facility=chuo(), first_on=second, last_on=second + timedelta(days=1), by=at_desk(), at=AT
    )
    circulation.undo_close_site(closure=storm, by=at_desk(), at=LATER)
    assert min(ExceptionalDay.objects.values_list("on", flat=True)) == second
    circulation.undo_close_site(closure=repair, by=at_desk(), at=LATER)
    assert not ExceptionalDay.objects.exists()


def test_a_closure_must_end_after_it_begins_and_its_substitute_be_another_place() -> None:
    with pytest.raises(Refused) as refused:
        circulation.plan_closure(facility=chuo(), first_on=TODAY, last_on=TODAY - timedelta(days=1), substitute=chuo())
    assert codes(refused) == ["ends-before-it-starts", "not-a-pickup"]


def closed_for_two_days(site: Facility, *, substitute: Facility) -> Closure:
    days = {"first_on": TODAY, "last_on": TODAY + timedelta(days=1)}
    return circulation.close_site(facility=site, **days, substitute=substitute, by=at_desk(), at=AT)


def pickup_of(hold: Hold) -> str:
    return Hold.objects.get(pk=hold.pk).pickup.code


def test_who_asks_for_a_site_while_it_is_closed_collects_at_its_substitute_and_is_moved_back_with_the_others() -> None:
    item()
    before = circulation.place_hold(
        patron=hanako(), want=circulation.Want((kokoro(),)), pickup=kita(), by=at_desk(), at=AT
    )  # fmt: skip
    closure = closed_for_two_days(kita(), substitute=chuo())
    want = {"want": circulation.Want((kokoro(),)), "by": at_desk(via="telephone"), "at": LATER}
    asked = circulation.place_hold(patron=taro(), pickup=kita(), accepted_at=AT - timedelta(days=1), **want)
    assert (pickup_of(asked), asked.pickup.code) == ("CHUO", "CHUO")
    told = Entry.objects.filter(event="circulation.pickup-changed", particulars__instead_of="KITA").get()
    assert (told.patron_key, told.particulars["site_closes"]) == (asked.patron.key, True)
    circulation.undo_close_site(closure=closure, by=at_desk(), at=LATER)
    assert [pickup_of(hold) for hold in (before, asked)] == ["KITA", "KITA"]
    again = circulation.place_hold(
        patron=patron("次の人", "つぎのひと", "20000099"), pickup=kita(), **want
    )  # fmt: skip
    assert pickup_of(again) == "KITA"


def test_a_pickup_that_is_changed_to_a_closed_site_is_its_substitute_and_goes_there_when_that_opens_after_all() -> None:
    minami = facility("MINAMI", "南図書館")
    item()
    want = circulation.Want((kokoro(),))
    hold = circulation.place_hold(patron=hanako(), want=want, pickup=minami, by=at_desk(), at=AT)
    closure = closed_for_two_days(kita(), substitute=chuo())
    circulation.change_pickup(hold=hold, pickup=kita(), by=at_desk(), at=LATER)
    assert pickup_of(hold) == "CHUO"
    circulation.undo_close_site(closure=closure, by=at_desk(), at=LATER)
    assert pickup_of(hold) == "KITA"


def test_of_a_substitute_that_is_closed_too_the_next_one_stands_in_and_one_after_the_other_is_taken_back() -> None:
    minami = facility("MINAMI", "南図書館")
    item()
    first = closed_for_two_days(kita(), substitute=minami)
    second = closed_for_two_days(minami, substitute=chuo())
    want = circulation.Want((kokoro(),))
    hold = circulation.place_hold(patron=hanako(), want=want, pickup=kita(), by=at_desk(), at=LATER)
    pickups = [pickup_of(hold)]
    for closure in (second, first):
        circulation.undo_close_site(closure=closure, by=at_desk(), at=LATER)
        pickups.append(pickup_of(hold))
    assert pickups == ["CHUO", "MINAMI", "KITA"]


def test_what_lies_ready_at_a_site_that_closes_is_counted_until_it_was_fetched() -> None:
    book = item()
    circulation.place_hold(patron=hanako(), want=circulation.Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT)
    circulation.check_in(item=book, by=at_desk(), at=AT)
    days = {"first_on": TODAY, "last_on": TODAY + timedelta(days=1)}
    plans = [circulation.plan_closure(facility=chuo(), **days, substitute=other) for other in (kita(), None)]
    assert [plan.leaving for plan in plans] == [1, 0]
    closed_for_two_days(chuo(), substitute=kita())
    assert circulation.left_behind([chuo().pk])[chuo().pk] == 1
    circulation.check_in(item=book, by=at_desk(), at=LATER)
    assert circulation.left_behind([chuo().pk])[chuo().pk] == 0


def test_a_shift_taken_back_leaves_alone_what_was_renewed_since() -> None:
    first, second = item(), item("30000025")
    loan = circulation.check_out(item=first, patron=hanako(), by=at_desk(), at=AT)
    other = circulation.check_out(item=second, patron=Patron.objects.get(), by=at_desk(), at=AT)
    due, new = loan.due_on, loan.due_on + timedelta(days=7)
    shift = circulation.shift_due_dates(first_on=due, last_on=due, new_due_on=new, by=at_desk(), at=AT)
    circulation.renew(loan=other, by=at_desk(), at=AT + timedelta(days=10))
    done = circulation.undo_shift(shift=shift, by=at_desk(), at=LATER)
    assert [(one.message, one.why.code) for one in done.left] == [("not-undone:30000025", "left-renewed")]
    assert (done.put_back, done.returned) == (1, 0)
    assert Loan.objects.get(pk=loan.pk).due_on == due
    assert Loan.objects.get(pk=other.pk).due_on > new


def test_a_new_date_inside_the_closure_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        circulation.plan_shift(first_on=TODAY, last_on=TODAY + timedelta(days=2), new_due_on=TODAY)
    assert codes(refused) == ["new-due-too-early"]


def test_only_hours_kept_for_an_audience_turn_anybody_away() -> None:
    school = AudienceHours.read({"audience": "school", "opens": "08:30", "closes": "16:00"})
    evening = AudienceHours.read({"opens": "16:00", "closes": "18:00", "weekdays": ["wednesday"]})
    noon, late = datetime(2026, 5, 20, 12), datetime(2026, 5, 20, 17)
    assert serves([evening], frozenset(), noon)
    assert not serves([school, evening], frozenset(), noon)
    assert serves([school, evening], frozenset({"school"}), noon)
    assert serves([school, evening], frozenset(), late)


# ---- reminders ---------------------------------------------------------------------------------------


def test_of_several_missed_stages_the_last_is_carried_out() -> None:
    stages = (Stage(7, "e-mail"), Stage(14, "telephone"), Stage(30, "letter"))
    due = date(2026, 5, 1)
    assert stage_due(stages, due_on=due, on=date(2026, 5, 7), reminded=[]) is None
    assert stage_due(stages, due_on=due, on=date(2026, 5, 20), reminded=[]) == Stage(14, "telephone")
    assert stage_due(stages, due_on=due, on=date(2026, 5, 20), reminded=[14]) is None
    assert stage_due(stages, due_on=due, on=date(2026, 6, 20), reminded=[14]) == Stage(30, "letter")


def test_a_household_is_told_once_and_is_off_the_list_when_everything_came_back() -> None:
    mother = hanako()
    child = patron("水野 健太", "みずの けんた", "20004342", born_on=date(2018, 5, 20), guardian=mother)
    mine, his = item(), item("30000025")
    circulation.check_out(item=mine, patron=mother, by=at_desk(), at=AT)
    circulation.check_out(item=his, patron=child, by=at_desk(), at=AT)
    night = AT + timedelta(days=50)
    assert circulation.remind(by=SYSTEM, at=night) == []
    (letter,) = Reminder.objects.all()
    assert (letter.patron, letter.channel, letter.stage) == (mother, "postcard", 30)
    assert circulation.reminders_to_do("postcard") == [letter]
    assert len(circulation.overdue_of_household(mother, night.date())) == 2
    assert circulation.remind(by=SYSTEM, at=night + timedelta(days=1)) == []
    assert Entry.objects.filter(event="circulation.overdue-reminded").count() == 1
    for book in (mine, his):
        circulation.check_in(item=book, by=at_desk(), at=night + timedelta(days=1))
    assert circulation.reminders_to_do("postcard") == []


def test_a_reminder_done_is_done_once() -> None:
    circulation.check_out(item=item(), patron=hanako(), by=at_desk(), at=AT)
    circulation.remind(by=SYSTEM, at=AT + timedelta(days=30))
    (call,) = circulation.reminders_to_do("telephone")
    assert circulation.finish_reminders(reminders=[call.pk], by=at_desk(), at=LATER) == [call.pk]
    assert circulation.finish_reminders(reminders=[call.pk], by=at_desk(), at=LATER) == []


def test_disaster_mode_holds_reminders_back_and_they_are_made_good_as_one() -> None:
    circulation.check_out(item=item(), patron=hanako(), by=at_desk(), at=AT)
    declare_disaster(by=SYSTEM, at=AT)
    night = AT + timedelta(days=50)
    assert circulation.remind(by=SYSTEM, at=night) == ["reminders-held-back"]
    end_disaster(by=SYSTEM, at=night)
    circulation.remind(by=SYSTEM, at=night + timedelta(days=1))
    assert Loan.objects.get().reminded == [30]


# ---- two records of one reader -----------------------------------------------------------------------


def test_the_old_card_leads_to_the_record_that_lives_on() -> None:
    old, living = hanako(), taro()
    book = item()
    circulation.check_out(item=book, patron=old, by=at_desk(), at=AT)
    circulation.merge_patron(old=old, into=living, by=at_desk(), at=LATER)
    assert find_patron_by_card("20004318") == living
    assert Loan.objects.get().patron == living
    old.refresh_from_db()
    assert (old.address, old.closed_at) == ("", LATER)
    with pytest.raises(Refused) as refused:
        circulation.merge_patron(old=old, into=living, by=at_desk(), at=LATER)
    assert codes(refused) == ["patrons-not-two"]


# ---- without a line ----------------------------------------------------------------------------------


def test_a_card_reported_lost_is_noted_at_a_loan_and_asks_for_nothing_though_its_reader_has_a_newer_one() -> None:
    item()
    reissue_card(patron=hanako(), number="20009991", by=SYSTEM, at=AT)
    assert replay(loan_line("a", 1)) == ["applied-with-note:card-stopped"]
    passed = Entry.objects.get(event="circulation.refusal-overridden").particulars
    assert passed["code"] == "card-stopped"
    wish = Line(key="b", kind="hold", at=AT, card="20004318", record=kokoro().pk, pickup="CHUO")
    assert replay(wish) == ["set-aside:card-stopped"]


def test_an_earlier_loan_that_arrives_after_a_later_one_is_entered_and_ended() -> None:
    book = item()
    hanako(), taro()
    assert replay(loan_line("b", 60, card="20004326")) == ["applied"]
    assert replay(loan_line("a", 0)) == ["applied-with-note:superseded-by-later-loan"]
    standing = Loan.objects.open().get(item=book)
    assert standing.patron == Patron.objects.get(name="北川 太郎")
    ended = Loan.objects.exclude(returned_at=None).get()
    assert (ended.lent_at, ended.returned_at, ended.patron) == (AT, standing.lent_at, None)


def test_a_return_older_than_the_loan_that_is_open_waits_for_a_person() -> None:
    book = item()
    circulation.check_out(item=book, patron=hanako(), by=at_desk(), at=AT + timedelta(hours=1))
    assert replay(return_line("a", 0)) == ["set-aside:older-than-open-loan"]
    (line,) = circulation.lines_to_settle(chuo())
    circulation.settle_line(line=line, by=at_desk(), at=LATER)
    assert circulation.lines_to_settle(chuo()) == []


def test_a_loan_of_a_book_that_was_seen_again_since_has_ended() -> None:
    book = item()
    hanako()
    circulation.check_in(item=book, by=at_desk(), at=AT + timedelta(hours=2))
    assert replay(loan_line("a", 0)) == ["applied-with-note:seen-since"]
    assert not Loan.objects.open().exists()
    assert states_of([book], LATER)[book.pk].kind == "on-shelf"


def test_a_list_that_was_tampered_with_is_refused_whole() -> None:
    item()
    hanako()
    lines = (loan_line("a", 0), return_line("b", 5))
    signature = signature_of(map(written, lines), terminal().secret)
    shorter = Batch(terminal="T1", site="CHUO", skew_seconds=0, lines=lines[:1], signature=signature)
    with pytest.raises(Refused) as refused:
        circulation.replay_offline(batches=[shorter], by=at_desk(), at=LATER)
    assert codes(refused) == ["batch-signature-broken"]
    assert not Loan.objects.exists()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_whatever_the_order_of_the_lists_the_rows_are_the_same(order: tuple[int, int]) -> None:
    item(), item("30000025")
    hanako(), taro()
    prepared = terminal()
    lists = (
        (loan_line("a", 0), return_line("b", 10)),
        (loan_line("c", 20, card="20004326"), loan_line("d", 5, card="20004326", barcode="30000025")),
    )
    batches = [
        Batch(
            terminal="T1",
            site="CHUO",
            skew_seconds=0,
            lines=lists[number],
            signature=signature_of(map(written, lists[number]), prepared.secret),
        )
        for number in order
    ]
    for _ in range(3):
        circulation.replay_offline(batches=batches, by=at_desk(), at=LATER)
    rows = Loan.objects.order_by("lent_at").values_list("item__barcode", "patron__name", "lent_at", "returned_at")
    assert list(rows) == [
        ("30000017", None, AT, AT + timedelta(minutes=10)),
        ("30000025", "北川 太郎", AT + timedelta(minutes=5), None),
        ("30000017", "北川 太郎", AT + timedelta(minutes=20), None),
    ]


def test_a_reader_registered_without_a_line_has_a_card_and_the_number_is_forgotten_when_settled() -> None:
    item()
    hanako()
    line = Line(key="r", kind="register", at=AT, card="20004334", name="南 次郎", category="adult")
    assert replay(line, loan_line("a", 1, card="20004334")) == ["applied", "applied"]
    again = Line(key="s", kind="register", at=AT, card="20004334", name="南 次郎", category="adult")
    assert replay(again) == ["set-aside:card-number-taken"]
    row = ReplayedLine.objects.get()
    circulation.settle_line(line=row, by=at_desk(), at=LATER)
    row.refresh_from_db()
    assert row.card == ""


def test_what_the_bus_did_without_a_line_counts_for_the_stop_of_that_day() -> None:
    item(), hanako()
    _this_week, last_week = (bus_stop(code, first) for code, first in (("AOBA", "2026-05-20"), ("MORI", "2026-05-13")))
    circulation.prepare_terminal(facility=last_week, code="T1", by=at_desk("MORI"), at=AT)
    assert replay(loan_line("a", 0), site="MORI") == ["applied"]
    assert Loan.objects.get().lent_facility.code == "AOBA"
    days = calendars_by_day(last_week, [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=7)])
    assert [calendar.is_open(TODAY) for calendar in days] == [True, False, False]


def bus_stop(code: str, first: str) -> Facility:
    rules = [{"open_every_days": 14, "first": first}]
    fortnight = organisation.write_calendar(code=code, name=code, rules=rules, by=SYSTEM, at=AT)
    return organisation.add_facility(
        code=code, name=code, agency=agency(), calendar=fortnight, kind="stop", opens=time(9), closes=time(11),
        by=SYSTEM, at=AT,
    )  # fmt: skip


def test_the_stock_of_a_site_that_works_elsewhere_is_on_its_shelf_and_out_of_reach_until_it_is_back() -> None:
    book, other = item(), item("30000025", home=kita())
    hours = {"opens": time(10), "closes": time(17)}
    circulation.open_temporary_site(
        facility=chuo(), until=TODAY + timedelta(days=90), address="駅前2-3", **hours, by=at_desk(), at=AT
    )
    states = states_of([book, other], AT)
    assert states[book.pk].is_resting and not states[book.pk].is_available and states[other.pk].is_available
    assert [one.is_available for one in copies_polled([book.record_id])[book.record_id]] == [False, True]
    circulation.end_temporary_site(facility=chuo(), by=at_desk(), at=LATER)
    assert states_of([book], LATER)[book.pk].is_available


def test_a_reader_does_not_wait_for_a_copy_that_a_moving_site_leaves_on_its_shelf() -> None:
    left, hours = item(home=kita()), {"opens": time(10), "closes": time(17)}
    hold = circulation.place_hold(
        patron=hanako(), want=circulation.Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=AT
    )
    assert circulation.pick_list(kita()) == [left]
    circulation.open_temporary_site(
        facility=kita(), until=TODAY + timedelta(days=90), address="駅前2-3", **hours, by=at_desk(), at=AT
    )
    assert circulation.pick_list(kita()) == [] and circulation.standing_of_hold(hold, AT).position == 1
    circulation.check_in(item=item("30000025"), by=at_desk(), at=LATER)
    assert circulation.standing_of_hold(hold, LATER).state == "ready"
