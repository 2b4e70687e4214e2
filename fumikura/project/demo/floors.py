"""The maps of shelves of the larger sites, from `demo/floors.toml`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fumikura.holdings.models import ShelvingLocation
from fumikura.holdings.services.floors import Case, Plan, draw_floor
from fumikura.kernel.actors import Actor
from fumikura.organisation.models import Facility
from fumikura.project.demo.files import toml


def draw_floors(
    places: Sequence[Facility], shelves: Mapping[tuple[str, str], ShelvingLocation], *, by: Actor, at: datetime
) -> None:
    plans = toml("floors.toml")
    for place in places:
        for order, plan in enumerate(plans.get(place.kind, ())):
            cases = [_case(line, place, shelves) for line in plan["cases"]]
            told = Plan(name=plan["name"], name_en=plan["name_en"], depth=plan["depth"], listed_order=order)
            draw_floor(place, told, cases, by=by, at=at)


def _case(line: str, place: Facility, shelves: Mapping[tuple[str, str], ShelvingLocation]) -> Case:
    label, location, first, last, *sizes = line.split("|")
    left, top, width, height = map(float, sizes)
    return Case(
        label=label,
        location=shelves.get((place.code, location)),
        first=first,
        last=last,
        left=left,
        top=top,
        width=width,
        height=height,
    )
