"""Verbs: drawing the floors of a site and what stands in each bookcase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fumikura.holdings.events import FloorDrawn, FloorRemoved
from fumikura.holdings.models import Bookcase, Floor, ShelvingLocation
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import NotPermitted, Reason, Refused
from fumikura.organisation.models import Facility

RIGHT = "holdings.draw-floors"
ACROSS = 100
DEPTHS = range(20, 201)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a floor is called, and how deep it is where 100 is its width."""

    name: str
    name_en: str = ""
    depth: int = 60
    listed_order: int = 0


@dataclass(frozen=True, kw_only=True)
class Case:
    """One bookcase or landmark: a rectangle, and the call numbers that stand in it."""

    label: str
    left: float
    top: float
    width: float
    height: float
    location: ShelvingLocation | None = None
    first: str = ""
    last: str = ""


@transaction.atomic
def draw_floor(facility: Facility, plan: Plan, cases: Sequence[Case], *, by: Actor, at: datetime) -> Floor:
    """Draw the floor of this name, in place of what was drawn. Refused: floor-without-name, shelf-off-the-floor."""
    _require_site(facility, by)
    reasons = []
    if not plan.name.strip():
        reasons.append(Reason("floor-without-name"))
    if plan.depth not in DEPTHS or not all(_stands_on(plan, case) for case in cases):
        reasons.append(Reason("shelf-off-the-floor"))
    if reasons:
        raise Refused(*reasons)
    facts = {"name_en": plan.name_en, "depth": plan.depth, "listed_order": plan.listed_order}
    floor, _made = Floor.objects.update_or_create(facility=facility, name=plan.name, defaults=facts)
    Bookcase.objects.filter(floor=floor).delete()
    Bookcase.objects.bulk_create(Bookcase(floor=floor, **vars(case)) for case in cases)
    drawn = FloorDrawn(facility=facility.code, floor=floor.pk, cases=len(cases))
    record(drawn, by=by, at=at, subject=f"holdings.floor:{floor.pk}")
    return floor


def _stands_on(plan: Plan, case: Case) -> bool:
    return (
        case.left >= 0
        and case.top >= 0
        and case.width > 0
        and case.height > 0
        and case.left + case.width <= ACROSS
        and case.top + case.height <= plan.depth
    )


@transaction.atomic
def remove_floor(floor: Floor, *, by: Actor, at: datetime) -> None:
    """Take a floor off the map. Nothing happens to the items."""
    _require_site(floor.facility, by)
    removed = FloorRemoved(facility=floor.facility.code, floor=floor.pk)
    record(removed, by=by, at=at, subject=f"holdings.floor:{floor.pk}")
    floor.delete()


def _require_site(facility: Facility, by: Actor) -> None:
    by.require(RIGHT)
    if facility.code != by.facility and not by.may("organisation.configure"):
        raise NotPermitted("organisation.configure")
