"""予約ロッカー: what a reader waits for is laid behind a door, opened with a code, collected, or taken out again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from fumikura.circulation.models import Allotment, Loan, LockerStay, ShelfPlace
from fumikura.circulation.rules.returning import OnHoldShelf
from fumikura.circulation.services.loans import carry_out
from fumikura.circulation.services.locker_doors import end_stay, lay_behind_a_door, open_stays
from fumikura.circulation.services.returns import CheckedIn, check_in
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.wishes import consider
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility


@dataclass(frozen=True)
class Brought:
    """A thing in hand at a locker: behind which door it goes; or, when nobody collects it here, where it goes on to."""

    stay: LockerStay | None
    back: CheckedIn | None
    """What the scan did when it had not arrived before."""


@transaction.atomic
def bring_to_locker(*, item: Item, facility: Facility, by: Actor, at: datetime) -> Brought:
    """One scan: it arrives, if it has not yet, and goes behind a door. Nothing arrives while no door is free.

    Refused: hold-not-ready-here (it is on loan: that is a return), locker-full.
    """
    by.require("circulation.fill-locker")
    if _lies_ready(item, facility):
        return Brought(fill_locker(item=item, facility=facility, by=by, at=at), None)
    if Loan.objects.open().filter(item=item).exists():
        raise Refused(Reason("hold-not-ready-here"))
    # Who may fill a locker may say that a thing has come; whether a loan ends is for those who take returns.
    back = check_in(item=item, by=replace(by, permissions=by.permissions | {"circulation.check-in"}), at=at)
    if isinstance(back.stop, OnHoldShelf) and _lies_ready(item, facility):
        return Brought(fill_locker(item=item, facility=facility, by=by, at=at), back)
    return Brought(None, back)


def _lies_ready(item: Item, facility: Facility) -> bool:
    """Somebody may come here for it; what was cancelled meanwhile lies there too, but for nobody."""
    places = ShelfPlace.objects.open().filter(item=item, facility=facility).exclude(ready_on=None)
    return places.exists() and _bound_here(item, facility).exists()


def _bound_here(item: Item, facility: Facility) -> "QuerySet[Allotment]":
    return Allotment.objects.open().filter(item=item, title__hold__pickup=facility)


@transaction.atomic
def fill_locker(*, item: Item, facility: Facility, by: Actor, at: datetime) -> LockerStay:
    """A thing that lies ready here goes behind the first free door that works; a second thing of the hold to the same.

    Refused: hold-not-ready-here, locker-full.
    """
    by.require("circulation.fill-locker")
    allotment = _bound_here(item, facility).select_related("title__hold__patron").first()
    if allotment is None or not _lies_ready(item, facility):
        raise Refused(Reason("hold-not-ready-here"))
    stay = lay_behind_a_door(allotment.title.hold, [item], Scene(by, at))
    if stay is None:
        raise Refused(Reason("locker-full"))
    return stay


@transaction.atomic
def open_locker(*, code: str, facility: Facility, by: Actor, at: datetime) -> LockerStay:
    """The reader types or shows the code: which door springs open.

    Refused: locker-code-wrong, locker-door-fault, and whatever speaks against lending it.
    """
    by.require("circulation.check-out")
    rows = open_stays(facility).select_for_update(of=("self",))
    stay = rows.filter(code=code.strip(), hold__closed_at=None).first() if code.strip() else None
    if stay is None:
        raise Refused(Reason("locker-code-wrong"))
    if stay.compartment.fault:
        raise Refused(Reason.of("locker-door-fault", door=stay.compartment.number))
    scene, items = Scene(by, at), _items_of(stay)
    if not items:
        # What lay there is somebody else's by now, or is looked for.
        raise Refused(Reason("locker-code-wrong"))
    reasons = [
        reason
        for item in items
        if stay.hold.patron
        for reason in consider(item=item, patron=stay.hold.patron, scene=scene, kind="loan").objections
    ]
    if reasons:
        raise Refused(*dict.fromkeys(reasons))
    stay.opened_at, stay.opened_by = at, stay.hold.patron
    stay.save(update_fields=["opened_at", "opened_by"])
    return stay


def _items_of(stay: LockerStay) -> list[Item]:
    """What lies behind the door, and is its reader's."""
    rows = Item.objects.filter(pk__in=ShelfPlace.objects.open().filter(stay=stay).values("item"))
    # A hold that was closed is bound to nothing, and what lay there for it lies there still until somebody scans it.
    bound = (
        rows
        if stay.hold.closed_at
        else rows.filter(allotments__in=Allotment.objects.open().filter(title__hold=stay.hold))
    )
    return list(bound.order_by("pk"))


@transaction.atomic
def collect_from_locker(*, stay: LockerStay, by: Actor, at: datetime) -> list[Loan]:
    """The door was opened and is empty: what lay there is lent, whatever spoke against it meanwhile; it has left.

    So it is to whoever opened the door, though the hold was cancelled or its days ran out before the machine could say so.
    A second time changes nothing. Refused("locker-stay-over") when it was taken out by staff.
    """
    by.require("circulation.check-out")
    row = LockerStay.objects.select_for_update(of=("self",)).select_related(
        "hold__patron", "hold__pickup", "compartment__facility", "opened_by"
    )
    found = row.get(pk=stay.pk)
    if found.ended_as == "collected":
        return []
    patron = found.hold.patron or found.opened_by
    if found.ended_at or patron is None:
        raise Refused(Reason("locker-stay-over"))
    scene = Scene(by, at)
    items = _items_of(found)
    end_stay(found, "collected", scene)
    return [carry_out(consider(item=item, patron=patron, scene=scene, kind="loan")) for item in items]


@transaction.atomic
def take_out_of_locker(*, stay: LockerStay, by: Actor, at: datetime) -> None:
    """Staff take things out: over, or behind a door that does not work. The next scan says where they go."""
    by.require("circulation.fill-locker")
    found = LockerStay.objects.select_for_update(of=("self",)).select_related("hold", "compartment").get(pk=stay.pk)
    if found.ended_at is None:
        end_stay(found, "expired" if found.hold.closed_at else "taken-out", Scene(by, at))


def locker_of(holds: Iterable[int]) -> dict[int, LockerStay]:
    """For each of these open holds that lies in a locker, behind which door and with which code: for its reader only."""
    rows = LockerStay.objects.open().filter(hold__in=list(holds), hold__closed_at=None)
    return {row.hold_id: row for row in rows.select_related("compartment__facility")}


def stay_here(facility: Facility, number: int) -> LockerStay:
    """The stay behind a door. Refused("locker-stay-over") when there is none."""
    stay = open_stays(facility).filter(compartment__number=number).first()
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
