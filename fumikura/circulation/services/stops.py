"""The bookmobile without a line: its terminal was prepared at one stop and works at all of them, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for, calendars_for, facilities
from fumikura.organisation.rules import Calendar


def stop_at(site: Facility, moment: datetime) -> Facility:
    """Where a terminal of this site was then: of a stop, the one stop that is visited at that hour, or on that day.

    Where the timetable leaves several to choose from, or none, it is the site for which it was prepared.
    """
    if site.kind != Facility.Kind.STOP:
        return site
    local = timezone.localtime(moment)
    visited, _calendars = _visited([local.date()])
    today = visited[local.date()]
    now = [stop for stop in today if stop.opens <= local.time() < stop.closes]
    return _one_of(now or today, site)


def calendars_by_day(site: Facility, days: Sequence[date]) -> tuple[Calendar, ...]:
    """By which calendar a loan of each of these days is due: of the stop where the bus will be; else of the site."""
    if site.kind != Facility.Kind.STOP:
        return (calendar_for(site),) * len(days)
    visited, calendars = _visited(days)
    return tuple(calendars[_one_of(visited[day], site).pk] for day in days)


def _visited(days: Sequence[date]) -> tuple[Mapping[date, list[Facility]], Mapping[int, Calendar]]:
    stops = [place for place in facilities() if place.kind == Facility.Kind.STOP]
    calendars = calendars_for(stops)
    return {day: [stop for stop in stops if calendars[stop.pk].is_open(day)] for day in days}, calendars


def _one_of(stops: Sequence[Facility], site: Facility) -> Facility:
    return stops[0] if len(stops) == 1 else site
