"""Placing a hold, and what its reader may do with it: suspend, cancel, collect elsewhere, reorder a set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import merge_of
from fumikura.circulation.events import (
    HoldCancelled,
    HoldLapsed,
    HoldPlaced,
    HoldSetReordered,
    HoldSuspended,
)
from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace
from fumikura.circulation.network_events import PickupChanged
from fumikura.circulation.rules.resolution import Subject
from fumikura.circulation.services.binding import allot, hold_subject, let_go, offer_again, requeue
from fumikura.circulation.services.hold_shelf import announce_again, close_hold, unready
from fumikura.circulation.services.placing import consider_hold, objections_to_pickup
from fumikura.circulation.services.queue import copies_of_titles
from fumikura.circulation.services.scene import Scene, asked_lock_on_patron, lock_item_row, lock_living_patron
from fumikura.circulation.services.substitutes import StandIn, asked_stand_in_for, stand_in_for
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import lending_facts
from fumikura.statements.ahead import read_ahead
from fumikura.statements.writes import insert


@dataclass(frozen=True)
class Want:
    """What a hold is for: one title, one copy of it, or a set of titles."""

    records: tuple[BibliographicRecord, ...]
    item: Item | None = None
    kind: str = Hold.Kind.ONE
    enough: int = 1
    """How many titles of an any-of set."""


@transaction.atomic
def place_hold(
    *,
    patron: Patron,
    want: Want,
    pickup: Facility,
    by: Actor,
    at: datetime,
    accepted_at: datetime | None = None,
    needed_by: date | None = None,
    contact: str = "e-mail",
    overriding: frozenset[str] = frozenset(),
    why: str = "",
    words: str = "",
    on_order: int = 0,
    requested: Sequence[Subject] = (),
) -> Hold:
    """Let a reader wait, or raise Refused with every reason at once. A free copy is put on a pick list at once.

    The card of a record that was joined into another asks for the one that lives on, and so does a title that went into
    another since its page was opened; the answer's `messages` are for staff. A pickup that is closed moves the reader to the
    site that stands in for it, which is the answer's `pickup`. `accepted_at` is when the reader asked, when that was
    earlier; `on_order` is how many copies are ordered; `requested` is each suggestion of the reader that fills the same
    limits (acquisitions.queries.things_asked_for); `why` and `words` are the choice and the words of whoever passes over
    objections: the journal keeps them.
    """
    by.require("circulation.place-hold")
    scene = Scene(by, at, why=why, words=words)
    with read_ahead(asked_lock_on_patron(patron.pk), asked_stand_in_for(pickup, scene)):
        patron, was_merged = lock_living_patron(patron.pk)
        stand_in = stand_in_for(pickup, scene)
    want, accepted = _living(want), accepted_at or at
    judged = consider_hold(
        patron,
        records=want.records,
        item=want.item,
        pickup=stand_in.pickup,
        accepted_at=accepted,
        on_order=on_order,
        scene=scene,
        enough=want.enough if want.kind == Hold.Kind.ANY_OF else len(want.records),
        requested=requested,
    )
    objections = judged.objections
    if reasons := standing(objections, overriding=overriding, permissions=by.permissions):
        raise Refused(*reasons)
    hold = Hold(
        patron=patron, kind=want.kind, want=want.enough, pickup=stand_in.pickup, accepted_at=accepted, entered_at=at, via=by.via,
        contact=contact, needed_by=needed_by, snapshot=judged.snapshot,
    )  # fmt: skip
    insert(hold)
    for place, record in enumerate(want.records, start=1):
        insert(HoldTitle(hold=hold, record=record, item=want.item, place=place))
    _record_placed(hold, want, stand_in, scene)
    passed_over = {"item": want.item.pk if want.item else 0, "record": want.records[0].pk}
    scene.record_passed_over(objections, hold_subject(hold.pk), **passed_over)
    for record in want.records:
        allot(record.pk, scene)
    hold.messages = ("patron-was-merged",) if was_merged else ()
    return hold


def _record_placed(hold: Hold, want: Want, stand_in: StandIn, scene: Scene) -> None:
    """It waits; and where the pickup is closed, it was moved on at once like those that waited there before."""
    placed = HoldPlaced(hold=hold.pk, records=tuple(record.pk for record in want.records), pickup=hold.pickup.code)
    scene.record(placed, hold_subject(hold.pk), patron_key=_key(hold))
    if stand_in.closures:
        stand_in.keep(hold.pk)
        moved = PickupChanged(hold=hold.pk, pickup=hold.pickup.code, site_closes=True, instead_of=stand_in.instead_of)
        scene.record(moved, hold_subject(hold.pk), patron_key=_key(hold))


def _living(want: Want) -> Want:
    """Each title once, and by the record that lives on."""
    if all(record.deleted_at is None for record in want.records):
        return want
    living = {record.pk: record for record in map(_lives_on_as, want.records)}
    return replace(want, records=tuple(living.values()), enough=min(want.enough, len(living)))


def _lives_on_as(record: BibliographicRecord) -> BibliographicRecord:
    while record.deleted_at is not None and (merge := merge_of(record.pk)):
        record = merge.kept
    return record


@transaction.atomic
def cancel_hold(*, hold: Hold, by: Actor, at: datetime, why: str = "") -> tuple[str, ...]:
    """Close a hold. A copy on a pick list serves the next; one in the van goes on; one on the hold shelf is fetched.

    `why` when the library cancels it without having been asked: then the reader is told.
    """
    by.require("circulation.cancel-hold")
    scene = Scene(by, at)
    hold = open_under_lock(hold)
    key = _key(hold)
    freed = close_hold(hold, "cancelled", scene)
    if why:
        # Nothing leads from the reader to the thing afterwards: the entry names the reader and no hold title.
        scene.record(HoldCancelled(hold=hold.pk, why=why), patron_key=key)
    else:
        scene.record(HoldCancelled(hold=hold.pk), hold_subject(hold.pk))
    return _offer_again(freed, scene)


def _offer_again(freed: Sequence[Allotment], scene: Scene) -> tuple[str, ...]:
    offer_again(freed, scene)
    lying = ShelfPlace.objects.open().filter(item__in=[one.item_id for one in freed]).count()
    return ("take-off-hold-shelf",) * lying


@transaction.atomic
def suspend_hold(*, hold: Hold, until: date, by: Actor, at: datetime, starts_on: date | None = None) -> Hold:
    """Let a hold sleep through a day, from now or from a later day; the place in the queue is kept.

    Refused: hold-closed, hold-already-travelling, hold-already-ready, suspension-days when it would end before it begins.
    """
    by.require("circulation.suspend-hold")
    scene = Scene(by, at)
    hold = open_under_lock(hold)
    if until < max(scene.on, starts_on or scene.on):
        raise Refused(Reason("suspension-days"))
    states = set(copies_of_titles(hold.titles.values_list("pk", flat=True)).values())
    if "ready" in states:
        raise Refused(Reason("hold-already-ready"))
    if "travelling" in states:
        raise Refused(Reason("hold-already-travelling"))
    later = starts_on is not None and starts_on > scene.on
    hold.suspended_from, hold.suspended_until = starts_on if later else None, until
    hold.save(update_fields=["suspended_from", "suspended_until"])
    scene.record(HoldSuspended(hold=hold.pk, until=until.isoformat()), hold_subject(hold.pk), patron_key=_key(hold))
    if not later:
        _free_for_others(hold, scene)
    return hold


def _free_for_others(hold: Hold, scene: Scene) -> None:
    """A copy that has not moved serves the next reader while this one sleeps; one on an old pickup's hold shelf when it is scanned."""
    states = copies_of_titles(hold.titles.values_list("pk", flat=True))
    still = [title for title, state in states.items() if state == "allotted"]
    freed = list(Allotment.objects.open().filter(title__in=still).select_related("title__hold", "item"))
    for one in freed:
        let_go(one, scene)
        requeue(one.title, one.item, scene)
    _offer_again(freed, scene)


def begin_suspensions(*, by: Actor, at: datetime) -> int:
    """The night job: sleeps that were said beforehand begin. Answers how many holds let a copy go."""
    by.require("circulation.expire-holds")
    scene = Scene(by, at)
    begun = Hold.objects.open().filter(suspended_from__lte=scene.on, suspended_until__gte=scene.on)
    bound = Allotment.objects.open().filter(picked_at=None).values("title__hold")
    holds = list(begun.filter(pk__in=bound).order_by("pk"))
    for hold in holds:
        with transaction.atomic():
            _free_for_others(open_under_lock(hold), scene)
    return len(holds)


@transaction.atomic
def change_pickup(*, hold: Hold, pickup: Facility, by: Actor, at: datetime) -> tuple[str, ...]:
    """Collect elsewhere; the place in the queue is kept. Answers what staff have to do.

    Of a site that is closed the one that stands in for it, as `place_hold`.

    Refused: hold-closed, not-a-pickup, pickup-not-for-you, hold-limit-reached (a counter of the new place is full).
    """
    by.require("circulation.change-pickup")
    scene = Scene(by, at)
    stand_in = stand_in_for(pickup, scene)
    hold, pickup = open_under_lock(hold), stand_in.pickup
    if pickup.pickup == Facility.Pickup.NONE:
        raise Refused(Reason("not-a-pickup"))
    reader = hold.patron if pickup.pickup == Facility.Pickup.SCHOOL else None
    if reader and "class" not in lending_facts(reader, scene.on).categories:
        raise Refused(Reason("pickup-not-for-you"))
    if full := objections_to_pickup(hold, pickup, scene):
        raise Refused(*full)
    stand_in.keep(hold.pk)
    return collect_at(
        hold, pickup, scene, site_closes=bool(stand_in.closures), instead_of=stand_in.instead_of
    )  # fmt: skip


def collect_at(
    hold: Hold, pickup: Facility, scene: Scene, *, site_closes: bool = False, instead_of: str = ""
) -> tuple[str, ...]:
    """The inside of change_pickup, for a hold under lock; also when the pickup closes and the reader is moved."""
    hold.pickup = pickup
    hold.save(update_fields=["pickup"])
    changed = PickupChanged(hold=hold.pk, pickup=pickup.code, site_closes=site_closes, instead_of=instead_of)
    scene.record(changed, hold_subject(hold.pk), patron_key=_key(hold))
    places = ShelfPlace.objects.open().filter(item__allotments__title__hold=hold, item__allotments__ended_at=None)
    messages = []
    is_unready = False
    for place in places.exclude(facility=pickup).select_related("item"):
        # A set that is collected together was announced as one and is taken back as one.
        if place.ready_on and not (is_unready and hold.kind == Hold.Kind.TOGETHER):
            unready(hold, place.item, scene, surprise=False)
            is_unready = True
        ShelfPlace.objects.filter(pk=place.pk).update(ready_on=None, until=None)
        messages.append("take-off-hold-shelf")
    if hold.kind != Hold.Kind.TOGETHER:
        # Taken back before anybody fetched it: it lies where its reader collects after all.
        left_there = places.filter(facility=pickup, ready_on=None).select_related("item")
        announce_again(hold, [place.item for place in left_there], scene)
    return tuple(messages)


@transaction.atomic
def reorder_set(*, hold: Hold, records: Sequence[int], by: Actor, at: datetime) -> Hold:
    """Give the titles of an ordered set a new order; `records` names all of them.

    Refused: hold-closed, set-order-unknown (no ordered set, or other titles than those of the set).
    """
    by.require("circulation.reorder-set")
    scene = Scene(by, at)
    hold = open_under_lock(hold)
    of_set = HoldTitle.objects.filter(hold=hold).values_list("record", flat=True)
    if hold.kind != Hold.Kind.ORDERED or sorted(records) != sorted(of_set):
        raise Refused(Reason("set-order-unknown"))
    for place, record in enumerate(records, start=1):
        HoldTitle.objects.filter(hold=hold, record=record).update(place=place)
    scene.record(HoldSetReordered(hold=hold.pk), hold_subject(hold.pk), patron_key=_key(hold))
    for record in records:
        allot(record, scene)
    return hold


@transaction.atomic
def move_up_in_set(*, hold: Hold, record: int, by: Actor, at: datetime) -> Hold:
    """Put one title of an ordered set a place further to the front. Refused as `reorder_set`; the first one stays."""
    by.require("circulation.reorder-set")
    order = list(HoldTitle.objects.filter(hold=hold).order_by("place", "pk").values_list("record", flat=True))
    if record not in order:
        raise Refused(Reason("set-order-unknown"))
    place = order.index(record)
    if place:
        order[place - 1 : place + 1] = [record, order[place - 1]]
    return reorder_set(hold=hold, records=order, by=by, at=at)


def expire_holds(*, by: Actor, at: datetime) -> list[str]:
    """The night job: holds whose needed-by day has passed lapse, unless a copy is on its way or ready already.

    Each in a transaction of its own: a night that was cut off goes on where it stopped. Answers what staff have to do.
    """
    by.require("circulation.expire-holds")
    scene = Scene(by, at)
    over = Hold.objects.open().filter(needed_by__lt=scene.on).order_by("pk")
    return [message for hold in list(over) for message in _lapse(hold, scene)]


@transaction.atomic
def _lapse(hold: Hold, scene: Scene) -> tuple[str, ...]:
    try:
        hold = open_under_lock(hold)
    except Refused:
        return ()
    if hold.needed_by is None or hold.needed_by >= scene.on:
        return ()
    if {"travelling", "ready"} & set(copies_of_titles(hold.titles.values_list("pk", flat=True)).values()):
        return ()
    key = _key(hold)
    freed = close_hold(hold, "lapsed", scene)
    scene.record(HoldLapsed(hold=hold.pk), patron_key=key)
    return _offer_again(freed, scene)


def open_under_lock(hold: Hold) -> Hold:
    """Lock the bound items, then the hold. Refused("hold-closed") when it has ended."""
    for item in Item.objects.filter(allotments__title__hold=hold, allotments__ended_at=None).order_by("pk"):
        lock_item_row(item)
    rows = Hold.objects.open().select_for_update(of=("self",)).select_related("patron", "pickup")
    locked = rows.filter(pk=hold.pk).first()
    if locked is None:
        raise Refused(Reason("hold-closed"))
    return locked


def _key(hold: Hold) -> str:
    return hold.patron.key if hold.patron else ""
