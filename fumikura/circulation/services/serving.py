"""One scan asks: is this copy bound to a hold, or is somebody's turn? And what follows once the next stop is known."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from fumikura.circulation.models import Allotment, Hold, ShelfPlace, Transit
from fumikura.circulation.rules.returning import Journey, NextStop, OnHoldShelf, SendTo, Wanted
from fumikura.circulation.services.binding import allot, bind, take_turn
from fumikura.circulation.services.hold_shelf import (
    end_shelf_place,
    expire,
    is_over,
    lay_in_locker,
    put_on_shelf,
    unready,
)
from fumikura.circulation.services.locker_doors import leave_door
from fumikura.circulation.services.new_copies import serves_its_own_first
from fumikura.circulation.services.queue import next_reader
from fumikura.circulation.services.scene import Scene, Whereabouts
from fumikura.holdings.models import Item
from fumikura.statements.writes import prepared_update


@dataclass(frozen=True)
class Serving:
    """The hold that this copy serves, if any, and what that did."""

    allotment: Allotment | None = None
    was_bound_now: bool = False
    has_expired: bool = False
    """The hold that the copy waited for was closed by this scan."""
    released: Item | None = None
    """A copy elsewhere that the hold no longer needs."""
    messages: tuple[str, ...] = ()

    @property
    def wanted(self) -> Wanted | None:
        return Wanted(self.allotment.title.hold_id, self.allotment.title.hold.pickup.code) if self.allotment else None


def serve(where: Whereabouts, scene: Scene) -> Serving:
    """The hold that the copy is bound to, or the first in the queue that it can serve, bound at once."""
    if where.is_withdrawn:
        return Serving()
    allotment, messages = where.allotment, list[str]()
    place = where.shelf_place
    if place and allotment and is_over(place, allotment.title.hold, scene.on):
        expire(allotment.title.hold, scene)
        allotment = None
    elif place and allotment is None:
        messages.append("taken-off-hold-shelf")
    if allotment:
        return Serving(allotment, messages=tuple(messages))
    serving = _bind_next(where.item, scene, messages)
    return replace(serving, has_expired=where.allotment is not None)


def _bind_next(item: Item, scene: Scene, messages: list[str]) -> Serving:
    title = take_turn(lambda: next_reader(item, here=scene.site.code, on=scene.on))
    if title and serves_its_own_first(item, title.hold, scene):
        own = take_turn(lambda: next_reader(item, here=scene.site.code, on=scene.on, only_at=item.home.code))
        title = own or title
    if title is None:
        return Serving(messages=tuple(messages))
    bound = bind(title, item, scene, picked=True)
    return Serving(bound.allotment, was_bound_now=True, released=bound.released, messages=(*messages, *bound.messages))


def settle(serving: Serving, stop: NextStop, journey: Journey, where: Whereabouts, scene: Scene) -> list[str]:
    """Put the copy on the hold shelf or let it leave. Answers what staff are told about it."""
    messages = _place(serving, stop, where, scene)
    if serving.allotment and not isinstance(stop, OnHoldShelf):
        _picked(allotment=serving.allotment.pk, at=scene.at)
    if serving.was_bound_now and journey is Journey.GOES_ON and where.transit and where.transit.purpose == "home":
        # On its way to a new home it arrives there for good all the same.
        Transit.objects.filter(pk=where.transit.pk).update(purpose="hold")
    if serving.released:
        allot(serving.released.record_id, scene)
    return messages


def _place(serving: Serving, stop: NextStop, where: Whereabouts, scene: Scene) -> list[str]:
    place, allotment = where.shelf_place, serving.allotment
    lies_here = place is not None and place.facility_id == scene.site.pk
    if isinstance(stop, OnHoldShelf) and allotment:
        if place and lies_here and allotment == where.allotment and _waits(place, allotment):
            return ["already-on-hold-shelf", *(lay_in_locker(allotment.title.hold, scene) if place.ready_on else [])]
        _picked(allotment=allotment.pk, at=scene.at)
        if place:
            leave_door(place, scene)
        return put_on_shelf(allotment, where.item, scene)
    if place is None:
        return _pickup_changed(serving, stop, where)
    end_shelf_place(place, scene)
    if not isinstance(stop, SendTo) or allotment is None or allotment != where.allotment:
        return []
    if lies_here or place.facility_id != allotment.title.hold.pickup_id:
        return ["pickup-was-changed"]
    if place.ready_on:
        unready(allotment.title.hold, where.item, scene, surprise=True)
    return ["held-item-astray"]


@prepared_update
def _picked(allotment: int, at: datetime) -> tuple["QuerySet[Allotment]", dict[str, Any]]:
    return Allotment.objects.filter(pk=allotment, picked_at=None), {"picked_at": at}


def _waits(place: ShelfPlace, allotment: Allotment) -> bool:
    """Announced, or collected in silence for a set."""
    return place.ready_on is not None or allotment.title.hold.kind == Hold.Kind.TOGETHER


def _pickup_changed(serving: Serving, stop: NextStop, where: Whereabouts) -> list[str]:
    """The copy was on its way for this hold, but to another site."""
    was_for_it = serving.allotment is not None and serving.allotment == where.allotment
    if where.transit and was_for_it and isinstance(stop, SendTo) and where.transit.destination.code != stop.to:
        return ["pickup-was-changed"]
    return []
