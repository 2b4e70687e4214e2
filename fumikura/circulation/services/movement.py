"""Sending an item for good, and noticing what never arrives."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fumikura.circulation.events import TransitStarted
from fumikura.circulation.models import Transit
from fumikura.circulation.rules.policies import plain, reaches
from fumikura.circulation.rules.returning import SendTo
from fumikura.circulation.services.binding import replace_copy
from fumikura.circulation.services.hold_shelf import end_shelf_place
from fumikura.circulation.services.scene import Scene, Whereabouts, find
from fumikura.holdings.models import Item
from fumikura.holdings.services import end_kept_aside, end_missing, record_missing
from fumikura.holdings.services.relocating import end_relocation, promise_home
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendars_for


@transaction.atomic
def send(*, item: Item, to: Facility, purpose: str, by: Actor, at: datetime) -> SendTo:
    """Begin a journey by hand, e.g. to relocate: then it is to belong there, though readers may have it first. Sent to its home by
    hand it belongs there as before. Refused: item-on-loan, item-in-transit, item-withdrawn, held, no stock."""
    by.require("circulation.send")
    scene = Scene(by, at)
    where = find(item)
    reasons = []
    if where.loan:
        reasons.append(Reason("item-on-loan"))
    if where.transit:
        reasons.append(Reason("item-in-transit"))
    if where.is_withdrawn:
        reasons.append(Reason("item-withdrawn"))
    if where.allotment:
        reasons.append(Reason("held-for-someone-else"))
    if purpose == "relocate" and not to.holds_stock:
        reasons.append(Reason("site-holds-no-stock"))
    if reasons:
        raise Refused(*reasons)
    _leave(where, scene)
    if purpose == "relocate":
        promise_home(where.item, home=to, at=at)
    elif to.pk == where.item.home_id:
        end_relocation(where.item, at=at)
    Transit.objects.create(item=where.item, origin=scene.site, destination=to, purpose=purpose, sent_at=at)
    started = TransitStarted(
        item=item.pk, record=where.item.record_id, origin=scene.site.code, destination=to.code, purpose=purpose
    )
    scene.record(started, where.subject)
    return SendTo(to.code)


def _leave(where: Whereabouts, scene: Scene) -> None:
    """Who sends it has it in hand: it is missing no longer, nor set aside, nor left on a hold shelf for nobody."""
    if where.is_missing:
        end_missing(where.item, by=scene.by, at=scene.at)
    if where.is_kept_aside:
        end_kept_aside(where.item, at=scene.at)
    if where.shelf_place:
        end_shelf_place(where.shelf_place, scene)


@transaction.atomic
def lose_on_the_way(*, item: Item, by: Actor, at: datetime) -> None:
    """回送中の不明: somebody looked at both ends in vain. The next scan anywhere finds it. Refused("not-travelling")."""
    by.require("holdings.mark-missing")
    scene = Scene(by, at)
    rows = Transit.objects.open().select_related("item", "origin", "destination", "seen_facility")
    journey = rows.filter(item=item).first()
    if journey is None:
        raise Refused(Reason("not-travelling"))
    _lose(journey, scene)


def find_stuck(*, by: Actor, at: datetime) -> list[str]:
    """The night job: not seen on its journey for so many open days of its destination, an item is missing.

    Each in a transaction of its own, so that no desk waits for the whole city. Answers what staff have to do.
    """
    by.require("circulation.find-stuck")
    scene = Scene(by, at)
    longest = plain(scene.rules.rule_set.decide({}, scene.on))["movement.missing_after_open_days"]
    transits = Transit.objects.open().select_related("item", "origin", "destination__calendar", "seen_facility")
    journeys = list(transits.order_by("item_id"))
    calendars = calendars_for(list({journey.destination for journey in journeys}))
    yesterday = scene.on - timedelta(days=1)
    messages = []
    for journey in journeys:
        last_seen = timezone.localdate(journey.seen_at or journey.sent_at)
        if reaches(calendars[journey.destination_id].open_days_between(last_seen, yesterday), longest):
            with transaction.atomic():
                is_lost = _lose(journey, scene)
            messages += ["missing-in-transit"] if is_lost else []
    return messages


def _lose(journey: Transit, scene: Scene) -> bool:
    """Looked at anew under lock: false when somebody has seen it a moment ago."""
    where = find(journey.item)
    if where.transit is None or (where.transit.pk, where.transit.seen_at) != (journey.pk, journey.seen_at):
        return False
    Transit.objects.filter(pk=journey.pk).update(arrived_at=scene.at)
    record_missing(
        where.item,
        by=scene.by,
        at=scene.at,
        last_at=journey.seen_facility or journey.origin,
        on_the_way_to=journey.destination,
    )
    if where.allotment:
        replace_copy(where.allotment, scene, broken_promise=True)
    return True
