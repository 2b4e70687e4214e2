"""便: the runs of a day, where each van is, and the crates that it takes and sets down."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import transaction

from fumikura.circulation.models import Crate, CrateReading, Route, Run, RunCall
from fumikura.circulation.network_events import RunNoted
from fumikura.circulation.rules.driving import CrateAtStop, leg_of_reading
from fumikura.circulation.rules.travelling import Call, Leg, Timetable, journey
from fumikura.circulation.services.crates import read_on_the_way
from fumikura.circulation.services.routes import timetable_of, timetables
from fumikura.circulation.services.scene import Scene
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility


@dataclass(frozen=True, kw_only=True)
class PlannedRun:
    """One run of a day: what the timetable says, and what was noted."""

    route: Route
    on: date
    number: int
    calls: tuple[Call, ...]
    row: Run | None = None
    noted: dict[str, RunCall] = field(default_factory=dict)
    """By facility code."""

    @property
    def stops(self) -> list[str]:
        """Each stop once, in driving order; the first is also the last."""
        return list(dict.fromkeys(call.stop for call in self.calls))

    @property
    def here(self) -> str:
        """The stop at which the van stands or to which it drives next, at last the first again; empty when it is back."""
        if self.row is not None and self.row.ended_at:
            return ""
        return next((stop for stop in self.stops if not self.has_left(stop)), self.stops[0] if self.stops else "")

    def has_left(self, stop: str) -> bool:
        if self.calls and stop == self.calls[0].stop:
            return self.row is not None and self.row.left_at is not None
        return stop in self.noted and self.noted[stop].went_at is not None


def runs_on(on: date) -> list[PlannedRun]:
    """Every run of that day, by its first call."""
    rows = {(row.route_id, row.number): row for row in Run.objects.filter(on=on)}
    calls: dict[int, dict[str, RunCall]] = {}
    for call in RunCall.objects.filter(run__in=[row.pk for row in rows.values()]).select_related("facility"):
        calls.setdefault(call.run_id, {})[call.facility.code] = call
    found = []
    for route in Route.objects.order_by("pk"):
        for number, planned in enumerate(timetable_of(route).runs_on(on), start=1):
            row = rows.get((route.pk, number))
            noted = calls.get(row.pk, {}) if row else {}
            found.append(PlannedRun(route=route, on=on, number=number, calls=planned, row=row, noted=noted))
    return sorted(found, key=lambda run: (run.calls[0].at, run.route.pk))


def find_run(route: str, on: date, number: int) -> PlannedRun:
    """Refused("run-unknown") when no van drives so."""
    for run in runs_on(on):
        if (run.route.code, run.number) == (route, number):
            return run
    raise Refused(Reason("run-unknown"))


@transaction.atomic
def note_run(*, run: PlannedRun, what: str, facility: Facility, by: Actor, at: datetime) -> Run:
    """The van left its first stop, came to a stop, went on from it, or is back. "taken-back" blots out the last of these."""
    by.require("circulation.pack")
    row, _ = Run.objects.select_for_update().get_or_create(route=run.route, on=run.on, number=run.number)
    match what:
        case "left":
            row.left_at = at
        case "back":
            row.ended_at = at
        case "came" | "went":
            call, _ = RunCall.objects.get_or_create(run=row, facility=facility)
            if what == "came":
                call.came_at = at
            else:
                call.came_at, call.went_at = call.came_at or at, at
            call.save(update_fields=["came_at", "went_at"])
        case _:
            _take_back(row)
    row.save(update_fields=["left_at", "ended_at"])
    noted = RunNoted(run=row.pk, what=what, facility=facility.code)
    Scene(by, at).record(noted, f"circulation.run:{row.pk}")
    return row


def _take_back(row: Run) -> None:
    """The latest moment that was noted is no longer noted."""
    calls = list(row.calls.all())
    moments: list[tuple[datetime, Run | RunCall, str]] = [
        *((moment, row, name) for name in ("left_at", "ended_at") if (moment := getattr(row, name))),
        *((moment, call, name) for call in calls for name in ("came_at", "went_at") if (moment := getattr(call, name))),
    ]
    if not moments:
        raise Refused(Reason("not-undoable"))
    _moment, noted, name = max(moments, key=lambda one: (one[0], one[2]))
    setattr(noted, name, None)
    if isinstance(noted, RunCall):
        noted.save(update_fields=[name])


ABOARD = ("loaded", "passed")


@dataclass(frozen=True, kw_only=True)
class Load:
    """A crate that this run takes, and where it sets it down."""

    crate: Crate
    things: int
    origin: str
    """Where it is taken up."""
    to: str
    """Where this van sets it down."""
    is_aboard: bool
    is_set_down: bool
    legs: tuple[Leg, ...] = ()
    first_with: PlannedRun | None = None
    """A van that comes to it before this one takes it too; this one takes what is left behind."""


def manifest(run: PlannedRun) -> list[Load]:
    """送り状の束: what this run takes, by the stops in driving order. What stands ready counts, loaded or not yet."""
    tables = timetables()
    latest = _latest_readings()
    order = {stop: place for place, stop in enumerate(run.stops)}
    loads = [_load(crate, latest.get(crate.pk), run, tables) for crate in _crates()]
    found = [load for load in loads if load is not None]
    waiting = {load.crate.pk for load in found if not (load.is_aboard or load.is_set_down)}
    others = [one for one in runs_on(run.on) if _name_of(one) != _name_of(run)] if waiting else []
    found = [
        replace(load, first_with=_first_with(load, latest.get(load.crate.pk), run, others, tables))
        if load.crate.pk in waiting
        else load
        for load in found
    ]
    return sorted(found, key=lambda load: (order.get(load.origin, 99), order.get(load.to, 99), load.crate.number))


def _first_with(
    load: Load, last: CrateReading | None, run: PlannedRun, others: Sequence[PlannedRun], tables: Sequence[Timetable]
) -> PlannedRun | None:
    mine = _comes_at(run, load.origin)
    for other in others:
        theirs = _comes_at(other, load.origin)
        is_before = theirs is not None and mine is not None and theirs < mine and not other.has_left(load.origin)
        if is_before and _load(load.crate, last, other, tables):
            return other
    return None


def _comes_at(run: PlannedRun, stop: str) -> datetime | None:
    return next((call.at for call in run.calls if call.stop == stop), None)


def _crates() -> list[Crate]:
    rows = Crate.objects.open().select_related("origin", "destination", "seen_facility").prefetch_related("lines")
    return list(rows.order_by("number"))


def _latest_readings() -> dict[int, CrateReading]:
    rows = (
        CrateReading.objects.filter(crate__closed_at=None)
        .select_related("facility", "run__route")
        .order_by("read_at", "pk")
    )
    return {row.crate_id: row for row in rows}


def _load(crate: Crate, last: CrateReading | None, run: PlannedRun, tables: Sequence[Timetable]) -> Load | None:
    """What this run has to do with a crate; None when it is none of its business."""
    on_this = last is not None and run.row is not None and last.run_id == run.row.pk
    aboard = last is not None and last.leg in ABOARD and last.run is not None and last.run.ended_at is None
    things = sum(line.unpacked_at is None for line in crate.lines.all())
    if on_this and last is not None and last.leg == "unloaded":
        taken = CrateReading.objects.filter(crate=crate, run=run.row, leg="loaded").select_related("facility").first()
        origin = taken.facility.code if taken else crate.origin.code
        return Load(
            crate=crate, things=things, origin=origin, to=last.facility.code, is_aboard=False, is_set_down=True
        )  # fmt: skip
    if aboard and not on_this:
        return None  # on another van
    place, destination = _stands_at(crate, last), crate.destination.code
    if place == destination and not aboard:
        return None
    legs = _way_from(place, destination, run, tables)
    first = legs[0] if legs else None
    if not aboard and (first is None or (first.route, first.run, first.leaves.date()) != _name_of(run)):
        return None
    to = first.destination if first else destination
    if aboard and run.has_left(to):
        to = run.stops[0]  # carried past its stop: back to where the van began
    return Load(crate=crate, things=things, origin=place, to=to, is_aboard=aboard, is_set_down=False, legs=legs)


def _stands_at(crate: Crate, last: CrateReading | None) -> str:
    """Facility code. What no label was read for on the way is back with its van, where that began."""
    if last is None:
        return (crate.seen_facility or crate.origin).code
    if last.leg in ABOARD and last.run is not None and last.run.ended_at:
        return str(last.run.route.stops[0])
    return last.facility.code


def _name_of(run: PlannedRun) -> tuple[str, int, date]:
    return run.route.code, run.number, run.on


def _way_from(origin: str, destination: str, run: PlannedRun, tables: Sequence[Timetable]) -> tuple[Leg, ...]:
    """From the moment at which this run is there: a van that is late takes what is ready all the same."""
    ready = _comes_at(run, origin)
    return journey(tables, origin=origin, destination=destination, ready=ready) if ready else ()


@transaction.atomic
def read_on_run(*, run: PlannedRun, crate: Crate, stop: Facility, by: Actor, at: datetime) -> CrateReading:
    """A crate's label is read in the van at a stop: it is taken up, set down, or rides on. All in it was seen there.

    The driver's right of packing holds at every stop. Refused: crate-unknown, not-this-van.
    """
    by.require("circulation.pack")
    row = run.row or Run.objects.get_or_create(route=run.route, on=run.on, number=run.number)[0]
    if row.left_at is None and stop.code != run.stops[0]:
        row = note_run(run=run, what="left", facility=stop, by=by, at=at)
    fresh = find_run(run.route.code, run.on, run.number)
    load = next((load for load in manifest(fresh) if load.crate.pk == crate.pk), None)
    destination = crate.destination.code
    if load is None and stop.code != destination:
        raise Refused(Reason.of("not-this-van", to=destination))
    leg = leg_of_reading(
        CrateAtStop(
            here=stop.code,
            destination=destination,
            rides_to=load.to if load else "",
            is_aboard=load.is_aboard if load else False,
        )
    )
    read_on_the_way(crate, by=replace(by, facility=stop.code), at=at, leaves=leg == "loaded")
    return CrateReading.objects.create(crate=crate, run=row, facility=stop, read_at=at, leg=leg)


def readings_of(crate: Crate) -> list[CrateReading]:
    """Leg by leg, the earliest first."""
    rows = CrateReading.objects.filter(crate=crate).select_related("facility", "run__route")
    return list(rows.order_by("read_at", "pk"))
