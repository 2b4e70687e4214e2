"""At a loan: who else is promised this copy, and what becomes of the promises once it is lent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from fumikura.circulation.events import HoldFulfilled, HoldPartFulfilled
from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace
from fumikura.circulation.rules.policies import HoldPolicy
from fumikura.circulation.services.binding import allot, allot_to, hold_subject, let_go, replace_copy, requeue
from fumikura.circulation.services.hold_shelf import (
    announce_what_is_left,
    close_hold,
    end_shelf_place,
    expire,
    is_over,
    unready,
)
from fumikura.circulation.services.queue import next_reader
from fumikura.circulation.services.scene import Scene, Whereabouts
from fumikura.holdings.models import Item
from fumikura.patrons.models import Patron
from fumikura.statements.reads import prepared
from fumikura.statements.writes import prepared_update


@dataclass(frozen=True)
class Claim:
    """What another reader, or this reader's own lateness, has to say about a copy in hand."""

    is_for_another: bool = False
    is_over: bool = False
    """It waited for this reader, the last day has passed, and somebody else is next."""


def claim_on(where: Whereabouts, patron: Patron, policy: HoldPolicy, *, here: str, on: date) -> Claim:
    """What other readers have to say when this reader wants the copy: nothing, it is promised to another, or the promise is over."""
    allotment, place = where.allotment, where.shelf_place
    if allotment is None:
        # A copy freed on a hold shelf, on its way in the van, or received by a machine belongs to whoever is next.
        if place is None and where.transit is None and not (where.loan and where.loan.received_at):
            return Claim()
        return Claim(is_for_another=_somebody_else_is_next(where.item, patron, here=here, on=on))
    if allotment.title.hold.patron_id == patron.pk:
        late = place is not None and is_over(place, allotment.title.hold, on)
        # Whoever has another copy on a pick list does not wait for this one.
        return Claim(is_over=late and _somebody_else_is_next(where.item, patron, here="", on=on))
    on_pick_list = place is None and where.transit is None
    return Claim(is_for_another=not (on_pick_list and policy.visitor_beats_pick_list))


def _somebody_else_is_next(item: Item, patron: Patron, *, here: str, on: date) -> bool:
    title = next_reader(item, here=here, on=on)
    return title is not None and title.hold.patron_id != patron.pk


def settle_promises(where: Whereabouts, patron: Patron, scene: Scene) -> list[str]:
    """The copy was lent: the reader's own hold is fulfilled, another's hold loses it. Answers what staff are told."""
    messages = []
    own = own_hold_title(where, patron)
    if where.shelf_place:
        end_shelf_place(where.shelf_place, scene)
    if where.allotment and where.allotment.title.hold.patron_id != patron.pk:
        messages += _take_from_another(where, scene)
    if own:
        messages += _fulfil(own, where.item, scene)
    return messages


def own_hold_title(where: Whereabouts, patron: Patron) -> HoldTitle | None:
    """The reader's own open wish that this copy meets: the one that it was bound to, else the earliest for the title.

    Whoever takes another copy than the one asked for has the book, and waits no longer.
    """
    # Most loans meet no hold: the rows with all that belongs to them are read only when there is one.
    wanted = _open_wishes(patron=patron.pk, record=where.item.record_id)
    if not wanted:
        return None
    bound = where.allotment.title_id if where.allotment else None
    return _hold_titles(pk=bound if bound in wanted else wanted[0])[0]


@prepared
def _hold_titles(pk: int) -> "QuerySet[HoldTitle]":
    return HoldTitle.objects.select_related("hold__pickup", "hold__patron").filter(pk=pk)


@prepared
def _open_wishes(patron: int, record: int) -> "QuerySet[HoldTitle, int]":
    titles = HoldTitle.objects.filter(hold__patron=patron, hold__closed_at=None, record=record, done_at=None)
    return titles.order_by("hold__accepted_at", "pk").values_list("pk", flat=True)


def _take_from_another(where: Whereabouts, scene: Scene) -> list[str]:
    allotment, place = where.allotment, where.shelf_place
    assert allotment is not None
    hold = allotment.title.hold
    if place is None and where.transit is None:
        replace_copy(allotment, scene)
        return ["was-on-pick-list"]
    if place and is_over(place, hold, scene.on):
        expire(hold, scene)
        return []
    let_go(allotment, scene)
    if place and place.ready_on:
        unready(hold, where.item, scene, surprise=True)
    requeue(allotment.title, where.item, scene)
    allot_to(hold, scene)
    return ["hold-back-in-queue"]


def _fulfil(title: HoldTitle, item: Item, scene: Scene) -> list[str]:
    """Done with this title; with the whole hold when nothing more is wanted. Its other copies are free again."""
    hold, messages = title.hold, list[str]()
    _title_done(title=title.pk, at=scene.at)
    titles = _done_of(hold=hold.pk)
    done = sum(done_at is not None for (done_at,) in titles)
    wanted = hold.want if hold.kind == Hold.Kind.ANY_OF else len(titles)
    if done < wanted:
        freed = list(Allotment.objects.open().filter(title=title).select_related("item"))
        Allotment.objects.filter(pk__in=[one.pk for one in freed]).update(ended_at=scene.at)
        scene.record(HoldPartFulfilled(hold=hold.pk, record=item.record_id), hold_subject(hold.pk))
        if hold.kind == Hold.Kind.ORDERED:
            allot_to(hold, scene)
        elif hold.kind == Hold.Kind.TOGETHER:
            messages += announce_what_is_left(hold, scene)
    else:
        freed = close_hold(hold, "fulfilled", scene)
        waited = (scene.at - hold.accepted_at).days
        event = HoldFulfilled(hold=hold.pk, record=item.record_id, waited_days=waited)
        scene.record(event, hold_subject(hold.pk))
    others = [one for one in freed if one.item_id != item.pk]
    for one in others:
        allot(one.item.record_id, scene)
    if not others:
        return messages
    on_hold_shelf = ShelfPlace.objects.open().filter(item__in=[one.item_id for one in others]).exists()
    if on_hold_shelf:
        return [*messages, "take-off-hold-shelf"]
    return [*messages, "other-copy-released"]


@prepared_update
def _title_done(title: int, at: datetime) -> tuple["QuerySet[HoldTitle]", dict[str, Any]]:
    return HoldTitle.objects.filter(pk=title), {"done_at": at}


@prepared
def _done_of(hold: int) -> "QuerySet[HoldTitle, tuple[datetime | None]]":
    return HoldTitle.objects.filter(hold=hold).values_list("done_at")
