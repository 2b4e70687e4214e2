"""Withdrawing a copy, putting it aside and looking for it, where readers have it or wait for it."""

from datetime import datetime

from django.db import transaction

from fumikura.circulation.network_events import CopySetAside
from fumikura.circulation.services.binding import allot_to, let_go, replace_copy, requeue
from fumikura.circulation.services.copies import copies_that_could_serve
from fumikura.circulation.services.hold_shelf import end_shelf_place, unready
from fumikura.circulation.services.journeys import end_journey
from fumikura.circulation.services.queue import anybody_waits
from fumikura.circulation.services.scene import Scene, Whereabouts, find
from fumikura.circulation.services.without_hope import tell_who_waits_in_vain
from fumikura.holdings import services as holdings
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing


@transaction.atomic
def withdraw(
    *,
    item: Item,
    reason: str,
    by: Actor,
    at: datetime,
    overriding: frozenset[str] = frozenset(),
    why: str = "",
    words: str = "",
    passed: tuple[Reason, ...] = (),
) -> tuple[str, ...]:
    """除籍. A reader who has it keeps it to the due date; readers who can now expect no copy go on waiting and are told.

    Refused: item-withdrawn, item-in-transit, last-copy-with-holds.

    `why` and `words` say why objections are passed over, also those that the caller has let pass already (`passed`).
    """
    by.require("holdings.withdraw-item")
    scene = Scene(by, at, why=why, words=words)
    where = find(item)
    objections = _objections(where, scene)
    if reasons := standing(objections, overriding=overriding, permissions=by.permissions):
        raise Refused(*reasons)
    holdings.withdraw_item(where.item, reason=reason, by=by, at=at)
    _break_promise(where, scene)
    tell_who_waits_in_vain(where.item, scene, besides=where.allotment.title.hold_id if where.allotment else 0)
    scene.record_overridden((*passed, *objections), where.item)
    return (*(["still-on-loan"] if where.loan else []), *(["no-copy-left"] if objections else []))


def _objections(where: Whereabouts, scene: Scene) -> tuple[Reason, ...]:
    reasons = []
    if where.is_withdrawn:
        reasons.append(Reason("item-withdrawn"))
    if where.transit:
        reasons.append(Reason("item-in-transit"))
    # Whoever sleeps waits too, and for whoever has this very copy promised it is the copy that matters.
    if where.allotment or anybody_waits(where.item):
        copies = copies_that_could_serve(where.item.record_id, scene.on)
        # What another library lent us is not among the copies of the title.
        if where.item.origin == "own":
            for copy in copies_that_could_serve(where.item.record_id, scene.on, only=where.item):
                copies.remove(copy)
        if set(copies) <= {"gone"}:
            reasons.append(Reason("last-copy-with-holds", "holdings.withdraw-last-copy"))
    return tuple(reasons)


@transaction.atomic
def mark_missing(*, item: Item, by: Actor, at: datetime) -> None:
    """不明. Refused: item-on-loan, item-in-transit, item-withdrawn. A reader who was promised it keeps the place."""
    by.require("holdings.mark-missing")
    scene = Scene(by, at)
    where = find(item)
    reasons = [Reason("item-on-loan")] if where.loan else []
    if where.transit:
        reasons.append(Reason("item-in-transit"))
    if reasons:
        raise Refused(*reasons)
    place = where.item.stands_at or where.item.home
    holdings.mark_missing(where.item, by=by, at=at, last_at=where.shelf_place.facility if where.shelf_place else place)
    if where.is_kept_aside:
        holdings.end_kept_aside(where.item, at=at)
    _break_promise(where, scene)


@transaction.atomic
def set_aside(*, item: Item, by: Actor, at: datetime) -> None:
    """別置: a copy that came back damaged, or must be worked on, waits here for somebody; the next return scan ends that.

    What was just sent off from here is taken out of its box again.

    Refused: item-on-loan, item-in-transit, item-withdrawn, set-aside-already. Who was promised it keeps the place.
    """
    by.require("circulation.check-in")
    scene = Scene(by, at)
    where = find(item)
    leaves_here = where.transit if where.transit and not where.transit.seen_at else None
    if leaves_here and leaves_here.origin_id != scene.site.pk:
        leaves_here = None
    standing_in_the_way = {
        "item-on-loan": where.loan,
        "item-in-transit": where.transit and not leaves_here,
        "item-withdrawn": where.is_withdrawn,
        "set-aside-already": where.is_kept_aside,
    }
    if reasons := [Reason(code) for code, stands in standing_in_the_way.items() if stands]:
        raise Refused(*reasons)
    if leaves_here:
        end_journey(leaves_here, where.item, scene)
    if where.is_missing:
        holdings.end_missing(where.item, by=by, at=at)
    holdings.keep_aside(where.item, facility=scene.site, why="processing", at=at)
    event = CopySetAside(item=where.item.pk, record=where.item.record_id)
    scene.record(event, f"holdings.item:{where.item.pk}")
    _break_promise(where, scene)


def _break_promise(where: Whereabouts, scene: Scene) -> None:
    """Whoever was promised this copy gets another at once, or keeps the place in the queue and is told."""
    allotment, place = where.allotment, where.shelf_place
    if place:
        end_shelf_place(place, scene)
    if allotment is None:
        return
    if place and place.ready_on:
        unready(allotment.title.hold, where.item, scene, surprise=True)
        let_go(allotment, scene)
        requeue(allotment.title, where.item, scene)
        allot_to(allotment.title.hold, scene)
    else:
        replace_copy(allotment, scene, broken_promise=True)
