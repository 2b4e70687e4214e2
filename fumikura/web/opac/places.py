"""Places as readers know them: their names, whether they are open, and the one a reader usually goes to."""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from fumikura.organisation import queries
from fumikura.organisation.models import Facility
from fumikura.organisation.rules import Calendar, NeverOpen
from fumikura.web.design.days import in_japanese
from fumikura.web.design.names import name_of

USUAL_COOKIE = "library"
_LOOK_AHEAD = 60
_MIDNIGHT = time(23, 59)


def names() -> dict[str, str]:
    """Every place's name by its code, in the reader's language."""
    own = in_japanese()
    return {code: name if own else name_en or name for code, name, name_en in queries.place_names()}


def pickups() -> list[tuple[str, str]]:
    """(code, name) of the places where everybody may collect."""
    return [(place.code, name_of(place)) for place in queries.facilities() if place.pickup == Facility.Pickup.ALL]


def usual_code(request: HttpRequest) -> str:
    """Code of the library that the reader chose, or empty."""
    return request.COOKIES.get(USUAL_COOKIE, "")


@dataclass(frozen=True)
class Today:
    """One place as it is at this moment."""

    place: Facility
    name: str
    opening: queries.Opening
    next_closed_on: date | None
    """The next day off within two months; None when there is none."""
    minutes_left: int
    is_usual: bool

    @property
    def hours(self) -> str:
        """9:00 – 20:00."""
        if self.place.opens == time.min and self.place.closes >= _MIDNIGHT:
            return gettext("24時間")
        return f"{self.place.opens:%-H:%M} – {self.place.closes:%-H:%M}"

    @property
    def hours_left(self) -> int:
        return self.minutes_left // 60

    @property
    def opens_later_today(self) -> bool:
        return self.opening.is_open_today and not self.opening.is_open_now and not self.is_over

    @property
    def is_over(self) -> bool:
        """It was open today and has closed."""
        return self.opening.is_open_today and not self.opening.is_open_now and self.minutes_left <= 0


def all_today(request: HttpRequest, at: datetime) -> list[Today]:
    """Every place, two queries in all; the reader's usual one is marked."""
    places = queries.facilities()
    if not places:
        return []
    calendars = queries.calendars_for(places)
    usual = _usual(request, places)
    return [_today(place, calendars[place.pk], at, is_usual=place == usual) for place in places]


def _usual(request: HttpRequest, places: Sequence[Facility]) -> Facility:
    wanted = usual_code(request)
    return next((place for place in places if place.code == wanted), places[0])


def _today(place: Facility, calendar: Calendar, at: datetime, *, is_usual: bool) -> Today:
    local = timezone.localtime(at)
    closing = local.replace(hour=place.closes.hour, minute=place.closes.minute, second=0, microsecond=0)
    return Today(
        place=place,
        name=name_of(place),
        opening=_opening(place, calendar, at),
        next_closed_on=_next_closed(calendar, local.date()),
        minutes_left=int((closing - local).total_seconds() // 60),
        is_usual=is_usual,
    )


def _opening(place: Facility, calendar: Calendar, at: datetime) -> queries.Opening:
    try:
        return queries.opening(place, calendar, at)
    except NeverOpen:
        return queries.Opening(
            is_open_today=False,
            is_open_now=False,
            opens=place.opens,
            closes=place.closes,
            next_open_on=timezone.localdate(at),
        )


def _next_closed(calendar: Calendar, today: date) -> date | None:
    days = (today + timedelta(days=ahead) for ahead in range(1, _LOOK_AHEAD))
    return next((day for day in days if not calendar.is_open(day)), None)


@dataclass(frozen=True)
class Day:
    on: date
    is_open: bool
    is_today: bool
    is_other_month: bool
    note: str


def month_of(place: Facility, first: date, today: date) -> list[list[Day]]:
    """The weeks of a month, Sunday first as on Japanese wall calendars."""
    weeks = months.Calendar(firstweekday=months.SUNDAY).monthdatescalendar(first.year, first.month)
    calendar = queries.calendar_for(place)
    exceptions = queries.exceptional_days(place, since=weeks[0][0], until=weeks[-1][-1])
    notes = {day.on: day.note for day in exceptions}
    return [
        [
            Day(
                on=on,
                is_open=calendar.is_open(on),
                is_today=on == today,
                is_other_month=on.month != first.month,
                note=notes.get(on, ""),
            )
            for on in week
        ]
        for week in weeks
    ]
