"""The map of the city and the maps of shelves, ready to be drawn: our own lines, nothing asked of anybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width

from fumikura.holdings.floors import bookcase_of, floors_of
from fumikura.holdings.models import Bookcase, Floor, Item
from fumikura.organisation.maps import Frame, frame_of
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import map_lines
from fumikura.web.design.names import name_of

LETTER: Final = 1.8
"""A kanji on a plan of a floor, in hundredths of the room's width (design/components/maps.css)."""
LABEL_EDGE: Final = 0.8


@dataclass(frozen=True)
class Spot:
    code: str
    name: str
    x: float
    y: float
    label_x: float
    anchor: str
    is_open: bool
    is_chosen: bool
    is_large: bool
    """Its name stands on the map; of the others only in the list and on a touch."""


@dataclass(frozen=True)
class CityMap:
    height: float
    lines: tuple[tuple[str, str, str], ...]
    """(kind, name, path data)"""
    spots: tuple[Spot, ...]
    frame: Frame


LARGE = frozenset({"central", "branch"})


def city_map(places: Sequence[tuple[Facility, str, bool]], chosen: str) -> CityMap | None:
    """`places`: (place, its name, whether it is open now). None where nobody has put a place on the map."""
    placed = [
        (place, name, is_open, (place.longitude, place.latitude))
        for place, name, is_open in places
        if place.longitude is not None and place.latitude is not None
    ]
    lines = map_lines()
    frame = frame_of([spot for *_rest, spot in placed] + [tuple(point) for line in lines for point in line.points])
    if not placed or frame is None:
        return None
    spots = [_spot(place, name, is_open, frame, chosen) for place, name, is_open, _at in placed]
    drawn = tuple((line.kind, line.name, _path(line.points, frame)) for line in lines)
    return CityMap(frame.height, drawn, tuple(sorted(spots, key=lambda spot: spot.is_chosen)), frame)


def _spot(place: Facility, name: str, is_open: bool, frame: Frame, chosen: str) -> Spot:
    x, y = frame.at((place.longitude or 0.0, place.latitude or 0.0))
    on_the_right = x > 790
    return Spot(
        code=place.code,
        name=name,
        x=x,
        y=y,
        label_x=x - 18 if on_the_right else x + 18,
        anchor="end" if on_the_right else "start",
        is_open=is_open,
        is_chosen=place.code == chosen,
        is_large=place.kind in LARGE or place.code == chosen,
    )


def _path(points: Sequence[Sequence[float]], frame: Frame) -> str:
    spots = [frame.at((point[0], point[1])) for point in points]
    line = "L".join(f"{x:g} {y:g}" for x, y in spots)
    return f"M{line}Z" if len(spots) > 3 and spots[0] == spots[-1] else f"M{line}"


@dataclass(frozen=True)
class Case:
    label: str
    lines: tuple[str, ...]
    left: float
    top: float
    width: float
    height: float
    middle_x: float
    middle_y: float
    is_here: bool
    is_landmark: bool
    squeezed: float = 0.0
    """How wide the label may be where it would reach beyond the case; 0 where it fits."""


@dataclass(frozen=True)
class FloorMap:
    name: str
    depth: int
    cases: tuple[Case, ...]
    here: str
    """The label of the bookcase that is pointed to; empty when none is."""
    here_x: float = 0.0
    here_y: float = 0.0


def floor_map(floor: Floor, here: Bookcase | None = None) -> FloorMap:
    cases = tuple(_case(case, here) for case in floor.bookcases.all())
    found = next((case for case in cases if case.is_here), None)
    return FloorMap(
        name=name_of(floor),
        depth=floor.depth,
        cases=cases,
        here=found.label if found else "",
        here_x=found.middle_x if found else 0.0,
        here_y=found.top if found else 0.0,
    )


def _case(case: Bookcase, here: Bookcase | None) -> Case:
    middle_x, middle_y = case.left + case.width / 2, case.top + case.height / 2
    return Case(
        label=case.label,
        lines=(case.label,),
        left=case.left,
        top=case.top,
        width=case.width,
        height=case.height,
        middle_x=round(middle_x, 2),
        middle_y=round(middle_y, 2),
        is_here=here is not None and case.pk == here.pk,
        is_landmark=case.location_id is None,
        squeezed=max(1.0, case.width - LABEL_EDGE) if _length(case.label) > case.width - LABEL_EDGE else 0.0,
    )


def _length(label: str) -> float:
    """Of a label as it is drawn, in the hundredths of the room's width."""
    return sum(LETTER if east_asian_width(one) in "WFA" else LETTER * 0.6 for one in label)


def where_it_stands(item: Item) -> FloorMap | None:
    """The floor with the bookcase of this copy marked; None where nobody drew it."""
    here = bookcase_of(item)
    return floor_map(here.floor, here) if here else None


def empty_floor(name: str, depth: int) -> FloorMap:
    """A room without bookcases, to begin drawing in."""
    return FloorMap(name=name, depth=depth, cases=(), here="")


def floor_maps(facility: Facility) -> list[FloorMap]:
    return [floor_map(floor) for floor in floors_of(facility)]
