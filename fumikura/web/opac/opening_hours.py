"""Opening hours as schema.org wants them: the usual week, and the coming days that depart from it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from fumikura.organisation.rules import EVERYBODY, WEEKDAYS, AudienceHours, Calendar

LOOKED_AT = timedelta(weeks=8)
"""A week of this time stands for all; single days are told as far ahead."""
Span = tuple[time, time]
CLOSED: Span = (time.min, time.min)
"""How a day off is written: it closes when it opens."""


@dataclass(frozen=True)
class Hours:
    opens: time
    closes: time
    weekday: str = ""
    """Monday; empty where it is a single day."""
    on: date | None = None


def usual_hours(
    calendar: Calendar, opens: time, closes: time, openings: Sequence[AudienceHours], today: date
) -> list[Hours]:
    """The weekdays on which it is mostly open, from Monday."""
    usual = _usually_open(calendar, today)
    return [
        Hours(*span, weekday=name.capitalize())
        for name in WEEKDAYS
        if name in usual
        for span in _spans(name, opens, closes, openings)
    ]


def departures(
    calendar: Calendar, opens: time, closes: time, openings: Sequence[AudienceHours], today: date
) -> list[Hours]:
    """The coming days that are not as their weekday usually is."""
    usual = _usually_open(calendar, today)
    found = []
    for day in _days(today):
        name = WEEKDAYS[day.weekday()]
        spans = _spans(name, opens, closes, openings)
        if spans and calendar.is_open(day) != (name in usual):
            found += [Hours(*span, on=day) for span in (spans if calendar.is_open(day) else [CLOSED])]
    return found


def _usually_open(calendar: Calendar, today: date) -> frozenset[str]:
    counts = Counter(WEEKDAYS[day.weekday()] for day in _days(today) if calendar.is_open(day))
    return frozenset(name for name, count in counts.items() if count * 2 > LOOKED_AT.days // 7)


def _days(today: date) -> list[date]:
    return [today + timedelta(days=ahead) for ahead in range(LOOKED_AT.days)]


def _spans(weekday: str, opens: time, closes: time, openings: Sequence[AudienceHours]) -> list[Span]:
    """When everybody may come on this weekday; a place that keeps hours for a school may have none."""
    if all(one.audience == EVERYBODY for one in openings):
        return [(opens, closes)]
    return [(one.opens, one.closes) for one in openings if one.audience == EVERYBODY and weekday in one.weekdays]
