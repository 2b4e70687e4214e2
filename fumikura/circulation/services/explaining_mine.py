"""Why a reader's own holds stand where they stand: their turn, their copy, their last day. Nothing is about anybody else."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from django.utils import timezone

from fumikura.circulation.models import Allotment, ShelfPlace
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.rules.expecting import Expected
from fumikura.circulation.rules.explaining import stands_still
from fumikura.circulation.services.expecting import Standing
from fumikura.circulation.services.explaining import why_until
from fumikura.circulation.services.queue import waiting_rows
from fumikura.kernel.refusals import Reason
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import lending_facts


def whys_mine(patron: Patron, standings: Sequence[Standing], at: datetime) -> dict[int, tuple[Reason, ...]]:
    """For each of the reader's holds, by row number, in codes of kernel.reasons.WHY; `place` in them is a facility's code."""
    bound: dict[int, list[Allotment]] = {}
    with_copies = [one.hold.pk for one in standings if one.state != "waiting"]
    allotments = (
        Allotment.objects.open().filter(title__hold__in=with_copies).select_related("title__hold__pickup", "item__home")
    )
    for allotment in allotments.order_by("title__place", "pk"):
        bound.setdefault(allotment.title.hold_id, []).append(allotment)
    shelved = _until(patron, standings, [one for rows in bound.values() for one in rows], at)
    still = _passed_over(standings, at)
    return {
        one.hold.pk: (
            Reason("queue-rule"),
            *still.get(one.hold.pk, ()),
            *_copies(bound.get(one.hold.pk, ())),
            *shelved.get(one.hold.pk, ()),
        )
        for one in standings
    }


def standing_in_codes(standing: Standing, whys: Sequence[Reason]) -> tuple[Reason, ...]:
    """For doors that have room for sentences only: where it stands, when it may come, and of its `whys_mine` those that
    somebody who stands there asks for. Why others come first interests nobody who is next, or whose copy is found."""
    is_behind = standing.state == "waiting" and standing.position != 1
    further = [one for one in whys if one.kind != "queue-rule"]
    rule = [one for one in whys if one.kind == "queue-rule"] if is_behind else []
    return (*_stands(standing), *further, *rule)


def _stands(standing: Standing) -> tuple[Reason, ...]:
    arrives = {"day": timezone.localdate(standing.arrives_at).isoformat()} if standing.arrives_at else {}
    match standing.state:
        case "ready":
            return (Reason.of("hold-ready", **({"until": standing.until.isoformat()} if standing.until else {})),)
        case "travelling":
            return (Reason.of("hold-travelling", **arrives),)
        case "allotted":
            return (Reason.of("hold-found", **arrives),)
        case "collecting":
            return (Reason("hold-collecting"),)
        case "waiting":
            return _in_line(standing)
    return ()


def _in_line(standing: Standing) -> tuple[Reason, ...]:
    if not standing.position:
        return ()
    place = Reason.of("turn-in-line", position=standing.position, waiting=standing.waiting, copies=standing.copies)
    match standing.expected:
        case Expected(earliest=early, latest=late):
            return place, Reason.of("estimate-between", early=early.isoformat(), late=late.isoformat())
        case Reason() as nobody_knows:
            return place, nobody_knows
    return (place,)


def _passed_over(standings: Sequence[Standing], at: datetime) -> dict[int, tuple[Reason, ...]]:
    """What keeps each from being served today; nothing for a hold that has its place in the queue, or a copy."""
    wanted = []
    for one in standings:
        if one.state == "waiting" and (not one.position or one.is_asleep):
            title = next((title for title in one.titles if title.done_at is None), one.titles[0])
            title.hold = one.hold
            wanted.append(title)
    found = {row.hold: stands_still(row, timezone.localdate(at)) for row in waiting_rows(wanted)}
    return {hold: (still,) for hold, still in found.items() if still}


def _copies(allotments: Iterable[Allotment]) -> tuple[Reason, ...]:
    """Why the copies that are kept for it: as it was seen when each was bound. One said twice is said once."""
    return tuple(dict.fromkeys(reason for one in allotments for reason in _copy(one)))


def _copy(allotment: Allotment) -> tuple[Reason, ...]:
    seen = allotment.snapshot
    if "in_hand" not in seen:
        return ()
    if seen["in_hand"]:
        return (Reason("your-turn-at-scan"),)
    if allotment.title.item_id is not None:
        return (Reason("copy-only-this"),)
    if not seen["stops"]:
        # Asked to another place since: then it is carried after all.
        stands_there = seen["stood_at"] == allotment.title.hold.pickup.code
        return (Reason.of("copy-at-pickup", place=seen["stood_at"]),) if stands_there else ()
    return (Reason.of("copy-nearest", place=seen["stood_at"], stops=seen["stops"]),)


def _until(
    patron: Patron, standings: Sequence[Standing], allotments: Sequence[Allotment], at: datetime
) -> dict[int, tuple[Reason, ...]]:
    """By which rule each hold that lies ready stays until its day: of its things the one that goes back first."""
    ready = {one.hold.pk: one.hold for one in standings if one.state == "ready"}
    if not ready:
        return {}
    on = timezone.localdate(at)
    facts = lending_facts(patron, on)
    of_item = {one.item_id: one for one in allotments if one.title.hold_id in ready}
    places = ShelfPlace.objects.open().filter(item__in=list(of_item)).exclude(ready_on=None)
    found: dict[int, tuple[Reason, ...]] = {}
    rules_of = cache(rules_in_force)
    for place in places.order_by("until", "pk"):
        allotment = of_item[place.item_id]
        hold = ready[allotment.title.hold_id]
        if hold.pk not in found and (why := why_until(hold, allotment.item, place, on, facts, rules_of=rules_of)):
            found[hold.pk] = why.reasons
    return found
