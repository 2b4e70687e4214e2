"""便: what a run takes, where it sets it down, and what is late on its way."""

from datetime import datetime, timedelta

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Crate, CrateReading, Transit
from fumikura.circulation.rules.driving import CrateAtStop, days_late, leg_of_reading
from fumikura.circulation.rules.travelling import Timetable, journey
from fumikura.holdings.models import Item, Missing
from fumikura.kernel.refusals import Refused
from fumikura.organisation import rules
from tests.cast import AT, TODAY, chuo, facility, kita
from tests.circulation.cast import at_desk, item

EAST = Timetable(code="EAST", stops=("CHUO", "KITA"), runs=({"CHUO": "09:30", "KITA": "10:00", "back": "11:00"},))
WEST = Timetable(
    code="WEST",
    stops=("CHUO", "NISHI"),
    runs=({"CHUO": "11:15", "NISHI": "12:00"}, {"CHUO": "15:00", "NISHI": "15:30"}),
)


def test_a_thing_changes_vans_where_there_is_time_to_change() -> None:
    legs = journey((EAST, WEST), origin="KITA", destination="NISHI", ready=datetime(2026, 5, 20, 9, 0))
    assert [(leg.route, leg.run, leg.origin, leg.destination) for leg in legs] == [
        ("EAST", 1, "KITA", "CHUO"),
        ("WEST", 2, "CHUO", "NISHI"),
    ]
    assert legs[-1].arrives == datetime(2026, 5, 20, 15, 30)


def test_a_place_on_no_ring_and_a_place_that_is_the_same_have_no_way() -> None:
    assert journey((EAST,), origin="KITA", destination="SCHOOL", ready=datetime(2026, 5, 20)) == ()
    assert journey((), origin="KITA", destination="CHUO", ready=datetime(2026, 5, 20)) == ()


@pytest.mark.parametrize(
    ("here", "destination", "rides_to", "aboard", "leg"),
    [
        ("CHUO", "KITA", "KITA", False, "loaded"),
        ("KITA", "KITA", "KITA", True, "unloaded"),
        ("CHUO", "NISHI", "CHUO", True, "unloaded"),
        ("EKIMAE", "KITA", "KITA", True, "passed"),
        ("KITA", "KITA", "", False, "unloaded"),
    ],
)
def test_a_label_read_in_the_van_means_what_its_place_says(
    here: str, destination: str, rides_to: str, aboard: bool, leg: str
) -> None:
    read = CrateAtStop(here=here, destination=destination, rides_to=rides_to, is_aboard=aboard)
    assert leg_of_reading(read) == leg


def ring() -> None:
    chuo(), kita(), facility("MINAMI", "南図書館")
    circulation.write_route(
        code="VAN",
        name="図書館便",
        stops=["CHUO", "KITA", "MINAMI"],
        runs=[
            {"CHUO": "09:30", "KITA": "11:00", "MINAMI": "11:30", "back": "12:00"},
            {"CHUO": "14:00", "KITA": "14:30", "MINAMI": "15:00", "back": "15:30"},
        ],
        rest_days=["monday"],
        by=at_desk(),
        at=AT,
    )


def travelling(barcode: str = "30000017") -> Item:
    """A book of 北 that was returned at 中央."""
    book = item(barcode, home=kita())
    circulation.check_in(item=book, by=at_desk(), at=AT)
    return book


def packed(crate: str = "101", barcode: str = "30000017") -> Crate:
    return circulation.pack(item=travelling(barcode), crate=crate, by=at_desk(), at=AT)


@pytest.mark.django_db
def test_a_run_takes_what_stands_ready_and_sets_it_down_leg_by_leg() -> None:
    ring()
    crate = packed()
    run = circulation.find_run("VAN", TODAY, 1)
    assert [(load.crate.number, load.origin, load.to, load.is_aboard) for load in circulation.manifest(run)] == [
        ("101", "CHUO", "KITA", False)
    ]
    read = circulation.read_on_run(run=run, crate=crate, stop=chuo(), by=at_desk(), at=AT)
    assert read.leg == "loaded"
    run = circulation.find_run("VAN", TODAY, 1)
    assert run.here == "CHUO" and [load.is_aboard for load in circulation.manifest(run)] == [True]
    read = circulation.read_on_run(run=run, crate=crate, stop=kita(), by=at_desk(), at=AT + timedelta(hours=1))
    assert read.leg == "unloaded"
    assert Transit.objects.open().get().seen_facility == kita()
    assert [(one.leg, one.facility.code) for one in circulation.readings_of(crate)] == [
        ("loaded", "CHUO"),
        ("unloaded", "KITA"),
    ]
    (load,) = circulation.manifest(circulation.find_run("VAN", TODAY, 1))
    assert load.is_set_down and load.to == "KITA"
    assert circulation.manifest(circulation.find_run("VAN", TODAY, 2)) == []


@pytest.mark.django_db
def test_a_crate_that_was_carried_past_its_stop_goes_with_the_next_van() -> None:
    ring()
    crate = packed()

    def run(number: int = 1) -> circulation.PlannedRun:
        return circulation.find_run("VAN", TODAY, number)

    def note(what: str, stop) -> None:
        circulation.note_run(run=run(), what=what, facility=stop, by=at_desk(), at=AT)

    assert circulation.read_on_run(run=run(), crate=crate, stop=chuo(), by=at_desk(), at=AT).leg == "loaded"
    note("left", chuo())
    note("went", kita())
    (load,) = circulation.manifest(run())
    assert load.is_aboard and load.to == "CHUO" and circulation.manifest(run(2)) == []
    note("back", chuo())
    (load,) = circulation.manifest(run(2))
    assert (load.origin, load.to, load.is_aboard) == ("CHUO", "KITA", False)


@pytest.mark.django_db
def test_a_crate_that_no_leg_of_this_van_serves_is_refused() -> None:
    ring()
    school = facility("GAKKO", "第一小学校")
    book = item(home=school)
    circulation.check_in(item=book, by=at_desk(), at=AT)
    crate = circulation.pack(item=book, crate="9", by=at_desk(), at=AT)
    run = circulation.find_run("VAN", TODAY, 1)
    with pytest.raises(Refused) as refused:
        circulation.read_on_run(run=run, crate=crate, stop=kita(), by=at_desk(), at=AT)
    assert [reason.kind for reason in refused.value.reasons] == ["not-this-van"]
    assert not CrateReading.objects.exists()


@pytest.mark.django_db
def test_the_drive_is_noted_stop_by_stop_and_the_last_note_can_be_taken_back() -> None:
    ring()
    by = at_desk()

    def note(what: str, minutes: int, stop=None) -> str:
        run = circulation.find_run("VAN", TODAY, 1)
        circulation.note_run(run=run, what=what, facility=stop or chuo(), by=by, at=AT + timedelta(minutes=minutes))
        return circulation.find_run("VAN", TODAY, 1).here

    assert circulation.find_run("VAN", TODAY, 1).here == "CHUO"
    assert note("left", 0) == "KITA"
    assert note("came", 30, kita()) == "KITA"
    assert note("went", 35, kita()) == "MINAMI"
    assert note("taken-back", 36) == "KITA"
    assert note("went", 37, kita()) == "MINAMI"
    assert note("went", 50, facility("MINAMI")) == "CHUO"
    assert note("back", 90) == ""


@pytest.mark.django_db
def test_no_van_drives_on_its_day_off() -> None:
    ring()
    monday = TODAY - timedelta(days=TODAY.weekday())
    assert circulation.runs_on(monday) == []
    assert len(circulation.runs_on(TODAY)) == 2


@pytest.mark.django_db
def test_what_the_van_should_have_brought_is_late_and_a_scan_finds_it() -> None:
    ring()
    book = travelling()
    assert circulation.late_journeys(kita(), AT + timedelta(hours=13)) == []
    (late,) = circulation.late_journeys(kita(), AT + timedelta(days=2))
    assert (late.expected_on, late.days, late.last_at.code) == (TODAY, 2, "CHUO")
    assert late.transit.item == book
    circulation.check_in(item=book, by=at_desk("KITA"), at=AT + timedelta(days=2))
    assert circulation.late_journeys(kita(), AT + timedelta(days=2)) == []


@pytest.mark.django_db
def test_looked_for_in_vain_it_is_missing_and_its_journey_over() -> None:
    ring()
    book = travelling()
    circulation.lose_on_the_way(item=book, by=at_desk("KITA"), at=AT + timedelta(days=3))
    assert Missing.objects.get(found_at=None).item == book
    assert not Transit.objects.open().exists()
    circulation.check_in(item=book, by=at_desk("KITA"), at=AT + timedelta(days=9))
    assert not Missing.objects.filter(found_at=None).exists()
    with pytest.raises(Refused):
        circulation.lose_on_the_way(item=book, by=at_desk("KITA"), at=AT + timedelta(days=9))


def test_closed_days_of_the_destination_make_nothing_late() -> None:
    week = rules.Calendar(({"weekday": "monday"},))
    monday = TODAY - timedelta(days=2)
    assert days_late(arrives_on=monday - timedelta(days=1), today=TODAY - timedelta(days=1), calendar=week) == 1
    assert days_late(arrives_on=TODAY, today=TODAY, calendar=week) == 0


@pytest.mark.django_db
def test_of_two_vans_at_one_stop_the_later_takes_what_the_first_leaves_behind() -> None:
    ring()
    crate = packed()
    first, second = (circulation.find_run("VAN", TODAY, number) for number in (1, 2))
    assert [(load.crate, load.first_with) for load in circulation.manifest(first)] == [(crate, None)]
    [load] = circulation.manifest(second)
    assert load.first_with and load.first_with.number == 1
    circulation.note_run(run=first, what="left", facility=chuo(), by=at_desk(), at=AT)
    assert [load.first_with for load in circulation.manifest(second)] == [None]
