"""Journeys that should have ended by the van's timetable: the list by which two sites look for a thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from fumikura.circulation.models import CrateLine, Transit
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.rules.driving import days_late
from fumikura.circulation.rules.policies import plain
from fumikura.circulation.rules.travelling import Timetable, journey
from fumikura.circulation.services.routes import timetables
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendars_for
from fumikura.organisation.rules import Calendar

WITHOUT_TIMETABLE = 2
"""Open days of the destination after which a thing is late that no timetable brings."""
LOOKED_AT = 500


@dataclass(frozen=True, kw_only=True)
class LateJourney:
    transit: Transit
    last_at: Facility
    """Where it was seen last."""
    last_on: date
    expected_on: date
    days: int
    """Open days of the destination since then."""
    crate: str
    """The number of the crate on whose list it is."""
    missing_after: int
    """Open days unseen after which the night declares it missing; 0: never."""
    unseen: int
    """Open days unseen until now."""


def late_journeys(facility: Facility, at: datetime) -> list[LateJourney]:
    """Late on the way from or to this facility, the latest first."""
    today = timezone.localdate(at)
    ours = Q(origin=facility) | Q(destination=facility) | Q(seen_facility=facility)
    rows = Transit.objects.open().filter(ours, sent_at__lt=at - timedelta(hours=12)).order_by("sent_at")
    rows = rows.select_related("item__record", "origin", "destination__calendar", "seen_facility")
    transits = list(rows.defer("item__record__marc")[:LOOKED_AT])
    calendars = calendars_for(list({transit.destination for transit in transits}))
    crates = dict(
        CrateLine.objects.filter(unpacked_at=None, item__in=[one.item_id for one in transits]).values_list(
            "item", "crate__number"
        )
    )
    longest = plain(rules_in_force(today).rule_set.decide({}, today))["movement.missing_after_open_days"]
    limit = int(longest) if isinstance(longest, int) else 0
    tables = timetables()
    found = []
    for transit in transits:
        calendar = calendars[transit.destination_id]
        expected = _expected_on(transit, calendar, tables)
        days = days_late(arrives_on=expected, today=today, calendar=calendar)
        last_on = timezone.localdate(transit.seen_at or transit.sent_at)
        if days:
            found.append(
                LateJourney(
                    transit=transit,
                    last_at=transit.seen_facility or transit.origin,
                    last_on=last_on,
                    expected_on=expected,
                    days=days,
                    crate=crates.get(transit.item_id, ""),
                    missing_after=limit,
                    unseen=calendar.open_days_between(last_on, today - timedelta(days=1)),
                )
            )
    return sorted(found, key=lambda one: -one.days)


def _expected_on(transit: Transit, calendar: Calendar, tables: Sequence[Timetable]) -> date:
    """When the van that follows its last scan is there; a day off of the destination makes it the next open day."""
    last_at, since = transit.seen_facility or transit.origin, timezone.localtime(transit.seen_at or transit.sent_at)
    ready = since.replace(tzinfo=None)
    legs = journey(tables, origin=last_at.code, destination=transit.destination.code, ready=ready)
    return (
        calendar.next_open(legs[-1].arrives.date())
        if legs
        else calendar.open_day_after(since.date(), WITHOUT_TIMETABLE)
    )
