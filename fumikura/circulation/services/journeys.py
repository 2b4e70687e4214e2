"""Journeys begin, are seen on their way, turn and end."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from fumikura.circulation.events import TransitEnded, TransitRedirected, TransitSeen, TransitStarted
from fumikura.circulation.models import Transit
from fumikura.circulation.rules.returning import Journey, NextStop, SendTo
from fumikura.circulation.services.scene import Scene, Whereabouts, item_subject
from fumikura.holdings.models import Item
from fumikura.organisation.queries import find_facility
from fumikura.statements.writes import insert, prepared_update


def travel(journey: Journey, stop: NextStop, where: Whereabouts, scene: Scene) -> None:
    """Do with the item's journey what `journey` says, towards `stop`."""
    item, old = where.item, where.transit
    if old and journey is Journey.GOES_ON:
        see_on_its_way(old, item, scene)
    if old and journey is Journey.TURNS:
        _arrived(transit=old.pk, at=scene.at)
    elif old and journey.ends_one:
        end_journey(old, item, scene)
    if isinstance(stop, SendTo) and journey.begins_one:
        _begin(stop, journey, where, scene)


def _begin(stop: SendTo, journey: Journey, where: Whereabouts, scene: Scene) -> None:
    item = where.item
    purpose = "hold" if stop.hold else "relocate" if stop.to == where.new_home else "home"
    destination = item.home if stop.to == item.home.code else find_facility(stop.to)
    insert(Transit(item=item, origin=scene.site, destination=destination, purpose=purpose, sent_at=scene.at))
    event = TransitRedirected if journey is Journey.TURNS else TransitStarted
    scene.record(
        event(item=item.pk, record=item.record_id, origin=scene.site.code, destination=stop.to, purpose=purpose),
        item_subject(item),
    )


def see_on_its_way(transit: Transit, item: Item, scene: Scene) -> None:
    """Scanned between, or before leaving: remembered."""
    _seen(transit=transit.pk, at=scene.at, facility=scene.site.pk)
    seen = TransitSeen(item=item.pk, record=item.record_id, destination=transit.destination.code)
    scene.record(seen, item_subject(item))


def end_journey(transit: Transit, item: Item, scene: Scene) -> None:
    """The copy has arrived: the transit is closed and announced. A step of a scan, which decided it."""
    _arrived(transit=transit.pk, at=scene.at)
    ended = TransitEnded(item=item.pk, record=item.record_id, destination=transit.destination.code)
    scene.record(ended, item_subject(item))


@prepared_update
def _arrived(transit: int, at: datetime) -> tuple["QuerySet[Transit]", dict[str, Any]]:
    return Transit.objects.filter(pk=transit), {"arrived_at": at}


@prepared_update
def _seen(transit: int, at: datetime, facility: int) -> tuple["QuerySet[Transit]", dict[str, Any]]:
    return Transit.objects.filter(pk=transit), {"seen_at": at, "seen_facility": facility}
