"""The van: its ring, its runs, and when a thing arrives."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fumikura.circulation.models import Route, Transit
from fumikura.circulation.network_events import RouteWritten
from fumikura.circulation.rules.travelling import Leg, Timetable, journey, problems
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import places_by_code


@transaction.atomic
def write_route(
    *,
    code: str,
    name: str,
    stops: Sequence[str],
    by: Actor,
    at: datetime,
    runs: Sequence[Mapping[str, str]] = (),
    on_call: Sequence[str] = (),
    rest_days: Sequence[str] = (),
) -> Route:
    """Set the ring, its daily runs ({facility code: "HH:MM"}, "back" for the first stop again) and its days off.

    Refused: facility-unknown, and whatever is wrong with each run that cannot be driven (rules.travelling.problems).
    """
    by.require("circulation.set-route")
    known = places_by_code()
    reasons = [Reason.of("facility-unknown", facility=code) for code in (*stops, *on_call) if code not in known]
    reasons += problems(stops, runs)
    if reasons:
        raise Refused(*reasons)
    row, _ = Route.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "stops": list(stops),
            "runs": [dict(run) for run in runs],
            "on_call": list(on_call),
            "rest_days": list(rest_days),
        },
    )
    Scene(by, at).record(RouteWritten(route=code), f"circulation.route:{row.pk}")
    return row


def timetables() -> tuple[Timetable, ...]:
    """The timetables of all routes; none when the city has entered none."""
    return tuple(timetable_of(row) for row in Route.objects.order_by("pk"))


def timetable_of(row: Route) -> Timetable:
    return Timetable(
        code=row.code,
        stops=tuple(row.stops),
        runs=tuple(row.runs),
        on_call=tuple(row.on_call),
        rest_days=tuple(row.rest_days),
    )


def estimate_arrival(*, item: Item, ready_to_go: datetime) -> datetime | None:
    """When a travelling item arrives if it lies ready for the van at `ready_to_go`; None when nobody can say."""
    transit = Transit.objects.open().select_related("origin", "destination", "seen_facility").filter(item=item).first()
    if transit is None:
        return None
    return arrival_between(transit.seen_facility or transit.origin, transit.destination, ready_to_go)


def arrival_between(origin: Facility, destination: Facility, ready_to_go: datetime) -> datetime | None:
    """The same for any two places; now, when they are one."""
    if origin.pk == destination.pk:
        return ready_to_go
    legs = way_between(origin, destination, ready_to_go)
    return timezone.make_aware(legs[-1].arrives) if legs else None


def way_between(origin: Facility, destination: Facility, ready_to_go: datetime) -> tuple[Leg, ...]:
    """By which vans, from where to where: why it takes that long. Local times; empty by appointment only."""
    local = timezone.localtime(ready_to_go).replace(tzinfo=None)
    return journey(timetables(), origin=origin.code, destination=destination.code, ready=local)
