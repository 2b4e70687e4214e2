"""移動図書館 and calendars to take along: where the bus stops next, in words and as iCal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar
from django.utils.translation import gettext

from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendars_for, facilities
from fumikura.organisation.rules import Calendar, NeverOpen, as_day
from fumikura.web.design.days import day, week_day
from fumikura.web.design.names import name_of

AHEAD = timedelta(days=400)
SHOWN = 4
"""So many next visits are listed."""
FORTNIGHT = 14


@dataclass(frozen=True)
class Stop:
    """One stop of the bus."""

    place: Facility
    name: str
    week: str
    """A or B where the bus comes every other week; else empty."""
    weekday: str
    hours: str
    next: tuple[str, ...]
    visits: tuple[date, ...]


def stops(today: date) -> list[Stop]:
    """Every stop, the one that is visited next first."""
    places = [place for place in facilities() if place.kind == Facility.Kind.STOP]
    calendars = calendars_for(places)
    found = [_stop(place, calendars[place.pk], today) for place in places]
    return sorted(found, key=lambda stop: (stop.visits[:1] or (date.max,), stop.place.opens))


def _stop(place: Facility, calendar: Calendar, today: date) -> Stop:
    visits = visits_of(calendar, today, count=SHOWN)
    return Stop(
        place=place,
        name=name_of(place),
        week=_week(place),
        weekday=week_day(visits[0]) if visits else "",
        hours=f"{place.opens:%-H:%M} – {place.closes:%-H:%M}",
        next=tuple(day(visit, today) for visit in visits),
        visits=visits,
    )


def visits_of(calendar: Calendar, since: date, *, count: int) -> tuple[date, ...]:
    """The next days on which a place is open; fewer when the calendar ends."""
    found: list[date] = []
    on = since
    try:
        for _ in range(count):
            on = calendar.next_open(on)
            found.append(on)
            on += timedelta(days=1)
    except NeverOpen:
        pass
    return tuple(found)


def _week(place: Facility) -> str:
    """Weeks are counted from Monday 2024-01-01: even ones are A, odd ones B."""
    for rule in place.calendar.rules:
        if rule.get("open_every_days") and int(rule["open_every_days"]) == FORTNIGHT:
            weeks = (as_day(rule["first"]) - date(2024, 1, 1)).days // 7
            return "AB"[weeks % 2]
    return ""


def ical_of(places: Sequence[Facility], *, at: datetime, since: date, host: str) -> bytes:
    """A stop has its visits in it, with their hours; every other place the days on which it is closed."""
    calendars = calendars_for(places)
    book = icalendar.Calendar()
    book.add("prodid", "-//Fumikura//JA")
    book.add("version", "2.0")
    book.add("x-wr-calname", ", ".join(name_of(place) for place in places[:3]))
    for place in places:
        calendar = calendars[place.pk]
        days = (since + timedelta(days=ahead) for ahead in range(AHEAD.days))
        for on in days:
            visits = place.kind == Facility.Kind.STOP
            if calendar.is_open(on) == visits:
                book.add_component(_event(place, on, at=at, host=host, visits=visits))
    told: bytes = book.to_ical()
    return told


def _event(place: Facility, on: date, *, at: datetime, host: str, visits: bool) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{place.code}-{on:%Y%m%d}@{host}")
    event.add("dtstamp", at)
    if visits:
        event.add("summary", name_of(place))
        event.add("dtstart", datetime.combine(on, place.opens, tzinfo=at.tzinfo))
        event.add("dtend", datetime.combine(on, place.closes, tzinfo=at.tzinfo))
        event.add("location", place.address)
    else:
        event.add("summary", gettext("休館：{place}").format(place=name_of(place)))
        event.add("dtstart", on)
        event.add("dtend", on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event
