"""Verbs about the map of the city: its lines, and where the sites are on it."""

from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.events import FacilityChanged, MapDrawn
from fumikura.organisation.maps import UnreadableMap, lines_of, on_earth
from fumikura.organisation.models import Facility, MapLine


@transaction.atomic
def draw_map(geojson: object, *, by: Actor, at: datetime) -> int:
    """Let these be the lines of the map, in place of those there were; how many. Refused("map-unreadable")."""
    by.require("organisation.configure")
    try:
        lines = lines_of(geojson)
    except UnreadableMap as problem:
        raise Refused(Reason.of("map-unreadable", problem=str(problem))) from None
    MapLine.objects.all().delete()
    MapLine.objects.bulk_create(
        MapLine(kind=line.kind, name=line.name, points=[list(point) for point in line.points]) for line in lines
    )
    record(MapDrawn(lines=len(lines)), by=by, at=at, subject="organisation.map:1")
    return len(lines)


@transaction.atomic
def place_on_map(
    *, facility: Facility, latitude: float | None, longitude: float | None, by: Actor, at: datetime
) -> Facility:
    """Say where the site is, or with two None that it is nowhere. Refused("place-off-the-earth")."""
    by.require("organisation.configure")
    if (latitude is None) != (longitude is None):
        raise Refused(Reason.of("place-off-the-earth"))
    if latitude is not None and longitude is not None and not on_earth(longitude, latitude):
        raise Refused(Reason.of("place-off-the-earth"))
    facility.latitude, facility.longitude = latitude, longitude
    facility.save(update_fields=["latitude", "longitude"])
    changed = FacilityChanged(facility=facility.code, fields=("latitude", "longitude"))
    record(changed, by=by, at=at, subject=f"organisation.facility:{facility.code}")
    return facility
