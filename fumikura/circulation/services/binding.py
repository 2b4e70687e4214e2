"""Copies are bound to holds and let go again. Bound is bound: only what is said here ends it.

Locks: the patron, then items, then holds. A copy that a desk holds just now is passed over instead of waited for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from fumikura.circulation.events import AllotmentMoved, HoldAllotted, HoldRequeued
from fumikura.circulation.models import Allotment, Hold, HoldTitle, Route
from fumikura.circulation.rules.explaining import Chosen, seen_in_hand, seen_when_chosen
from fumikura.circulation.rules.holding import FreeCopy, choose_copy
from fumikura.circulation.services.copies import (
    asked_any_free,
    asked_free,
    asked_secure,
    free_copies,
    is_any_free,
    secure,
)
from fumikura.circulation.services.new_copies import NewCopies
from fumikura.circulation.services.queue import (
    Line,
    asked_route,
    route,
)
from fumikura.circulation.services.scene import Scene, asked_rules
from fumikura.circulation.services.turns import asked_turn, turn_seen
from fumikura.holdings.models import Item
from fumikura.statements.ahead import Asked, read_ahead
from fumikura.statements.reads import prepared
from fumikura.statements.writes import insert, prepared_update

TRIES = 5
"""How often a turn is looked for anew when other desks are quicker; then the copy goes to its shelf, and is offered there."""


@dataclass(frozen=True)
class Bound:
    """What binding did: the open allotment, and the copy on another shelf that the hold no longer needs."""

    allotment: Allotment
    released: Item | None = None
    messages: tuple[str, ...] = field(default=())


def bind(title: HoldTitle, item: Item, scene: Scene, *, picked: bool, chosen: Chosen | None = None) -> Bound:
    """Bind a copy to a hold. A copy that was only on a pick list for it is let go.

    `chosen`: from among which copies; without it the copy is in hand here. It stays with the allotment, so that it can
    be explained later, when the shelves look otherwise.
    """
    before = _allotments_of.first(title=title.pk)
    if before:
        _end(before, scene)
    seen = seen_when_chosen(chosen) if chosen else seen_in_hand(scene.site.code)
    seen |= turn_seen(title, item, scene, before)
    allotment = Allotment(title=title, item=item, since=scene.at, picked_at=scene.at if picked else None, snapshot=seen)
    insert(allotment)
    if before:
        record_moved(title, item, before.item, scene)
        return Bound(allotment, before.item, ("other-copy-released",))
    event = HoldAllotted(hold=title.hold_id, item=item.pk, record=item.record_id)
    scene.record(event, hold_subject(title.hold_id))
    return Bound(allotment)


@prepared
def _allotments_of(title: int) -> "QuerySet[Allotment]":
    return Allotment.objects.open().filter(title=title).select_related("item")


def record_moved(title: HoldTitle, item: Item, instead_of: Item, scene: Scene) -> None:
    event = AllotmentMoved(hold=title.hold_id, item=item.pk, record=item.record_id, instead_of=instead_of.pk)
    scene.record(event, hold_subject(title.hold_id))


def let_go(allotment: Allotment, scene: Scene) -> None:
    """The copy is bound to nobody; where it is does not change."""
    _end(allotment, scene)


def requeue(title: HoldTitle, item: Item, scene: Scene, *, broken_promise: bool = False) -> None:
    """The hold waits again at its old place."""
    hold = title.hold
    event = HoldRequeued(hold=hold.pk, item=item.pk, record=item.record_id, breaks_a_promise=broken_promise)
    key = hold.patron.key if hold.patron else ""
    scene.record(event, hold_subject(hold.pk), patron_key=key)


def replace_copy(allotment: Allotment, scene: Scene, *, broken_promise: bool = False) -> bool:
    """A hold loses the copy that was on its pick list: another one at once, or its old place. Answers whether one was found."""
    title, lost = allotment.title, allotment.item
    if connection.features.has_select_for_update:
        with read_ahead(_hold_under_lock.asked(pk=title.hold_id), _allotments_of.asked(title=title.pk)):
            _hold_under_lock(pk=title.hold_id)
            open_now = _allotments_of.first(title=title.pk)
        if open_now is None or open_now.pk != allotment.pk:
            # Another desk was quicker: it let the copy go, and served the reader with another or set the hold back.
            return open_now is not None
    let_go(allotment, scene)
    others = copies_instead(allotment, scene.on)
    chosen = _secured(list(others), title, route(), scene)
    if chosen is None:
        requeue(title, lost, scene, broken_promise=broken_promise)
        return False
    title, item = others[chosen.copy], _items(pk=chosen.copy.item)[0]
    seen = seen_when_chosen(chosen)
    seen |= turn_seen(title, item, scene, allotment)
    insert(Allotment(title=title, item=item, since=scene.at, snapshot=seen))
    record_moved(title, item, lost, scene)
    return True


def copies_instead(allotment: Allotment, on: date) -> dict[FreeCopy, HoldTitle]:
    """The free copies that the hold could have instead of this one, each with the title of the hold that it meets.

    Whoever is content with any of several titles is served with another of them as well.
    """
    title = allotment.title
    others = [title]
    if title.hold.kind == Hold.Kind.ANY_OF:
        bound = Allotment.objects.open().filter(title=OuterRef("pk"))
        of_hold = HoldTitle.objects.filter(~Exists(bound), hold=title.hold_id, done_at=None).exclude(pk=title.pk)
        others += of_hold.select_related("hold__pickup", "hold__patron", "item").order_by("place", "pk")
    return {
        copy: one
        for one in others
        for copy in free_copies(one.record_id, on, only=one.item)
        if copy.item != allotment.item_id
    }


def offer_again(freed: Iterable[Allotment], scene: Scene) -> None:
    """What was only on a pick list serves the next at once; what has moved is offered when it is scanned."""
    for record in sorted({one.item.record_id for one in freed if one.picked_at is None}):
        allot(record, scene)


def allot_to(hold: Hold, scene: Scene) -> None:
    """Bind free copies of whatever this hold waits for, in turn: the next volume of a set, or another title that would do."""
    for record in hold.titles.filter(done_at=None).order_by("place", "pk").values_list("record", flat=True):
        allot(record, scene)


def allot(record: int, scene: Scene) -> int:
    """Bind free copies on shelves to those who wait for this title, in turn. Answers how many were bound."""
    bound, tried, passed = 0, set[int](), set[int]()
    line, new_copies = Line(record, scene.on), NewCopies(record, scene)
    while True:
        with read_ahead(asked_any_free(record, scene.on), *line.asked()):
            if not is_any_free(record, scene.on):
                return bound
            title = take_turn(lambda: line.next(besides=tried), *line.asked())
        if title is None:
            return bound
        tried.add(title.pk)
        with read_ahead(
            asked_route(), *asked_rules(scene), *(() if title.item else asked_free(record, scene.on))
        ):  # fmt: skip
            ring, copies = route(), free_copies(record, scene.on, only=title.item)
            reachable = new_copies.that_may_leave(copies, title, tried)
        if _bind_best(title, reachable, ring, scene):
            bound += 1
            if line.ends_here and not passed:
                return bound
            # One of those who were passed over for a new copy may have the next.
            tried.difference_update(passed)
            passed.clear()
        elif len(reachable) < len(copies):
            passed.add(title.pk)
            if title.item is None and not reachable:
                passed.update(new_copies.passed_over_with(copies, tried) - tried)
                tried.update(passed)
        elif title.item is None:
            # What this reader cannot have, because desks hold it or its site is frozen, nobody behind can.
            return bound


def _bind_best(title: HoldTitle, copies: Sequence[FreeCopy], ring: Route, scene: Scene) -> bool:
    chosen = _secured(copies, title, ring, scene)
    if chosen is None:
        return False
    item = chosen.copy.item
    with read_ahead(_items.asked(pk=item), _allotments_of.asked(title=title.pk), asked_turn(title)):
        bind(title, _items(pk=item)[0], scene, picked=False, chosen=chosen)
    return True


def _secured(copies: Sequence[FreeCopy], title: HoldTitle, ring: Route, scene: Scene) -> Chosen | None:
    """The best of these copies, locked; one that a desk was quicker to take, or holds just now, is passed over."""
    left, pickup = list(copies), title.hold.pickup.code
    while copy := choose_copy(left, pickup=pickup, ring=ring.stops, on_call=ring.on_call):
        with read_ahead(*asked_secure(copy.item, scene.on)):
            if secure(copy.item, scene.on):
                return Chosen(copy, tuple(left), pickup, ring.stops, ring.on_call)
        left.remove(copy)
    return None


@prepared
def _items(pk: int) -> "QuerySet[Item]":
    return Item.objects.filter(pk=pk)


def take_turn(find: Callable[[], HoldTitle | None], *asked: Asked) -> HoldTitle | None:
    """Lock the hold that `find` answers and look again: another desk may have served it while one waited.

    `asked`: what `find` reads.
    """
    for _ in range(TRIES):
        title = find()
        if title is None or not connection.features.has_select_for_update:
            return title
        with read_ahead(_hold_under_lock.asked(pk=title.hold_id), *asked):
            _hold_under_lock(pk=title.hold_id)
            again = find()
        if again and again.pk == title.pk:
            return again
    return None


@prepared
def _hold_under_lock(pk: int) -> "QuerySet[Hold, tuple[int]]":
    return Hold.objects.select_for_update().filter(pk=pk).values_list("pk")


def lock_hold(hold: int) -> None:
    """The hold's row, held until the transaction ends; after its items. SQLite has let only this transaction in."""
    if connection.features.has_select_for_update:
        _hold_under_lock(pk=hold)


def lock_hold_unless_at_work(hold: int) -> bool:
    """The same without waiting. False when another desk is at work on that hold just now."""
    return not connection.features.has_select_for_update or bool(_hold_unless_at_work(pk=hold))


@prepared
def _hold_unless_at_work(pk: int) -> "QuerySet[Hold, tuple[int]]":
    return Hold.objects.select_for_update(skip_locked=True).filter(pk=pk).values_list("pk")


def hold_subject(hold: int) -> str:
    """What an entry about a hold is about."""
    return f"circulation.hold:{hold}"


def _end(allotment: Allotment, scene: Scene) -> None:
    _ended(allotment=allotment.pk, at=scene.at)


@prepared_update
def _ended(allotment: int, at: datetime) -> tuple["QuerySet[Allotment]", dict[str, Any]]:
    return Allotment.objects.open().filter(pk=allotment), {"ended_at": at}
