from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fumikura.organisation.rules import (
    WEEKDAYS,
    AudienceHours,
    Calendar,
    NeverOpen,
    problems,
    weekdays_for,
    weekdays_of_desk,
    weekdays_to_collect,
)

MONDAY = ({"weekday": "monday", "on_holiday": "next-weekday"}, {"yearly_from": "12-29", "yearly_to": "01-03"})
COMMUNITY = ({"weekday": "monday", "on_holiday": "closed-and-next-weekday"}, {"national_holidays": "closed"})


def closed(calendar: Calendar, first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return [day.isoformat() for day in days if not calendar.is_open(day)]


def test_a_holiday_monday_is_open_and_the_next_plain_weekday_closes_instead() -> None:
    assert closed(Calendar(MONDAY), "2026-05-02", "2026-05-12") == ["2026-05-07", "2026-05-11"]


def test_the_community_centre_is_closed_from_sunday_to_thursday_in_golden_week() -> None:
    assert closed(Calendar(COMMUNITY), "2026-05-02", "2026-05-08") == [f"2026-05-0{n}" for n in range(3, 8)]


def test_new_year_and_the_mondays_around_it_make_one_run() -> None:
    assert closed(Calendar(MONDAY), "2026-12-27", "2027-01-05") == [
        "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04",
    ]  # fmt: skip


def test_the_third_thursday_is_found_by_counting_thursdays() -> None:
    terminal = Calendar(({"weekday": "thursday", "nth": 3, "on_holiday": "open"},))
    assert closed(terminal, "2027-06-01", "2027-06-30") == ["2027-06-17"]


def test_a_bus_stop_is_open_every_fourteen_days_only() -> None:
    stop = Calendar(({"open_every_days": 14, "first": "2026-04-08"},))
    assert stop.open_day_after(date(2026, 5, 20), 2) == date(2026, 6, 17)
    assert stop.next_open(date(2026, 4, 1)) == date(2026, 4, 8)


def test_a_council_decision_to_open_is_stronger_than_every_closure() -> None:
    calendar = Calendar((*MONDAY, {"closed_on": ["2026-10-26"]}, {"open_on": ["2026-10-26"]}))
    assert calendar.is_open(date(2026, 10, 26))


def test_an_exceptional_day_is_stronger_than_a_council_decision() -> None:
    calendar = Calendar(({"open_on": ["2026-10-26"]},), {date(2026, 10, 26): False})
    assert not calendar.is_open(date(2026, 10, 26))


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(NeverOpen):
        Calendar(({"yearly_from": "01-01", "yearly_to": "12-31"},)).next_open(date(2026, 5, 20))


def test_rules_that_cannot_be_read_are_named() -> None:
    assert problems(MONDAY) == ()
    assert (
        len(problems([{"weekday": "moonday"}, {"every": "day"}, {"weekday": "monday", "on_holiday": "perhaps"}])) == 3
    )


DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
CALENDARS = st.sampled_from([Calendar(MONDAY), Calendar(COMMUNITY), Calendar()])


@given(calendar=CALENDARS, day=DAYS)
def test_the_next_open_day_is_open_and_nothing_open_lies_before_it(calendar: Calendar, day: date) -> None:
    found = calendar.next_open(day)
    assert found >= day
    assert calendar.is_open(found)
    assert not any(calendar.is_open(day + timedelta(days=n)) for n in range((found - day).days))


@given(calendar=CALENDARS, day=DAYS, count=st.integers(0, 30))
def test_counting_open_days_forth_and_back_agrees(calendar: Calendar, day: date, count: int) -> None:
    assert calendar.open_days_between(day, calendar.open_day_after(day, count)) == count


def test_rules_may_be_written_in_yaml_with_dates_or_with_text() -> None:
    written = yaml.safe_load("[{closed_from: 2026-10-01, closed_to: 2026-11-22}]")
    assert Calendar(tuple(written)).next_open(date(2026, 10, 1)) == date(2026, 11, 23)


def test_a_desk_with_hours_of_its_own_is_closed_on_its_other_days() -> None:
    site = Calendar([{"weekday": "monday"}], {date(2026, 5, 24): True})
    openings = [
        AudienceHours.read(
            {"opens": "10:00", "closes": "16:00", "desk": "CHUO-2", "weekdays": ["wednesday", "saturday"]}
        ),
        AudienceHours.read({"opens": "08:30", "closes": "16:00", "audience": "school"}),
    ]
    desk = site.on_weekdays(weekdays_of_desk(openings, "CHUO-2"))
    assert desk.open_day_after(date(2026, 5, 20), 2) == date(2026, 5, 24)
    assert desk.next_open(date(2026, 5, 25)) == date(2026, 5, 27)
    assert site.on_weekdays(weekdays_of_desk(openings, "CHUO-1")) is site


def test_held_things_are_handed_out_on_the_days_of_whoever_does_it() -> None:
    hours = {"opens": "10:00", "closes": "16:00"}
    openings = [
        AudienceHours.read({**hours, "desk": "CHUO-2", "weekdays": ["saturday"]}),
        AudienceHours.read({**hours, "desk": "CHUO-3", "weekdays": ["wednesday"], "hands_out_holds": True}),
    ]
    assert weekdays_to_collect(openings, "CHUO-2") == weekdays_to_collect(openings) == {"wednesday"}
    assert weekdays_to_collect(openings[:1], "CHUO-2") == {"saturday"}
    assert weekdays_to_collect(openings[:1]) == set(WEEKDAYS)


def test_days_count_for_whoever_may_come_on_them() -> None:
    openings = [
        AudienceHours.read({"opens": "08:30", "closes": "16:00", "audience": "school"}),
        AudienceHours.read({"opens": "16:00", "closes": "18:00", "weekdays": ["wednesday"]}),
    ]
    assert weekdays_for(openings, frozenset()) == {"wednesday"}
    assert weekdays_for(openings, frozenset({"school"})) == set(WEEKDAYS)
    assert weekdays_for([], frozenset()) == set(WEEKDAYS)
