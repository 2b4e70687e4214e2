"""Why this route and why this long: the vans' timetable, for everybody. Nothing in it is about a reader or a book."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from fumikura.circulation import services as circulation
from fumikura.circulation.rules.travelling import Leg
from fumikura.organisation.queries import find_facility
from fumikura.protocols.api.schemas import Problem

router = Router(tags=["reading"])


class RideOut(Schema):
    route: str
    run: int = Field(description="1 is the first run of that day")
    origin: str
    leaves: datetime
    destination: str
    arrives: datetime


class WayOut(Schema):
    rides: list[RideOut] = Field(description="Empty when no van calls there: it is brought by appointment")
    arrives: datetime | None = None


class WayIn(Schema):
    origin: str = Field(max_length=20, description="Code of a facility")
    destination: str = Field(max_length=20)
    ready: datetime | None = Field(None, description="From when it lies ready; now when left out")


@router.get(
    "/ways",
    response={200: WayOut, 400: Problem, 404: Problem, 422: Problem},
    summary="How a thing travels between two sites",
)
def way(request: HttpRequest, asked: Query[WayIn]) -> WayOut:
    """The way that arrives first, ride by ride, out of the times of all vans."""
    at = asked.ready or timezone.now()
    at = at if timezone.is_aware(at) else timezone.make_aware(at)
    legs = circulation.way_between(find_facility(asked.origin), find_facility(asked.destination), at)
    rides = rides_of(legs)
    return WayOut(rides=rides, arrives=rides[-1].arrives if rides else None)


def rides_of(legs: Sequence[Leg]) -> list[RideOut]:
    return [
        RideOut(
            route=leg.route,
            run=leg.run,
            origin=leg.origin,
            leaves=timezone.make_aware(leg.leaves),
            destination=leg.destination,
            arrives=timezone.make_aware(leg.arrives),
        )
        for leg in legs
    ]
