"""From degrees to a drawing: pure arithmetic for a map of one city. No tables."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
"""Longitude, latitude in degrees."""
WIDTH = 1000.0
MARGIN = 40.0
FLATTEST, TALLEST = 480.0, 1200.0
MOST_POINTS = 20_000
KINDS = ("edge", "water", "green", "rail", "road")


class UnreadableMap(ValueError):
    """What was given holds no lines that can be drawn; its text says why."""


@dataclass(frozen=True)
class Frame:
    """Turns degrees into the units of a drawing `WIDTH` wide and `height` high."""

    west: float
    north: float
    scale: float
    squeeze: float
    """How much shorter a degree of longitude is than one of latitude here."""
    height: float
    left: float
    top: float

    def at(self, point: Point) -> Point:
        x = self.left + (point[0] - self.west) * self.squeeze * self.scale
        y = self.top + (self.north - point[1]) * self.scale
        return round(x, 1), round(y, 1)

    def back(self, x: float, y: float) -> Point:
        """The degrees of a spot on the drawing."""
        longitude = self.west + (x - self.left) / (self.squeeze * self.scale)
        return longitude, self.north - (y - self.top) / self.scale


def frame_of(points: Iterable[Point]) -> Frame | None:
    """A frame into which all these points fit, with a margin; None without points."""
    every = list(points)
    if not every:
        return None
    west, east = min(point[0] for point in every), max(point[0] for point in every)
    south, north = min(point[1] for point in every), max(point[1] for point in every)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
    across, down = max((east - west) * squeeze, 1e-4), max(north - south, 1e-4)
    scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / down)
    height = max(down * scale + 2 * MARGIN, FLATTEST)
    left, top = (WIDTH - across * scale) / 2, (height - down * scale) / 2
    return Frame(west, north, scale, squeeze, round(height, 1), left, top)


@dataclass(frozen=True)
class Line:
    kind: str
    name: str
    points: tuple[Point, ...]


def lines_of(geojson: object) -> list[Line]:
    """The lines of a GeoJSON. A feature's kind is its property "kind"; what has none is the city's edge.

    Raises UnreadableMap.
    """
    if not isinstance(geojson, Mapping):
        raise UnreadableMap("no GeoJSON")
    kind = geojson.get("type")
    features = geojson.get("features") if kind == "FeatureCollection" else [geojson]
    if not isinstance(features, Sequence):
        raise UnreadableMap("features")
    found = [line for feature in features for line in _lines_of_feature(feature)]
    if not found:
        raise UnreadableMap("0 lines")
    if sum(len(line.points) for line in found) > MOST_POINTS:
        raise UnreadableMap(f"> {MOST_POINTS} points")
    return found


def _lines_of_feature(feature: object) -> list[Line]:
    if not isinstance(feature, Mapping):
        raise UnreadableMap("feature")
    is_feature = feature.get("type") == "Feature"
    told = feature.get("properties") if is_feature else None
    told = told if isinstance(told, Mapping) else {}
    shape = feature.get("geometry") if is_feature else feature
    if not isinstance(shape, Mapping):
        return []
    kind = str(told.get("kind", "edge"))
    name = str(told.get("name") or "")[:60]
    return [Line(kind if kind in KINDS else "road", name, points) for points in _strings(shape)]


def _strings(shape: Mapping[str, object]) -> list[tuple[Point, ...]]:
    parts = shape.get("coordinates")
    match shape.get("type"):
        case "LineString":
            return [_points(parts)]
        case "Polygon" | "MultiLineString":
            return [_points(part) for part in _listed(parts)]
        case "MultiPolygon":
            return [_points(part) for polygon in _listed(parts) for part in _listed(polygon)]
        case _:
            return []


def _listed(parts: object) -> Sequence[object]:
    if not isinstance(parts, list):
        raise UnreadableMap("coordinates")
    return parts


def _points(parts: object) -> tuple[Point, ...]:
    found = []
    for part in _listed(parts):
        if not (isinstance(part, list) and len(part) >= 2 and all(isinstance(one, (int, float)) for one in part[:2])):
            raise UnreadableMap("coordinates")
        longitude, latitude = float(part[0]), float(part[1])
        if not on_earth(longitude, latitude):
            raise UnreadableMap("coordinates")
        found.append((longitude, latitude))
    return tuple(found)


def on_earth(longitude: float, latitude: float) -> bool:
    return -180 <= longitude <= 180 and -90 <= latitude <= 90
