"""Facilities, their calendars, and the days on which they depart from them."""

from datetime import UTC, date, datetime

import pytest

from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.organisation import queries, services
from fumikura.organisation.models import ExceptionalDay
from tests import cast

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 5, 18)


def test_an_exceptional_opening_beats_the_calendar_until_it_is_taken_back() -> None:
    chuo = cast.chuo()
    assert not queries.calendar_for(chuo).is_open(MONDAY)
    services.open_day(facility=chuo, on=MONDAY, note="蔵書点検のふりかえ", by=cast.SYSTEM, at=cast.AT)
    assert queries.calendar_for(chuo).is_open(MONDAY)
    services.close_day(facility=chuo, on=MONDAY, by=cast.SYSTEM, at=cast.AT)
    assert not queries.calendar_for(chuo).is_open(MONDAY)
    assert ExceptionalDay.objects.count() == 1
    services.follow_calendar(facility=chuo, on=MONDAY, by=cast.SYSTEM, at=cast.AT)
    assert not ExceptionalDay.objects.exists()
    states = Entry.objects.filter(event="organisation.calendar-changed", particulars__facility="CHUO")
    assert [entry.particulars["state"] for entry in states.order_by("id")] == ["open", "closed", "as-usual"]


def test_one_site_does_not_close_another() -> None:
    by = cast.acting("organisation.change-calendar", facility="KITA")
    services.close_day(facility=cast.kita(), on=MONDAY, by=by, at=cast.AT)
    with pytest.raises(NotPermitted):
        services.close_day(facility=cast.chuo(), on=MONDAY, by=by, at=cast.AT)


@pytest.mark.parametrize(
    ("utc", "open_today", "open_now", "next_open"),
    [
        (datetime(2026, 5, 20, 1, tzinfo=UTC), True, True, date(2026, 5, 20)),
        (datetime(2026, 5, 19, 23, tzinfo=UTC), True, False, date(2026, 5, 20)),
        (datetime(2026, 5, 17, 10, tzinfo=UTC), True, False, date(2026, 5, 19)),
        (datetime(2026, 5, 18, 3, tzinfo=UTC), False, False, date(2026, 5, 19)),
    ],
)
def test_opening_today_is_told_in_local_time(utc: datetime, open_today: bool, open_now: bool, next_open: date) -> None:
    told = queries.opening_today(cast.chuo(), utc)
    assert (told.is_open_today, told.is_open_now, told.next_open_on) == (open_today, open_now, next_open)


def test_a_calendar_that_cannot_be_read_is_refused_rule_by_rule() -> None:
    with pytest.raises(Refused) as refused:
        services.write_calendar(
            code="X", name="x", rules=[{"weekday": "someday"}, {"moon": "full"}], by=cast.SYSTEM, at=cast.AT
        )
    assert [reason.code for reason in refused.value.reasons] == ["calendar-malformed"] * 2


def test_a_facility_comes_with_its_desks_and_its_code_is_its_own() -> None:
    assert [desk.code for desk in queries.service_points(cast.kita())] == ["KITA-1", "KITA-2"]
    with pytest.raises(Refused, match="facility-unknown"):
        queries.find_facility("NOWHERE")


def test_an_agency_with_an_unknown_check_scheme_is_refused() -> None:
    with pytest.raises(Refused, match="check-scheme-unknown"):
        cast.agency("OTHER", item_check="m10w9")


def test_many_calendars_are_one_query(django_assert_num_queries) -> None:
    cast.chuo(), cast.kita()
    everything = queries.facilities()
    with django_assert_num_queries(1):
        queries.calendars_for(everything)


def test_a_site_is_called_and_written_to_under_one_way_of_writing() -> None:
    chuo = cast.facility(postcode="９９９０００１", phone="０７１（０００）１００１")
    assert (chuo.postcode, chuo.phone) == ("999-0001", "071-000-1001")
    with pytest.raises(Refused) as refused:
        services.change_facility(facility=chuo, phone="000-1001", postcode="12", by=cast.SYSTEM, at=cast.AT)
    assert [reason.code for reason in refused.value.reasons] == ["telephone-wrong", "postcode-wrong"]
    assert chuo.phone == queries.find_facility("CHUO").phone == "071-000-1001"
    services.change_facility(facility=chuo, phone="", by=cast.SYSTEM, at=cast.AT)
    assert queries.find_facility("CHUO").phone == ""


def test_who_works_at_a_place_learns_of_a_disaster_with_the_place_itself(django_assert_num_queries) -> None:
    cast.chuo()
    assert queries.disaster_since(queries.workplace_coded("CHUO")) is None
    services.declare_disaster(by=cast.SYSTEM, at=cast.AT)
    with django_assert_num_queries(1):
        assert queries.disaster_since(queries.workplace_coded("CHUO")) == cast.AT
    services.end_disaster(by=cast.SYSTEM, at=cast.AT)
    assert queries.disaster_since(queries.workplace_coded("CHUO")) is None
    assert queries.workplace_coded("NOWHERE") is None
