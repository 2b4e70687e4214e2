"""Holds: fair queues, sets, the hold shelf, and what lending and returning do with them."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Allotment, Hold, ShelfPlace
from fumikura.circulation.queries import states_of
from fumikura.circulation.rules.explaining import MOST_SEEN
from fumikura.circulation.rules.holding import state_of_hold
from fumikura.circulation.services import (
    Want,
    allot_everywhere,
    begin_suspensions,
    cancel_hold,
    change_pickup,
    check_in,
    check_out,
    expire_shelf,
    extend_shelf,
    not_found,
    pick_list,
    place_hold,
    renew,
    standing_of_hold,
    suspend_hold,
    to_clear,
    undo_check_out,
    unite_sets,
    write_route,
)
from fumikura.circulation.services.copies import MOST_FREE
from fumikura.circulation.services.queue import copies_of_titles, waiting_line
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Block, Patron
from tests.cast import AT, SYSTEM, agency, chuo, facility, hanako, kita, patron, taro
from tests.circulation.cast import at_desk, house_rules, item, kokoro

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


def jiro() -> Patron:
    return Patron.objects.filter(name="南 次郎").first() or patron("南 次郎", "みなみ じろう", "20004334")


def waits(someone: Patron, *, pickup: str = "CHUO", record: BibliographicRecord | None = None, after: int = 0) -> Hold:
    places = {"CHUO": chuo, "KITA": kita}
    return place_hold(
        patron=someone,
        want=Want((record or kokoro(),)),
        pickup=places[pickup](),
        by=at_desk(),
        at=AT + timedelta(minutes=after),
    )


def state(hold: Hold) -> str:
    hold.refresh_from_db()
    return state_of_hold(hold.closed_as, copies_of_titles(hold.titles.values_list("pk", flat=True)).values())


def lent(barcode: str = "30000017", **facts: object) -> Item:
    book = item(barcode, **facts)
    check_out(
        item=book,
        patron=hanako() if not Patron.objects.filter(name="水野 花子") else Patron.objects.get(name="水野 花子"),
        by=at_desk(),
        at=AT,
    )
    return book


def told(event: str) -> list[str]:
    entries = Entry.objects.filter(event=event).exclude(patron_key="")
    return [Patron.objects.get(key=entry.patron_key).name for entry in entries]


def test_a_returned_book_goes_to_the_reader_who_asked_first_wherever_that_is() -> None:
    book = lent()
    first, second = waits(taro(), pickup="KITA"), waits(jiro(), after=1)
    back = check_in(item=book, by=at_desk(), at=LATER)
    assert (back.stop.kind, back.stop.to, back.stop.hold) == ("send", "KITA", first.pk)
    assert (state(first), state(second)) == ("travelling", "waiting")
    assert check_in(item=book, by=at_desk("KITA"), at=LATER).stop.kind == "hold-shelf"
    assert state(first) == "ready"
    assert told("circulation.hold-ready") == ["北川 太郎"]


def test_a_slip_typed_late_keeps_the_time_at_which_the_reader_asked() -> None:
    lent()
    web = waits(taro(), after=30)
    slip = place_hold(patron=jiro(), want=Want((kokoro(),)), pickup=chuo(), by=at_desk(), at=LATER, accepted_at=AT)
    assert waiting_line(kokoro().pk) == [slip.pk, web.pk]


def test_a_hold_binds_one_copy_and_leaves_the_others_free() -> None:
    here, there = item("30000017"), item("30000025", home=kita())
    hold = waits(taro(), pickup="KITA")
    assert state(hold) == "allotted"
    assert pick_list(kita()) == [there]
    states = states_of([here, there], AT)
    assert (states[here.pk].is_available, states[there.pk].is_available) == (True, False)
    assert check_out(item=here, patron=jiro(), by=at_desk(), at=LATER).due_on > LATER.date()


def test_the_reader_collects_and_the_hold_leads_to_nobody() -> None:
    book = lent()
    hold = waits(taro())
    check_in(item=book, by=at_desk(), at=LATER)
    check_out(item=book, patron=Patron.objects.get(name="北川 太郎"), by=at_desk(), at=LATER)
    hold.refresh_from_db()
    assert (hold.closed_as, hold.patron) == ("fulfilled", None)
    assert not Entry.objects.filter(subject=f"circulation.hold:{hold.pk}").exclude(patron_key="").exists()


def test_a_held_book_is_refused_to_others_and_the_desk_may_decide_otherwise() -> None:
    book = lent()
    hold = waits(taro())
    check_in(item=book, by=at_desk(), at=LATER)
    with pytest.raises(Refused) as refused:
        check_out(item=book, patron=jiro(), by=at_desk(), at=LATER)
    assert [reason.code for reason in refused.value.reasons] == ["held-for-someone-else"]
    loan = check_out(item=book, patron=jiro(), by=at_desk(), at=LATER, overriding=frozenset({"held-for-someone-else"}))
    assert loan.messages == ("hold-back-in-queue",)
    assert state(hold) == "waiting"
    assert told("circulation.hold-unready") == ["北川 太郎"]


def test_a_visitor_with_the_book_in_hand_beats_a_pick_list() -> None:
    first, second = item("30000017"), item("30000025", home=kita())
    hold = waits(taro())
    assert check_out(item=first, patron=jiro(), by=at_desk(), at=LATER).messages == ("was-on-pick-list",)
    assert state(hold) == "allotted"
    assert Allotment.objects.open().get().item == second


def test_collecting_by_mistake_can_be_taken_back_with_the_hold() -> None:
    book = lent()
    hold, reader = waits(taro()), Patron.objects.get(name="北川 太郎")
    check_in(item=book, by=at_desk(), at=LATER)
    loan = check_out(item=book, patron=reader, by=at_desk(), at=LATER)
    undo_check_out(loan=loan, by=at_desk(), at=LATER)
    assert state(hold) == "ready"
    assert hold.patron == reader


def test_a_hold_stops_a_renewal_and_a_sleeping_one_does_not() -> None:
    book = lent()
    loan = book.loans.get()
    hold = waits(taro())
    with pytest.raises(Refused) as refused:
        renew(loan=loan, by=at_desk(), at=LATER)
    assert [reason.code for reason in refused.value.reasons] == ["holds-waiting"]
    suspend_hold(hold=hold, until=date(2026, 6, 30), by=at_desk(), at=LATER)
    assert renew(loan=loan, by=at_desk(), at=LATER).renewals == 1


def test_a_sleep_that_begins_later_leaves_the_copy_until_its_first_night() -> None:
    item()
    hold = waits(taro())
    assert state(hold) == "allotted"
    suspend_hold(hold=hold, starts_on=date(2026, 6, 1), until=date(2026, 6, 10), by=at_desk(), at=AT)
    assert state(hold) == "allotted"
    assert begin_suspensions(by=SYSTEM, at=AT) == 0
    night = AT + timedelta(days=12)
    assert begin_suspensions(by=SYSTEM, at=night) == 1
    assert state(hold) == "waiting"
    assert allot_everywhere(by=SYSTEM, at=night) == 0
    assert allot_everywhere(by=SYSTEM, at=night + timedelta(days=10)) == 1


def test_a_sleep_does_not_end_before_it_begins() -> None:
    lent()
    hold = waits(taro())
    with pytest.raises(Refused, match="suspension-days"):
        suspend_hold(hold=hold, starts_on=date(2026, 6, 10), until=date(2026, 6, 1), by=at_desk(), at=AT)


def test_nobody_waits_twice_or_for_what_they_have_or_for_nothing() -> None:
    lent()
    waits(taro())
    reference = BibliographicRecord.objects.create(
        source="t", number="9", title="辞典", marc=b"", created_at=AT, changed_at=AT
    )
    item("30000033", record=reference, reference_only=True)
    for someone, record, code in (
        (Patron.objects.get(name="北川 太郎"), kokoro(), "already-held-by-you"),
        (Patron.objects.get(name="水野 花子"), kokoro(), "already-on-loan-to-you"),
        (jiro(), reference, "no-lendable-copy"),
    ):
        with pytest.raises(Refused) as refused:
            waits(someone, record=record)
        assert [reason.code for reason in refused.value.reasons] == [code]


def test_after_the_last_day_the_night_job_frees_the_book_and_the_scan_gives_it_to_the_next() -> None:
    book = lent()
    first, second = waits(taro()), waits(jiro(), after=1)
    check_in(item=book, by=at_desk(), at=LATER)
    until = ShelfPlace.objects.open().get().until
    assert expire_shelf(by=SYSTEM, at=LATER) == []
    night = LATER + timedelta(days=(until - LATER.date()).days + 1)
    assert expire_shelf(by=SYSTEM, at=night) == ["take-off-hold-shelf"]
    assert (state(first), state(second)) == ("expired", "waiting")
    assert check_in(item=book, by=at_desk(), at=night).stop.hold == second.pk


def test_the_house_rules_keep_a_book_seven_open_days_and_no_longer() -> None:
    book = lent()
    hold = waits(taro())
    check_in(item=book, by=at_desk(), at=AT)
    assert ShelfPlace.objects.open().get().until == date(2026, 5, 28)
    with pytest.raises(Refused) as refused:
        extend_shelf(hold=hold, by=at_desk(), at=AT)
    assert [reason.code for reason in refused.value.reasons] == ["extension-used-up"]


def test_a_pickup_changed_while_the_book_lies_ready_sends_it_on() -> None:
    book = lent()
    hold = waits(taro())
    check_in(item=book, by=at_desk(), at=LATER)
    assert change_pickup(hold=hold, pickup=kita(), by=at_desk(), at=LATER) == ("take-off-hold-shelf",)
    back = check_in(item=book, by=at_desk(), at=LATER)
    assert (back.stop.to, back.messages) == ("KITA", ("pickup-was-changed", "send-for-hold"))


def test_cancelling_gives_a_copy_on_a_pick_list_to_the_next() -> None:
    item()
    first, second = waits(taro()), waits(jiro(), after=1)
    cancel_hold(hold=first, by=at_desk(), at=LATER)
    assert (state(first), state(second)) == ("cancelled", "allotted")


def test_a_copy_not_found_twice_is_missing_and_its_reader_is_told() -> None:
    book = item()
    hold = waits(taro())
    assert not_found(item=book, by=at_desk(), at=LATER) == ("search-again",)
    assert state(hold) == "allotted"
    not_found(item=book, by=at_desk(), at=LATER)
    assert states_of([book], LATER)[book.pk].kind == "missing"
    assert (state(hold), told("circulation.hold-requeued")) == ("waiting", ["北川 太郎"])


def test_two_sets_that_hold_each_others_volume_do_not_wait_for_ever() -> None:
    jo, ge = (BibliographicRecord.objects.create(
        source="TEST", number=number, title=number, marc=b"", created_at=AT, changed_at=AT) for number in ("上", "下")
    )  # fmt: skip
    house_rules()
    first, second = item("30000017", record=jo), item("30000025", record=ge)
    for book, reader in ((first, jiro()), (second, jiro())):
        check_out(item=book, patron=reader, by=at_desk(), at=AT)
    both, here, there = Want((jo, ge), kind=Hold.Kind.TOGETHER), at_desk(), at_desk("KITA")
    earlier = place_hold(patron=hanako(), want=both, pickup=chuo(), by=here, at=AT)
    later = place_hold(patron=taro(), want=both, pickup=kita(), by=here, at=AT + timedelta(hours=1))
    check_in(item=first, by=here, at=AT + timedelta(days=1))
    suspend_hold(hold=earlier, until=AT.date() + timedelta(days=2), by=here, at=AT + timedelta(days=1, hours=1))
    check_in(item=second, by=there, at=AT + timedelta(days=2))
    assert (state(earlier), state(later)) == ("collecting", "collecting")
    assert unite_sets(by=SYSTEM, at=AT + timedelta(days=2, hours=1)) == 1
    assert (state(earlier), state(later)) == ("collecting", "collecting"), "the earlier reader still sleeps"
    unite_sets(by=SYSTEM, at=AT + timedelta(days=3))
    assert [clear.why for clear in to_clear(kita(), AT.date() + timedelta(days=3))] == ["moved"]
    check_in(item=second, by=there, at=AT + timedelta(days=3, hours=1))
    check_in(item=second, by=here, at=AT + timedelta(days=3, hours=3))
    assert (state(earlier), state(later)) == ("ready", "waiting")


def test_all_together_is_announced_once_when_the_last_volume_lies_there() -> None:
    second = BibliographicRecord.objects.create(
        source="t", number="2", title="第2巻", marc=b"", created_at=AT, changed_at=AT
    )
    one, two = lent("30000017"), lent("30000025", record=second)
    want = Want((kokoro(), second), kind=Hold.Kind.TOGETHER)
    hold = place_hold(patron=taro(), want=want, pickup=chuo(), by=at_desk(), at=AT)
    assert check_in(item=one, by=at_desk(), at=LATER).messages == ("collect-for-set",)
    assert state(hold) == "collecting"
    assert check_in(item=two, by=at_desk(), at=LATER).messages == ("put-on-hold-shelf",)
    assert state(hold) == "ready"
    assert told("circulation.hold-ready") == ["北川 太郎"]


def test_a_counter_without_stock_is_a_place_to_collect() -> None:
    book = lent()
    counter = facility("EKIMAE", "駅前図書館ターミナル", holds_stock=False)
    place_hold(patron=taro(), want=Want((kokoro(),)), pickup=counter, by=at_desk(), at=AT)
    assert check_in(item=book, by=at_desk("EKIMAE"), at=LATER).stop.kind == "hold-shelf"


def test_when_a_suspension_ends_the_night_finds_the_copy_that_stands_on_a_shelf() -> None:
    book = lent()
    hold = waits(taro())
    suspend_hold(hold=hold, until=date(2026, 5, 30), by=at_desk(), at=AT)
    check_in(item=book, by=at_desk(), at=LATER)
    assert allot_everywhere(by=SYSTEM, at=LATER) == 0
    assert pick_list(chuo()) == []
    assert allot_everywhere(by=SYSTEM, at=AT + timedelta(days=11)) == 1
    assert pick_list(chuo()) == [book]
    assert allot_everywhere(by=SYSTEM, at=AT + timedelta(days=11)) == 0


def test_what_the_van_should_have_brought_yesterday_is_late_and_no_day_is_promised_again() -> None:
    chuo(), kita()
    write_route(
        code="VAN", name="便", stops=["KITA", "CHUO"], runs=[{"KITA": "10:00", "CHUO": "11:00"}], by=at_desk(), at=AT
    )
    book = item(home=kita())
    check_out(item=book, patron=taro(), by=at_desk(), at=AT)
    hold = waits(hanako())
    check_in(item=book, by=at_desk("KITA"), at=AT)
    first = standing_of_hold(hold, AT)
    assert first.state == "travelling" and first.arrives_at and not first.is_late
    late = standing_of_hold(hold, AT + timedelta(days=7))
    assert late.is_late and late.arrives_at is None


def test_nobody_goes_along_the_shelves_after_closing() -> None:
    site, book = chuo(), item()
    hold = waits(hanako())
    evening = timezone.make_aware(datetime.combine(timezone.localdate(AT), site.closes)) + timedelta(minutes=5)
    arrives = standing_of_hold(hold, evening).arrives_at
    assert state(hold) == "allotted" and book.pk
    assert arrives and timezone.localdate(arrives) > timezone.localdate(evening)


def test_a_pause_of_holds_is_called_so() -> None:
    lent()
    reader = taro()
    Block.objects.create(patron=reader, reason="holds-paused", starts_on=timezone.localdate(AT))
    with pytest.raises(Refused) as refused:
        waits(reader)
    assert "holds-paused" in {reason.code for reason in refused.value.reasons}


def test_of_a_title_with_more_copies_than_anybody_looks_at_the_one_at_the_pickup_is_chosen_and_remembered() -> None:
    item("30009999")
    shelf = [
        Item(agency=agency(), barcode=f"4{n:07}", record=kokoro(), home=chuo(), added_on=AT.date())
        for n in range(MOST_FREE + 20)
    ]
    Item.objects.bulk_create(shelf)
    near = item("50000001", home=kita())
    hold = place_hold(patron=hanako(), want=Want((kokoro(),)), pickup=kita(), by=at_desk(), at=AT)
    allotment = Allotment.objects.get(title__hold=hold)
    seen = allotment.snapshot["copies"]
    assert allotment.item == near
    assert len(seen) == MOST_SEEN
    assert seen[-1][:3] == [near.pk, "KITA", 0]
    assert seen == sorted(seen)
