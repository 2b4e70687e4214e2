"""予約ロッカー: what a reader waits for is laid behind a door, opened with a code, collected, or taken out again."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from fumikura.circulation.models import Allotment, Compartment, Loan, LockerStay, ShelfPlace
from fumikura.circulation.network_events import DoorNoted, LockerEmptied, LockerFilled
from fumikura.circulation.services.loans import carry_out
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.wishes import consider
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
    stays = {stay.compartment_id: stay for stay in _open_stays(facility)}
    untils = _untils([stay.hold_id for stay in stays.values()])
    found = []
    for row in Compartment.objects.filter(facility=facility).order_by("number"):
        stay = stays.get(row.pk)
        until = untils.get(stay.hold_id) if stay else None
        state = "fault" if row.fault else "free"
        if stay:
            state = "over" if stay.hold.closed_at or (until is not None and until < on) else "kept"
        found.append(Door(number=row.number, state=state, fault=row.fault, stay=stay.pk if stay else 0, until=until))
    return found


def _open_stays(facility: Facility) -> "QuerySet[LockerStay]":
    return LockerStay.objects.open().filter(compartment__facility=facility).select_related("hold", "compartment")


def _untils(holds: Sequence[int]) -> dict[int, date]:
    places = ShelfPlace.objects.open().filter(item__allotments__title__hold__in=holds, item__allotments__ended_at=None)
    rows = places.exclude(until=None).values_list("item__allotments__title__hold", "until")
    return {hold: until for hold, until in rows if until}


@transaction.atomic
def fill_locker(*, item: Item, facility: Facility, by: Actor, at: datetime) -> LockerStay:
    """A thing that lies ready here goes behind the first free door that works; a second thing of the hold to the same.

    Refused: hold-not-ready-here, locker-full.
    """
    by.require("circulation.fill-locker")
    here = ShelfPlace.objects.open().filter(item=item, facility=facility).exclude(ready_on=None)
    bound = Allotment.objects.open().filter(item=item, title__hold__pickup=facility).select_related("title__hold")
    allotment = bound.first()
    if allotment is None or not here.exists():
        raise Refused(Reason("hold-not-ready-here"))
    hold = allotment.title.hold
    # Two desks and the machine may come at one moment: one after the other, and each then sees which doors are taken.
    list(Compartment.objects.select_for_update().filter(facility=facility).order_by("number").values_list("pk"))
    if stay := LockerStay.objects.open().filter(hold=hold).select_related("compartment").first():
        return stay
    taken = LockerStay.objects.open().filter(compartment__facility=facility).values("compartment")
    door = Compartment.objects.filter(facility=facility, fault="").exclude(pk__in=taken).order_by("number").first()
    if door is None:
        raise Refused(Reason("locker-full"))
    stay = LockerStay.objects.create(compartment=door, hold=hold, code=_new_code(facility), placed_at=at)
    filled = LockerFilled(hold=hold.pk, facility=facility.code, compartment=door.number)
    Scene(by, at).record(filled, f"circulation.hold:{hold.pk}", patron_key=hold.patron.key if hold.patron else "")
    return stay


def _new_code(facility: Facility) -> str:
    """Figures that no other door of this locker answers to just now."""
    used = set(_open_stays(facility).values_list("code", flat=True))
    while (code := f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}") in used:
        pass
    return code


@transaction.atomic
def open_locker(*, code: str, facility: Facility, by: Actor, at: datetime) -> LockerStay:
    """The reader types or shows the code: which door springs open.

    Refused: locker-code-wrong, locker-door-fault, and whatever speaks against lending it.
    """
    by.require("circulation.check-out")
    rows = _open_stays(facility).select_for_update(of=("self",))
    stay = rows.filter(code=code.strip(), hold__closed_at=None).first() if code.strip() else None
    if stay is None:
        raise Refused(Reason("locker-code-wrong"))
    if stay.compartment.fault:
        raise Refused(Reason.of("locker-door-fault", door=stay.compartment.number))
    scene = Scene(by, at)
    reasons = [
        reason
        for item in _items_of(stay)
        if stay.hold.patron
        for reason in consider(item=item, patron=stay.hold.patron, scene=scene, kind="loan").objections
    ]
    if reasons:
        raise Refused(*dict.fromkeys(reasons))
    stay.opened_at = at
    stay.save(update_fields=["opened_at"])
    return stay


def _items_of(stay: LockerStay) -> list[Item]:
    """What lies behind the door: by where the locker stands, for the reader may have changed the pickup meanwhile."""
    places = ShelfPlace.objects.open().filter(facility=stay.compartment.facility_id).values("item")
    rows = Item.objects.filter(allotments__title__hold=stay.hold_id, allotments__ended_at=None, pk__in=places)
    return list(rows.order_by("pk").distinct())


@transaction.atomic
def collect_from_locker(*, stay: LockerStay, by: Actor, at: datetime) -> list[Loan]:
    """The door was opened and is empty: what lay there is lent, whatever spoke against it meanwhile; it has left.

    A second time changes nothing. Refused("locker-stay-over") when it was taken out by staff.
    """
    by.require("circulation.check-out")
    row = LockerStay.objects.select_for_update(of=("self",)).select_related(
        "hold__patron", "hold__pickup", "compartment"
    )
    found = row.get(pk=stay.pk)
    if found.ended_as == "collected":
        return []
    if found.ended_at or found.hold.patron is None:
        raise Refused(Reason("locker-stay-over"))
    scene, patron = Scene(by, at), found.hold.patron
    items = _items_of(found)
    loans = [carry_out(consider(item=item, patron=patron, scene=scene, kind="loan")) for item in items]
    _end(found, "collected", scene)
    return loans


@transaction.atomic
def take_out_of_locker(*, stay: LockerStay, by: Actor, at: datetime) -> None:
    """Staff take things out: over, or behind a door that does not work. The next scan says where they go."""
    by.require("circulation.fill-locker")
    found = LockerStay.objects.select_for_update(of=("self",)).select_related("hold", "compartment").get(pk=stay.pk)
    if found.ended_at is None:
        _end(found, "expired" if found.hold.closed_at else "taken-out", Scene(by, at))


def _end(stay: LockerStay, how: str, scene: Scene) -> None:
    LockerStay.objects.filter(pk=stay.pk).update(ended_at=scene.at, ended_as=how, code="")
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


def locker_of(holds: Iterable[int]) -> dict[int, LockerStay]:
    """For each of these open holds that lies in a locker, behind which door and with which code: for its reader only."""
    rows = LockerStay.objects.open().filter(hold__in=list(holds), hold__closed_at=None)
    return {row.hold_id: row for row in rows.select_related("compartment__facility")}


def stay_here(facility: Facility, number: int) -> LockerStay:
    """The stay behind a door. Refused("locker-stay-over") when there is none."""
    stay = _open_stays(facility).filter(compartment__number=number).first()
    if stay is None:
        raise Refused(Reason("locker-stay-over"))
    return stay


def get_stay(facility: Facility, stay: int) -> LockerStay:
    """By row number, at this facility only; also one that is over. Refused("locker-stay-over") when there is none."""
    rows = LockerStay.objects.filter(compartment__facility=facility, pk=stay)
    found = rows.select_related("hold__patron", "compartment").first()
    if found is None:
        raise Refused(Reason("locker-stay-over"))
    return found
