"""When what was found for a reader, or is on its way, comes to where they collect it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils import timezone

from fumikura.circulation.models import Allotment, Hold, Transit
from fumikura.circulation.rules.travelling import Leg, Timetable, journey
from fumikura.circulation.services.routes import timetables
from fumikura.circulation.services.scene import days_to_collect
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendars_for
from fumikura.organisation.rules import Calendar

PICKING_TIME = timedelta(hours=3)
"""From the pick list to the van's shelf."""


@dataclass
class Ways:
    """The ways of the copies that are bound to these holds. What they go by is asked once for all."""

    holds: Sequence[Hold]
    """With their pickups."""
    at: datetime

    def of(self, hold: Hold) -> tuple[datetime | None, tuple[Leg, ...]]:
        """The last of its copies to come, and its way; None when nobody can say."""
        ways: list[tuple[datetime, tuple[Leg, ...]]] = []
        for allotment in self._bound[hold.pk]:
            place, transit = self._place_of(allotment), self._journeys.get(allotment.item_id)
            ready = transit.seen_at or transit.sent_at if transit else self._at_work(place) + PICKING_TIME
            if place.pk == hold.pickup_id:
                ways.append((ready, ()))
            elif legs := self._way(place, hold.pickup, ready):
                ways.append((timezone.make_aware(legs[-1].arrives), legs))
            else:
                return None, ()
        if not ways:
            return None, ()
        last, legs = max(ways, key=lambda way: way[0])
        return self._when_open(last, hold.pickup), legs

    def _place_of(self, allotment: Allotment) -> Facility:
        if transit := self._journeys.get(allotment.item_id):
            return transit.seen_facility or transit.origin
        return allotment.item.stands_at or allotment.item.home

    def _way(self, origin: Facility, destination: Facility, ready: datetime) -> tuple[Leg, ...]:
        local = timezone.localtime(ready).replace(tzinfo=None)
        return journey(self._timetables, origin=origin.code, destination=destination.code, ready=local)

    def _at_work(self, site: Facility) -> datetime:
        """Nobody goes along the shelves on a day off, or in the night."""
        local = timezone.localtime(self.at)
        day = self._calendars[site.pk].next_open(_today_or_after_hours(local, site))
        opening = timezone.make_aware(datetime.combine(day, site.opens))
        return max(self.at, opening)

    def _when_open(self, at: datetime, pickup: Facility) -> datetime:
        """Nobody unpacks on a day off, or when the doors have been shut: then the next open day, when they open."""
        local = timezone.localtime(at)
        days = days_to_collect(pickup, self._calendars[pickup.pk])
        day = days.next_open(_today_or_after_hours(local, pickup))
        return at if day == local.date() else timezone.make_aware(datetime.combine(day, pickup.opens))

    @cached_property
    def _bound(self) -> dict[int, list[Allotment]]:
        found: defaultdict[int, list[Allotment]] = defaultdict(list)
        rows = Allotment.objects.open().filter(title__hold__in=self.holds)
        for one in rows.select_related("title", "item__home__calendar", "item__stands_at__calendar"):
            found[one.title.hold_id].append(one)
        return found

    @cached_property
    def _journeys(self) -> dict[int, Transit]:
        items = [one.item_id for bound in self._bound.values() for one in bound]
        rows = Transit.objects.open().filter(item__in=items)
        return {one.item_id: one for one in rows.select_related("origin__calendar", "seen_facility__calendar")}

    @cached_property
    def _calendars(self) -> dict[int, Calendar]:
        places = [self._place_of(one) for bound in self._bound.values() for one in bound]
        return calendars_for(
            [*{place.pk: place for place in (*places, *(hold.pickup for hold in self.holds))}.values()]
        )

    @cached_property
    def _timetables(self) -> tuple[Timetable, ...]:
        return timetables()


def _today_or_after_hours(local: datetime, site: Facility) -> date:
    """The next day once the doors have been shut; a place that is open all night shuts at no hour after it opens."""
    is_shut = site.opens < site.closes <= local.time()
    return local.date() + timedelta(days=1) if is_shut else local.date()
