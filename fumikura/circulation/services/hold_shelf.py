"""The hold shelf: things are put on it for a reader, wait, are extended, expire, and are taken off."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from fumikura.circulation.events import HoldExpired, HoldReady, HoldShelfExtended, HoldUnready
from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace
from fumikura.circulation.rules.dates import extended_until, shelf_until
from fumikura.circulation.rules.policies import is_full
from fumikura.circulation.services.binding import allot_to, hold_subject, let_go, offer_again
from fumikura.circulation.services.collecting import complete_set, items_here
from fumikura.circulation.services.locker_doors import lay_behind_a_door, leave_door
from fumikura.circulation.services.pauses import count_no_show
from fumikura.circulation.services.scene import Scene, lock_item_row
from fumikura.circulation.services.waiting_rules import hold_policy
from fumikura.holdings.models import Item
from fumikura.journal.services import forget_patron_of
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.queries import card_expires_on
from fumikura.statements.reads import prepared
from fumikura.statements.writes import insert, prepared_update


def put_on_shelf(allotment: Allotment, item: Item, scene: Scene) -> list[str]:
    """Lay a bound copy on the hold shelf of its pickup and announce it; of a set, once all of it lies there."""
    _off_the_shelf(item=item.pk, at=scene.at)
    insert(ShelfPlace(item=item, facility=scene.site, since=scene.at))
    title = allotment.title
    if title.hold.kind != Hold.Kind.TOGETHER:
        _announce(title.hold, [item], scene)
        if title.hold.kind == Hold.Kind.ORDERED:
            allot_to(title.hold, scene)
        return ["put-on-hold-shelf", *lay_in_locker(title.hold, scene)]
    moved = complete_set(title.hold, scene)
    if moved is None:
        return ["collect-for-set"]
    _announce(title.hold, items_here(title.hold, scene), scene)
    told = ["put-on-hold-shelf", *(["set-volume-moved"] if moved else [])]
    return [*told, *lay_in_locker(title.hold, scene)]


def lay_in_locker(hold: Hold, scene: Scene) -> list[str]:
    """A locker has no shelf: what is announced there goes behind a door in the same scan."""
    if scene.site.kind != Facility.Kind.LOCKER or not scene.site.compartments.exists():
        return []
    stay = lay_behind_a_door(hold, items_here(hold, scene), scene)
    return [f"put-in-locker:{stay.compartment.number}"] if stay else ["locker-has-no-room"]


@prepared_update
def _off_the_shelf(item: int, at: datetime) -> tuple["QuerySet[ShelfPlace]", dict[str, Any]]:
    return ShelfPlace.objects.filter(item=item, ended_at=None), {"ended_at": at}


def announce_again(hold: Hold, items: list[Item], scene: Scene) -> None:
    """What still lies on the hold shelf of the pickup can be collected once more; the days count from today."""
    if items:
        _announce(hold, items, Scene(replace(scene.by, facility=hold.pickup.code, desk=""), scene.at))


def announce_what_is_left(hold: Hold, scene: Scene) -> list[str]:
    """A volume of a set that is collected together was lent from elsewhere: what is left may lie there whole already.

    Then it is announced, with the one message; else it would wait in silence for a volume that nobody wants any more.
    """
    lying = ShelfPlace.objects.open().filter(facility=hold.pickup, item__allotments__title__hold=hold)
    if not lying.filter(item__allotments__ended_at=None, ready_on=None).exists():
        return []
    there = Scene(replace(scene.by, facility=hold.pickup.code, desk=""), scene.at)
    moved = complete_set(hold, there)
    if moved is None:
        return []
    _announce(hold, items_here(hold, there), there)
    return ["set-volume-moved"] if moved else []


def unite_sets(*, by: Actor, at: datetime) -> int:
    """The night job: two sets that hold each other's volume, each at its own pickup, do not wait for ever.

    The earlier one gets both. It comes of sleep, and of slips typed late. Answers how many sets were looked at that lie in part at their pickup.
    """
    by.require("circulation.allot")
    scene = Scene(by, at)
    lying = ShelfPlace.objects.open().filter(ready_on=None, facility=OuterRef("pickup"))
    in_part = Exists(lying.filter(item__allotments__title__hold=OuterRef("pk"), item__allotments__ended_at=None))
    asleep = Q(suspended_until__gte=scene.on) & (Q(suspended_from=None) | Q(suspended_from__lte=scene.on))
    holds = Hold.objects.open().filter(in_part, kind=Hold.Kind.TOGETHER).exclude(asleep)
    found = list(holds.order_by("accepted_at", "entered_at", "pk"))
    for hold in found:
        with transaction.atomic():
            _unite(hold, scene)
    return len(found)


def _unite(hold: Hold, scene: Scene) -> None:
    for item in Item.objects.filter(allotments__title__hold=hold, allotments__ended_at=None).order_by("pk"):
        lock_item_row(item)
    rows = Hold.objects.open().select_for_update(of=("self",)).select_related("patron", "pickup")
    if now := rows.filter(pk=hold.pk).first():
        announce_what_is_left(now, scene)


def _announce(hold: Hold, items: list[Item], scene: Scene) -> None:
    assert hold.patron is not None
    policy, card_ends = hold_policy(hold, items[0], scene), card_expires_on(hold.patron)
    calendar = scene.calendar_to_collect(scene.site)
    until = shelf_until(ready_on=scene.on, contact=hold.contact, terms=policy.shelf, calendar=calendar)
    ShelfPlace.objects.open().filter(item__in=items).update(ready_on=scene.on, until=until)
    ready = HoldReady(
        hold=hold.pk,
        items=tuple(item.pk for item in items),
        pickup=scene.site.code,
        until=until.isoformat() if until else "",
        card_has_expired=card_ends is not None and card_ends < scene.on,
    )
    scene.record(ready, hold_subject(hold.pk), patron_key=hold.patron.key)


def end_shelf_place(place: ShelfPlace, scene: Scene) -> None:
    """It lies there no longer, on the shelf or behind a door."""
    _place_ended(place=place.pk, at=scene.at)
    leave_door(place, scene)


@prepared_update
def _place_ended(place: int, at: datetime) -> tuple["QuerySet[ShelfPlace]", dict[str, Any]]:
    return ShelfPlace.objects.filter(pk=place), {"ended_at": at}


def unready(hold: Hold, item: Item, scene: Scene, *, surprise: bool) -> None:
    """What was announced can no longer be collected; `surprise` when the reader did not ask for that.

    A set was announced as one: what is left of it waits in silence until it is whole again.
    """
    key = hold.patron.key if hold.patron and surprise else ""
    if hold.kind == Hold.Kind.TOGETHER:
        of_set = Allotment.objects.open().filter(title__hold=hold).exclude(item=item).values("item")
        ShelfPlace.objects.open().filter(item__in=of_set).update(ready_on=None, until=None)
    scene.record(HoldUnready(hold=hold.pk, item=item.pk, is_a_surprise=surprise), hold_subject(hold.pk), patron_key=key)


def close_hold(hold: Hold, how: str, scene: Scene) -> list[Allotment]:
    """Close a hold and cut its link to the reader; answers the allotments that ended with it."""
    allotments = _open_allotments(hold)
    for one in allotments:
        let_go(one, scene)
    _titles_done(hold=hold.pk, at=scene.at)
    _closed(hold=hold.pk, at=scene.at, how=how)
    forget_patron_of(hold_subject(hold.pk))
    return allotments


def _open_allotments(hold: Hold) -> list[Allotment]:
    return _allotments_of_hold(hold=hold.pk)


@prepared
def _allotments_of_hold(hold: int) -> "QuerySet[Allotment]":
    return Allotment.objects.open().filter(title__hold=hold).select_related("item__home", "title")


@prepared_update
def _titles_done(hold: int, at: datetime) -> tuple["QuerySet[HoldTitle]", dict[str, Any]]:
    return HoldTitle.objects.filter(hold=hold, done_at=None), {"done_at": at}


@prepared_update
def _closed(hold: int, at: datetime, how: str) -> tuple["QuerySet[Hold]", dict[str, Any]]:
    return Hold.objects.filter(pk=hold), {"closed_at": at, "closed_as": how, "patron": None}


def expire(hold: Hold, scene: Scene) -> None:
    """Nobody collected it. The copies stay on the hold shelf, bound to nobody, until somebody fetches and scans them.

    What else of a set was to be picked serves the next reader at once.
    """
    patron = hold.patron
    freed = close_hold(hold, "expired", scene)
    scene.record(HoldExpired(hold=hold.pk), patron_key=patron.key if patron else "")
    if patron and freed:
        count_no_show(patron, hold_policy(hold, freed[0].item, scene), scene)
    offer_again(freed, scene)


def is_over(place: ShelfPlace, hold: Hold, on: date) -> bool:
    """Whether the last day to collect has passed. Volumes announced one by one are kept until the last of their last days."""
    return _has_passed(place, on) and not (hold.kind in ONE_BY_ONE and _kept_longer([hold.pk], on))


ONE_BY_ONE = frozenset({Hold.Kind.ORDERED, Hold.Kind.ANY_OF})
"""Sets of which each volume is announced by itself."""


def _has_passed(place: ShelfPlace, on: date) -> bool:
    return place.until is not None and place.until < on


def _kept_longer(holds: Collection[int], on: date) -> set[int]:
    """Those of these holds of which something lies ready whose last day has not passed: one question for all."""
    if not holds:
        return set()
    bound = Allotment.objects.open().filter(title__hold__in=holds)
    lying = ShelfPlace.objects.open().filter(Q(until=None) | Q(until__gte=on), item=OuterRef("item"))
    return set(bound.filter(Exists(lying.exclude(ready_on=None))).values_list("title__hold", flat=True))


def expire_shelf(*, by: Actor, at: datetime) -> list[str]:
    """The night job: holds whose last day has passed are closed, each in a transaction of its own.

    No desk waits for the whole city, and a night that was cut off goes on where it stopped. Answers what staff have to do.
    """
    by.require("circulation.expire-holds")
    scene = Scene(by, at)
    messages = ["call-again"] * _not_reached().count()
    for place in _over(scene.on):
        messages += ["take-off-hold-shelf"] * _expire_at(place, scene)
    return messages


@transaction.atomic
def _expire_at(place: ShelfPlace, scene: Scene) -> int:
    """Looked at anew under lock: somebody may have collected it, or the day may have been moved, a moment ago.

    Answers how many things are to be fetched: a set expires as one.
    """
    lock_item_row(place.item)
    allotment = _allotment_of(place.item)
    now = ShelfPlace.objects.open().filter(pk=place.pk).first()
    if not (
        now and allotment and allotment.title.hold.closed_at is None and is_over(now, allotment.title.hold, scene.on)
    ):
        return 0
    bound = Allotment.objects.open().filter(title__hold=allotment.title.hold).values("item")
    lying = ShelfPlace.objects.open().filter(item__in=bound).count()
    expire(allotment.title.hold, scene)
    return lying


def _over(on: date) -> list[ShelfPlace]:
    places = ShelfPlace.objects.open().filter(until__lt=on, item__allotments__ended_at=None)
    return list(places.filter(item__allotments__isnull=False).select_related("item").order_by("item_id").distinct())


def _not_reached() -> "QuerySet[ShelfPlace]":
    places = ShelfPlace.objects.open().filter(until=None, item__allotments__ended_at=None)
    return places.exclude(ready_on=None).filter(item__allotments__isnull=False).distinct()


def _allotment_of(item: Item) -> Allotment | None:
    rows = Allotment.objects.open().filter(item=item)
    return rows.select_related("title__hold__patron", "title__hold__pickup", "item").first()


@dataclass(frozen=True)
class ToClear:
    """Something on the hold shelf that nobody will collect there. For whom it had been is not in it."""

    place: ShelfPlace
    why: str
    """expired, cancelled, lapsed, merged, fulfilled (otherwise), moved (the pickup was changed), over (its last day has
    passed and the night has not been here yet), or freed."""


def to_clear(facility: Facility, on: date) -> list[ToClear]:
    """What is to be fetched from the hold shelf of a facility and scanned, in the order of the slots."""
    rows = (
        ShelfPlace.objects.open().filter(facility=facility).select_related("item__record").defer("item__record__marc")
    )
    places = list(rows.order_by("pk"))
    last: dict[int, Allotment] = {}
    bound = Allotment.objects.filter(item__in=[place.item_id for place in places]).select_related("title__hold")
    for one in bound.order_by("pk"):
        last[one.item_id] = one
    holds = {one.title.hold_id for one in last.values() if one.ended_at is None and one.title.hold.kind in ONE_BY_ONE}
    kept = _kept_longer(holds, on)
    found = [(place, _why_to_clear(place, last.get(place.item_id), kept, on)) for place in places]
    return [ToClear(place, why) for place, why in found if why]


def _why_to_clear(place: ShelfPlace, last: Allotment | None, kept: Collection[int], on: date) -> str:
    """Empty when it stays. Of the holds `kept` something else lies here longer."""
    if last is None:
        return "freed"
    if last.ended_at is not None:
        return last.title.hold.closed_as or "freed"
    if last.title.hold.pickup_id != place.facility_id:
        return "moved"
    return "over" if _has_passed(place, on) and last.title.hold_id not in kept else ""


@transaction.atomic
def extend_shelf(*, hold: Hold, by: Actor, at: datetime) -> date:
    """Keep a ready hold longer. Refused: hold-closed, extension-used-up. Answers the new last day."""
    by.require("circulation.extend-shelf")
    scene = Scene(by, at)
    places = list(ShelfPlace.objects.open().filter(item__allotments__title__hold=hold, item__allotments__ended_at=None))
    if hold.closed_at or not places or places[0].ready_on is None or places[0].until is None:
        raise Refused(Reason("hold-closed"))
    policy = hold_policy(hold, places[0].item, scene)
    if is_full(places[0].extensions, policy.extensions):
        raise Refused(Reason("extension-used-up", "circulation.override-hold"))
    until = extended_until(places[0].until, terms=policy.shelf, calendar=scene.calendar_to_collect(hold.pickup))
    for place in places:
        place.until, place.extensions = until, place.extensions + 1
        place.save(update_fields=["until", "extensions"])
    scene.record(HoldShelfExtended(hold=hold.pk, until=until.isoformat()), hold_subject(hold.pk))
    return until
