"""巡回文庫: sets that move on together. A move changes where each book belongs; the next scan of it begins its journey."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from fumikura.circulation.group_events import RotationTurned, RotationWritten
from fumikura.circulation.models import Loan, RotatingItem, RotatingSet, Rotation, ShelfPlace, Transit
from fumikura.circulation.rules.rotating import last_day, move_day, stop_of, turn_on
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Deposit, Item
from fumikura.holdings.queries import find_items
from fumikura.holdings.services.deposits import leave_deposit, put_in_deposit
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import find_facility, places_by_code

LONGEST_WEEKS = 104


@transaction.atomic
def write_rotation(
    *,
    code: str,
    name: str,
    stops: Sequence[str],
    first_on: date,
    weeks: int,
    sets: Sequence[Sequence[str]],
    by: Actor,
    at: datetime,
) -> Rotation:
    """Set the stops, the rhythm and the books (barcodes) of each set; a book that left a set belongs home again.

    Refused: rotation-incomplete, facility-unknown, item-unknown, item-in-other-set.
    """
    by.require("circulation.set-route")
    known = places_by_code()
    reasons = [Reason.of("facility-unknown", facility=stop) for stop in stops if stop not in known]
    if not code or not name or len(stops) < 2 or not 1 <= weeks <= LONGEST_WEEKS or not any(sets):
        reasons.append(Reason("rotation-incomplete"))
    if reasons:
        raise Refused(*reasons)
    items = [find_items(one) for one in sets]
    row, _ = Rotation.objects.update_or_create(
        code=code, defaults={"name": name, "stops": list(stops), "first_on": first_on, "weeks": weeks, "ended_at": None}
    )
    for number, wanted in enumerate(items, start=1):
        _fill(row, number, wanted, at)
    written = RotationWritten(rotation=code, items=sum(len(one) for one in items))
    Scene(by, at).record(written, f"circulation.rotation:{row.pk}")
    return row


def _fill(rotation: Rotation, number: int, wanted: Sequence[Item], at: datetime) -> None:
    one, _ = RotatingSet.objects.get_or_create(rotation=rotation, number=number)
    elsewhere = RotatingItem.objects.filter(item__in=wanted).exclude(set=one).select_related("item")
    if taken := list(elsewhere):
        raise Refused(*(Reason.of("item-in-other-set", barcode=row.item.barcode) for row in taken))
    gone = list(Item.objects.filter(rotating__set=one).exclude(pk__in=[item.pk for item in wanted]))
    leave_deposit(gone, at=at)
    RotatingItem.objects.filter(set=one, item__in=gone).delete()
    known = set(RotatingItem.objects.filter(set=one).values_list("item", flat=True))
    RotatingItem.objects.bulk_create([RotatingItem(set=one, item=item) for item in wanted if item.pk not in known])
    if any(item.pk not in known for item in wanted):
        RotatingSet.objects.filter(pk=one.pk).update(turn=-1)


@transaction.atomic
def end_rotation(*, rotation: Rotation, by: Actor, at: datetime) -> list[list[int]]:
    """Everything belongs home again; the next scan sends it there. Answers what resume_rotation needs: the items by set."""
    by.require("circulation.set-route")
    items = list(Item.objects.filter(rotating__set__rotation=rotation))
    places = list(RotatingItem.objects.filter(set__rotation=rotation).order_by("pk").values_list("set__number", "item"))
    last = max((number for number, _item in places), default=0)
    sets = [[item for number, item in places if number == wanted] for wanted in range(1, last + 1)]
    leave_deposit(items, at=at)
    RotatingItem.objects.filter(set__rotation=rotation).delete()
    Rotation.objects.filter(pk=rotation.pk).update(ended_at=at)
    Scene(by, at).record(RotationWritten(rotation=rotation.code, items=0), f"circulation.rotation:{rotation.pk}")
    return sets


@transaction.atomic
def resume_rotation(*, rotation: Rotation, sets: Sequence[Sequence[int]], by: Actor, at: datetime) -> Rotation:
    """A rotation ended by mistake goes on with what end_rotation answered, less what was withdrawn meanwhile.

    The next turn_rotations puts each set where it belongs by now. Refused: not-undoable unless it is ended,
    item-in-other-set.
    """
    by.require("circulation.set-route")
    row = Rotation.objects.select_for_update().get(pk=rotation.pk)
    if row.ended_at is None:
        raise Refused(Reason("not-undoable"))
    Rotation.objects.filter(pk=row.pk).update(ended_at=None)
    there = Item.objects.filter(withdrawal=None).in_bulk([item for one in sets for item in one])
    items = [[there[item] for item in one if item in there] for one in sets]
    for number, wanted in enumerate(items, start=1):
        if wanted:
            _fill(row, number, wanted, at)
    written = RotationWritten(rotation=row.code, items=sum(len(one) for one in items))
    Scene(by, at).record(written, f"circulation.rotation:{row.pk}")
    row.ended_at = None
    return row


@transaction.atomic
def turn_rotations(*, by: Actor, at: datetime) -> int:
    """The night job: every set whose day has come belongs to its next stop. Answers how many sets; a second run none."""
    by.require("circulation.set-route")
    scene, moved = Scene(by, at), 0
    for one in RotatingSet.objects.select_for_update(of=("self",)).select_related("rotation").order_by("pk"):
        plan = one.rotation
        turn = turn_on(scene.on, first_on=plan.first_on, weeks=plan.weeks)
        if plan.ended_at or turn < 0 or turn == one.turn:
            continue
        stop = find_facility(stop_of(plan.stops, number=one.number, turn=turn))
        items = list(Item.objects.filter(rotating__set=one).order_by("pk"))
        put_in_deposit(items, facility=stop, until=last_day(turn, first_on=plan.first_on, weeks=plan.weeks), at=at)
        RotatingSet.objects.filter(pk=one.pk).update(turn=turn)
        turned = RotationTurned(
            rotation=plan.code, number=one.number, facility=stop.code, items=tuple(item.pk for item in items)
        )
        scene.record(turned, f"circulation.rotation:{plan.pk}")
        moved += 1
    return moved


def to_move_on(facility: Facility) -> list[Item]:
    """Books of sets that stand here and belong elsewhere by now: fetch and scan them, and they are sent."""
    here = Q(stands_at=facility) | Q(stands_at=None, home=facility)
    elsewhere = Deposit.objects.filter(item=OuterRef("pk"), ended_at=None).exclude(facility=facility)
    busy = (
        Exists(Loan.objects.open().filter(item=OuterRef("pk"))),
        Exists(Transit.objects.open().filter(item=OuterRef("pk"))),
        Exists(ShelfPlace.objects.open().filter(item=OuterRef("pk"))),
    )
    rows = Item.objects.filter(here, Exists(elsewhere), *(~one for one in busy), rotating__isnull=False)
    return list(rows.filter(withdrawal=None).select_related("record", "location").order_by("call_number", "pk"))


@dataclass(frozen=True, kw_only=True)
class Move:
    """One turn of a rotation: from which day which set is where."""

    on: date
    stops: tuple[str, ...]
    """The facility code of each set, in the order of the sets."""


def plan_of(rotation: Rotation, *, sets: int, today: date, count: int = 6) -> list[Move]:
    """The turn of today and those that follow."""
    first = max(0, turn_on(today, first_on=rotation.first_on, weeks=rotation.weeks))
    return [
        Move(
            on=move_day(turn, first_on=rotation.first_on, weeks=rotation.weeks),
            stops=tuple(stop_of(rotation.stops, number=number, turn=turn) for number in range(1, sets + 1)),
        )
        for turn in range(first, first + count)
    ]


def preview_rotation(
    *,
    code: str,
    name: str,
    stops: Sequence[str],
    first_on: date,
    weeks: int,
    sets: Sequence[Sequence[str]],
    by: Actor,
    at: datetime,
) -> list[Move]:
    """The plan that `write_rotation` would make, and nothing written. Refused with whatever it refuses."""
    with transaction.atomic():
        row = write_rotation(
            code=code, name=name, stops=stops, first_on=first_on, weeks=weeks, sets=sets, by=by, at=at
        )  # fmt: skip
        moves = plan_of(row, sets=len(sets), today=Scene(by, at).on)
        transaction.set_rollback(True)
    return moves
