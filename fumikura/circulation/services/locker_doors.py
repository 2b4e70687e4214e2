"""The doors of a locker: which are free, what lies behind them, and how a stay behind one ends."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from fumikura.circulation.models import Compartment, Hold, LockerStay, ShelfPlace
from fumikura.circulation.network_events import DoorNoted, LockerEmptied, LockerFilled
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility

CODE_DIGITS = 8
MOST_DOORS = 200


@dataclass(frozen=True, kw_only=True)
class Door:
    """One compartment as the machine and staff see it. Nothing in it says who."""

    number: int
    state: str
    """free, kept (a reader may come), over (to be taken out) or fault."""
    fault: str = ""
    stay: int = 0
    until: date | None = None
    opened_at: datetime | None = None
    """Its reader opened it, and it was never said to be empty: it stands open, or the machine lost its line."""


@transaction.atomic
def set_up_locker(*, facility: Facility, doors: int, by: Actor, at: datetime) -> int:
    """Doors 1 to `doors`; those that are there already stay. Refused("locker-too-large")."""
    by.require("organisation.configure")
    if not 1 <= doors <= MOST_DOORS:
        raise Refused(Reason.of("locker-too-large", limit=MOST_DOORS))
    for number in range(1, doors + 1):
        Compartment.objects.get_or_create(facility=facility, number=number)
    return Compartment.objects.filter(facility=facility).count()


def doors_of(facility: Facility, on: date) -> list[Door]:
    """Every door by its number."""
    stays = {stay.compartment_id: stay for stay in open_stays(facility)}
    untils = _untils([stay.hold_id for stay in stays.values()])
    found = []
    for row in Compartment.objects.filter(facility=facility).order_by("number"):
        stay = stays.get(row.pk)
        until = untils.get(stay.hold_id) if stay else None
        state = "fault" if row.fault else "free"
        if stay:
            waits = "fault" if row.fault else "kept"
            state = "over" if stay.hold.closed_at or (until is not None and until < on) else waits
        opened_at, pk = (stay.opened_at, stay.pk) if stay else (None, 0)
        found.append(Door(number=row.number, state=state, fault=row.fault, stay=pk, until=until, opened_at=opened_at))
    return found


def open_stays(facility: Facility) -> "QuerySet[LockerStay]":
    return LockerStay.objects.open().filter(compartment__facility=facility).select_related("hold", "compartment")


def _untils(holds: Sequence[int]) -> dict[int, date]:
    places = ShelfPlace.objects.open().filter(item__allotments__title__hold__in=holds, item__allotments__ended_at=None)
    rows = places.exclude(until=None).values_list("item__allotments__title__hold", "until")
    return {hold: until for hold, until in rows if until}


def lay_behind_a_door(hold: Hold, items: Sequence[Item], scene: Scene) -> LockerStay | None:
    """These go behind the first free door that works, or to what lies behind one for this hold; None when no door is free."""
    # Two desks and the machine may come at one moment: one after the other, and each then sees which doors are taken.
    list(Compartment.objects.select_for_update().filter(facility=scene.site).order_by("number").values_list("pk"))
    stay = LockerStay.objects.open().filter(hold=hold).select_related("compartment").first() or _take_a_door(
        hold, scene
    )
    if stay:
        places = ShelfPlace.objects.open().filter(item__in=items)
        left = list(open_stays(scene.site).filter(places__in=places).exclude(pk=stay.pk).distinct())
        places.update(stay=stay)
        for other in left:
            _end_if_empty(other, scene)
    return stay


def _take_a_door(hold: Hold, scene: Scene) -> LockerStay | None:
    taken = LockerStay.objects.open().filter(compartment__facility=scene.site).values("compartment")
    door = Compartment.objects.filter(facility=scene.site, fault="").exclude(pk__in=taken).order_by("number").first()
    if door is None:
        return None
    stay = LockerStay.objects.create(compartment=door, hold=hold, code=_new_code(scene.site), placed_at=scene.at)
    filled = LockerFilled(hold=hold.pk, facility=scene.site.code, compartment=door.number)
    scene.record(filled, f"circulation.hold:{hold.pk}", patron_key=hold.patron.key if hold.patron else "")
    return stay


def _new_code(facility: Facility) -> str:
    """Figures that no other door of this locker answers to just now."""
    used = set(open_stays(facility).values_list("code", flat=True))
    while (code := f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}") in used:
        pass
    return code


def leave_door(place: ShelfPlace, scene: Scene) -> None:
    """What lay behind a door was scanned: it is in somebody's hand, and when nothing else lies there the door is free."""
    if place.stay_id is None:
        return
    ShelfPlace.objects.filter(pk=place.pk).update(stay=None)
    _end_if_empty(LockerStay.objects.select_related("hold", "compartment__facility").get(pk=place.stay_id), scene)


def _end_if_empty(stay: LockerStay, scene: Scene) -> None:
    if not ShelfPlace.objects.open().filter(stay=stay).exists():
        end_stay(stay, "expired" if stay.hold.closed_at else "taken-out", scene)


def end_stay(stay: LockerStay, how: str, scene: Scene) -> None:
    """The door is empty; its code is forgotten."""
    ShelfPlace.objects.filter(stay=stay).update(stay=None)
    LockerStay.objects.filter(pk=stay.pk).update(ended_at=scene.at, ended_as=how, code="", opened_by=None)
    emptied = LockerEmptied(
        hold=stay.hold_id,
        facility=stay.compartment.facility.code,
        compartment=stay.compartment.number,
        how=how,
    )
    scene.record(emptied, f"circulation.hold:{stay.hold_id}")


@transaction.atomic
def note_door(*, facility: Facility, number: int, fault: str, by: Actor, at: datetime) -> Compartment:
    """The machine or staff say what is wrong with a door; an empty fault: it works again. Refused("door-unknown")."""
    by.require("circulation.fill-locker")
    row = Compartment.objects.select_for_update().filter(facility=facility, number=number).first()
    if row is None:
        raise Refused(Reason.of("door-unknown", door=number))
    row.fault, row.fault_at = fault[:60], at if fault else None
    row.save(update_fields=["fault", "fault_at"])
    noted = DoorNoted(facility=facility.code, compartment=number, fault=row.fault)
    Scene(by, at).record(noted, f"organisation.facility:{facility.code}")
    return row
