"""予約ロッカー and 図書館ターミナル: what lies ready is handed out without stock and without names."""

from datetime import timedelta

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Crate, Hold, Loan, LockerStay
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from tests.cast import AT, facility, hanako, taro
from tests.circulation.cast import at_desk, item, kokoro

pytestmark = pytest.mark.django_db


def station() -> Facility:
    return facility("EKI", "駅前ターミナル", holds_stock=False)


def ready_at_station(patron: Patron | None = None, barcode: str = "30000017") -> tuple[Item, Hold]:
    book = item(barcode)
    hold = circulation.place_hold(
        patron=patron or hanako(), want=circulation.Want((kokoro(),)), pickup=station(), by=at_desk(), at=AT
    )
    circulation.check_in(item=book, by=at_desk("EKI"), at=AT)
    return book, hold


def locker(doors: int = 2) -> Facility:
    circulation.set_up_locker(facility=station(), doors=doors, by=at_desk(), at=AT)
    return station()


def unstaffed(doors: int = 1) -> Facility:
    """A locker where nobody works, with nothing but doors."""
    Facility.objects.filter(pk=station().pk).update(kind=Facility.Kind.LOCKER)
    return locker(doors)


def on_its_way(patron: Patron, barcode: str, place: Facility) -> tuple[Item, Hold]:
    book = item(barcode)
    hold = circulation.place_hold(patron=patron, want=circulation.Want((kokoro(),)), pickup=place, by=at_desk(), at=AT)
    circulation.check_in(item=book, by=at_desk(), at=AT)
    return book, hold


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.kind for reason in refused.value.reasons]


def test_a_reader_opens_the_door_with_the_code_and_what_lay_there_is_lent() -> None:
    book, hold = ready_at_station()
    eki = locker()
    stay = circulation.fill_locker(item=book, facility=eki, by=at_desk("EKI"), at=AT)
    assert stay.compartment.number == 1 and len(stay.code) == 8
    assert circulation.fill_locker(item=book, facility=eki, by=at_desk("EKI"), at=AT) == stay
    assert circulation.locker_of([hold.pk])[hold.pk].code == stay.code
    opened = circulation.open_locker(code=stay.code, facility=eki, by=at_desk("EKI"), at=AT)
    (loan,) = circulation.collect_from_locker(stay=opened, by=at_desk("EKI"), at=AT)
    assert loan.item == book and Hold.objects.get().closed_as == "fulfilled"
    assert circulation.collect_from_locker(stay=opened, by=at_desk("EKI"), at=AT) == []
    assert [door.state for door in circulation.doors_of(eki, AT.date())] == ["free", "free"]
    assert not LockerStay.objects.exclude(code="").exists()


def test_a_wrong_code_a_faulty_door_and_a_full_locker_are_refused() -> None:
    book, _hold = ready_at_station()
    eki = locker(1)
    with pytest.raises(Refused) as refused:
        circulation.open_locker(code="", facility=eki, by=at_desk("EKI"), at=AT)
    assert codes(refused) == ["locker-code-wrong"]
    stay = circulation.fill_locker(item=book, facility=eki, by=at_desk("EKI"), at=AT)
    other, _ = ready_at_station(taro(), "30000025")
    with pytest.raises(Refused) as refused:
        circulation.fill_locker(item=other, facility=eki, by=at_desk("EKI"), at=AT)
    assert codes(refused) == ["locker-full"]
    circulation.note_door(facility=eki, number=1, fault="開かない", by=at_desk("EKI"), at=AT)
    with pytest.raises(Refused) as refused:
        circulation.open_locker(code=stay.code, facility=eki, by=at_desk("EKI"), at=AT)
    assert codes(refused) == ["locker-door-fault"]


def test_one_scan_at_a_locker_receives_a_book_and_says_its_door() -> None:
    book, hold = on_its_way(hanako(), "30000017", unstaffed())
    back = circulation.check_in(item=book, by=at_desk("EKI"), at=AT)
    assert back.messages == ("put-on-hold-shelf", "put-in-locker:1")
    assert circulation.locker_of([hold.pk])[hold.pk].compartment.number == 1
    again = circulation.check_in(item=book, by=at_desk("EKI"), at=AT)
    assert again.messages == ("already-on-hold-shelf", "put-in-locker:1")


def test_a_locker_that_is_full_says_so_and_its_own_machine_lets_nothing_arrive() -> None:
    eki = unstaffed()
    on_its_way(hanako(), "30000017", eki)
    circulation.bring_to_locker(item=Item.objects.get(), facility=eki, by=at_desk("EKI"), at=AT)
    second, _ = on_its_way(taro(), "30000025", eki)
    with pytest.raises(Refused) as refused:
        circulation.bring_to_locker(item=second, facility=eki, by=at_desk("EKI"), at=AT)
    assert codes(refused) == ["locker-full"] and second.transits.get().arrived_at is None
    assert "locker-has-no-room" in circulation.check_in(item=second, by=at_desk("EKI"), at=AT).messages


@pytest.mark.parametrize("closed", ["cancelled", "expired"])
def test_what_left_through_an_open_door_is_lent_though_the_hold_was_closed_before_the_machine_could_say_so(
    closed: str,
) -> None:
    eki = unstaffed()
    book, hold = on_its_way(hanako(), "30000017", eki)
    circulation.check_in(item=book, by=at_desk("EKI"), at=AT)
    code, later = circulation.locker_of([hold.pk])[hold.pk].code, AT
    opened = circulation.open_locker(code=code, facility=eki, by=at_desk("EKI"), at=AT)
    if closed == "cancelled":
        circulation.cancel_hold(hold=hold, by=at_desk(), at=AT)
    else:
        later = AT + timedelta(days=20)
        circulation.expire_shelf(by=at_desk(), at=later)
    (loan,) = circulation.collect_from_locker(stay=opened, by=at_desk("EKI"), at=later)
    assert (loan.item, loan.patron) == (book, Patron.objects.get())
    assert circulation.collect_from_locker(stay=opened, by=at_desk("EKI"), at=later) == []
    assert LockerStay.objects.get().opened_by is None


def test_what_nobody_collects_any_more_is_read_once_and_goes_on() -> None:
    eki = unstaffed()
    book, hold = on_its_way(hanako(), "30000017", eki)
    circulation.cancel_hold(hold=hold, by=at_desk(), at=AT)
    brought = circulation.bring_to_locker(item=book, facility=eki, by=at_desk("EKI"), at=AT)
    assert brought.stay is None and brought.back and brought.back.stop.to == "CHUO"


def test_a_door_is_free_once_what_lay_behind_it_was_scanned_or_lent_elsewhere() -> None:
    eki = unstaffed()
    book, _hold = on_its_way(hanako(), "30000017", eki)
    facility("KITA", "北図書館")
    circulation.check_in(item=book, by=at_desk("EKI"), at=AT)
    circulation.check_in(item=book, by=at_desk("KITA"), at=AT)
    assert [door.state for door in circulation.doors_of(eki, AT.date())] == ["free"]
    circulation.check_in(item=book, by=at_desk("EKI"), at=AT)
    circulation.check_out(item=book, patron=Patron.objects.get(), by=at_desk("EKI"), at=AT)
    assert [door.state for door in circulation.doors_of(eki, AT.date())] == ["free"]


def test_the_next_reader_gets_another_code_in_the_scan_that_ends_the_days_of_the_last() -> None:
    eki = unstaffed()
    book, first = on_its_way(hanako(), "30000017", eki)
    circulation.check_in(item=book, by=at_desk("EKI"), at=AT)
    code = circulation.locker_of([first.pk])[first.pk].code
    second = circulation.place_hold(patron=taro(), want=circulation.Want((kokoro(),)), pickup=eki, by=at_desk(), at=AT)
    late = AT + timedelta(days=20)
    back = circulation.check_in(item=book, by=at_desk("EKI"), at=late)
    assert "put-in-locker:1" in back.messages
    assert circulation.locker_of([second.pk])[second.pk].code not in {"", code}


def test_a_copy_frees_the_door_it_lay_behind_and_not_that_of_a_hold_to_which_it_was_promised_before() -> None:
    """Found by any verbs in any order: of two doors the other one was said to be free."""
    eki = unstaffed(2)
    facility("KITA", "北図書館")
    want = circulation.Want((kokoro(),))
    first_copy = item()
    hold = circulation.place_hold(patron=hanako(), want=want, pickup=eki, by=at_desk(), at=AT)
    circulation.mark_missing(item=first_copy, by=at_desk(), at=AT)
    second_copy = item("30000025")
    circulation.check_in(item=second_copy, by=at_desk(), at=AT)
    circulation.check_in(item=second_copy, by=at_desk("EKI"), at=AT)
    circulation.place_hold(patron=taro(), want=want, pickup=eki, by=at_desk(), at=AT)
    circulation.check_in(item=first_copy, by=at_desk("EKI"), at=AT)
    assert [door.state for door in circulation.doors_of(eki, AT.date())] == ["kept", "kept"]
    circulation.cancel_hold(hold=hold, by=at_desk(), at=AT)
    circulation.check_in(item=first_copy, by=at_desk("KITA"), at=AT)
    assert [door.state for door in circulation.doors_of(eki, AT.date())] == ["over", "free"]
    circulation.check_in(item=second_copy, by=at_desk("KITA"), at=AT)
    assert [door.state for door in circulation.doors_of(eki, AT.date())] == ["free", "free"]


def test_what_nobody_waits_for_goes_into_no_locker() -> None:
    eki = locker()
    with pytest.raises(Refused) as refused:
        circulation.fill_locker(item=item(), facility=eki, by=at_desk("EKI"), at=AT)
    assert codes(refused) == ["hold-not-ready-here"]


def test_what_is_not_collected_is_to_be_taken_out_and_goes_home() -> None:
    book, _hold = ready_at_station()
    eki = locker()
    circulation.fill_locker(item=book, facility=eki, by=at_desk("EKI"), at=AT)
    later = AT + timedelta(days=20)
    circulation.expire_shelf(by=at_desk(), at=later)
    assert circulation.doors_of(eki, later.date())[0].state == "over"
    circulation.take_out_of_locker(stay=circulation.stay_here(eki, 1), by=at_desk("EKI"), at=later)
    assert LockerStay.objects.get().ended_as == "expired"
    assert circulation.check_in(item=book, by=at_desk("EKI"), at=later).stop.to == "CHUO"


def test_a_code_opens_its_own_locker_only_and_not_after_the_last_day_when_somebody_is_next() -> None:
    book, _hold = ready_at_station()
    eki = locker()
    stay = circulation.fill_locker(item=book, facility=eki, by=at_desk("EKI"), at=AT)
    other = facility("HIROBA", "駅前ひろば", holds_stock=False)
    circulation.set_up_locker(facility=other, doors=1, by=at_desk(), at=AT)
    with pytest.raises(Refused) as refused:
        circulation.open_locker(code=stay.code, facility=other, by=at_desk("HIROBA"), at=AT)
    assert codes(refused) == ["locker-code-wrong"]
    circulation.place_hold(patron=taro(), want=circulation.Want((kokoro(),)), pickup=eki, by=at_desk(), at=AT)
    late = AT + timedelta(days=20)
    with pytest.raises(Refused) as refused:
        circulation.open_locker(code=stay.code, facility=eki, by=at_desk("EKI"), at=late)
    assert codes(refused) == ["hold-shelf-time-over"]
    circulation.expire_shelf(by=at_desk(), at=late)
    with pytest.raises(Refused) as refused:
        circulation.open_locker(code=stay.code, facility=eki, by=at_desk("EKI"), at=late)
    assert codes(refused) == ["locker-code-wrong"]


def test_what_is_taken_from_a_locker_is_lent_though_its_pickup_was_changed_meanwhile() -> None:
    book, hold = ready_at_station()
    eki = locker()
    stay = circulation.fill_locker(item=book, facility=eki, by=at_desk("EKI"), at=AT)
    circulation.change_pickup(hold=hold, pickup=facility("KITA", "北図書館"), by=at_desk(), at=AT)
    opened = circulation.open_locker(code=stay.code, facility=eki, by=at_desk("EKI"), at=AT)
    (loan,) = circulation.collect_from_locker(stay=opened, by=at_desk("EKI"), at=AT)
    assert loan.item == book
    assert Loan.objects.open().count() == 1


def test_the_journal_of_a_locker_keeps_no_code() -> None:
    book, _hold = ready_at_station()
    stay = circulation.fill_locker(item=book, facility=locker(), by=at_desk("EKI"), at=AT)
    assert not [entry for entry in Entry.objects.all() if stay.code in str(entry.particulars)]


def crate_for_station() -> Crate:
    """Two books for 花子 and 太郎 in one crate, given to the van."""
    for patron, barcode in ((hanako(), "30000017"), (taro(), "30000025")):
        item(barcode)
        circulation.place_hold(patron=patron, want=circulation.Want((kokoro(),)), pickup=station(), by=at_desk(), at=AT)
    for barcode in ("30000017", "30000025"):
        book = Item.objects.get(barcode=barcode)
        circulation.check_in(item=book, by=at_desk(), at=AT)
        circulation.pack(item=book, crate="101", by=at_desk(), at=AT)
    return circulation.send_crate(crate=Crate.objects.get(), by=at_desk(), at=AT)


def test_a_terminal_receives_a_whole_crate_and_knows_the_place_of_each_book() -> None:
    crate = crate_for_station()
    came = circulation.receive_whole_crate(crate=crate, by=at_desk("EKI"), at=AT)
    assert (came.ready, came.elsewhere) == (2, ())
    second = circulation.waiting_for_reader(Patron.objects.get(name="北川 太郎"), station())
    assert [(one.item.barcode, one.crate, one.position) for one in second] == [("30000025", "101", 2)]


def test_what_comes_back_at_a_terminal_goes_into_the_crate_that_stands_open() -> None:
    book = item()
    circulation.check_out(item=book, patron=hanako(), by=at_desk(), at=AT)
    station()
    back, crate = circulation.return_into_crate(item=book, facility=station(), by=at_desk("EKI"), at=AT)
    assert (back.stop.to, crate) == ("CHUO", None)
    begun = circulation.pack(item=book, crate="205", by=at_desk("EKI"), at=AT)
    other = item("30000025")
    circulation.check_out(item=other, patron=Patron.objects.get(), by=at_desk(), at=AT)
    _back, crate = circulation.return_into_crate(item=other, facility=station(), by=at_desk("EKI"), at=AT)
    assert crate == begun and crate.lines.count() == 2
    assert not Loan.objects.open().exists()
