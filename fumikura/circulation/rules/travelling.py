"""When a thing in the van arrives and by which way: rings of stops, their daily runs, their days off."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fumikura.kernel.refusals import Reason
from fumikura.organisation.rules import WEEKDAYS

BACK = "back"
"""In a run: the time at which the van is at the first stop again."""
SEARCHED_DAYS = 21
CHANGE = timedelta(minutes=30)
"""From one van into another."""


@dataclass(frozen=True)
class Call:
    """A van is at a stop."""

    at: datetime
    stop: str
    run: int
    """1 is the first run of that day."""


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """A route's driving order and times. Local times without a zone."""

    stops: tuple[str, ...]
    runs: tuple[Mapping[str, str], ...]
    on_call: tuple[str, ...] = ()
    rest_days: tuple[str, ...] = ()
    code: str = ""

    def drives_on(self, day: date) -> bool:
        return bool(self.runs) and WEEKDAYS[day.weekday()] not in self.rest_days

    def runs_on(self, day: date) -> tuple[tuple[Call, ...], ...]:
        """The runs of one day in the order of time, each with its calls; the last of a run is at the first stop."""
        if not self.drives_on(day):
            return ()
        ordered = sorted((run for run in self.runs if run), key=lambda run: min(run.values()))
        return tuple(tuple(self._calls_of(run, number, day)) for number, run in enumerate(ordered, start=1))

    def calls(self, start: date) -> Iterator[Call]:
        """Every call of the van from that day on, in the order of time."""
        for number in range(SEARCHED_DAYS):
            for run in self.runs_on(start + timedelta(days=number)):
                yield from run

    def _calls_of(self, run: Mapping[str, str], number: int, day: date) -> Iterator[Call]:
        for stop in self.stops:
            if stop in run:
                yield Call(datetime.combine(day, time.fromisoformat(run[stop])), stop, number)
        if BACK in run and self.stops:
            yield Call(datetime.combine(day, time.fromisoformat(run[BACK])), self.stops[0], number)


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One ride in one van."""

    route: str
    run: int
    origin: str
    leaves: datetime
    destination: str
    arrives: datetime


def journey(timetables: Sequence[Timetable], *, origin: str, destination: str, ready: datetime) -> tuple[Leg, ...]:
    """The way by which what lies ready at `origin` is first at `destination`, ride by ride.

    Empty for a place served by appointment only, and when both are one. A thing stays in its van from run to run.
    """
    reached: dict[str, tuple[datetime, Leg | None]] = {origin: (ready, None)}
    aboard: dict[str, tuple[str, datetime, int]] = {}
    routes = [_calls_with_route(table, ready.date()) for table in timetables]
    for when, route, call in heapq.merge(*routes, key=lambda one: one[:2]):
        if call.stop in reached:
            since, leg = reached[call.stop]
            rests = CHANGE if leg is not None and leg.route != route else timedelta(0)
            if route not in aboard and since + rests <= when:
                aboard[route] = (call.stop, when, call.run)
        elif route in aboard:
            place, left, run = aboard[route]
            leg = Leg(route=route, run=run, origin=place, leaves=left, destination=call.stop, arrives=when)
            reached[call.stop] = (when, leg)
            if call.stop == destination:
                return _way_to(destination, reached)
    return ()


def _calls_with_route(table: Timetable, start: date) -> Iterator[tuple[datetime, str, Call]]:
    return ((call.at, table.code, call) for call in table.calls(start))


def _way_to(destination: str, reached: Mapping[str, tuple[datetime, Leg | None]]) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    leg = reached[destination][1]
    while leg is not None:
        legs.append(leg)
        leg = reached[leg.origin][1]
    return tuple(reversed(legs))


def arrival(timetable: Timetable, *, origin: str, destination: str, ready: datetime) -> datetime | None:
    """When the van brings to `destination` what lies ready at `origin`; None for a place served by appointment only."""
    legs = journey((timetable,), origin=origin, destination=destination, ready=ready)
    return legs[-1].arrives if legs else None


def problems(stops: Sequence[str], runs: Sequence[Mapping[str, str]]) -> tuple[Reason, ...]:
    """Why this cannot be a timetable: run-stop-unknown, run-time-unreadable, run-goes-backwards; runs count from 1."""
    found = []
    for number, run in enumerate(runs, start=1):
        if unknown := sorted(set(run) - {*stops, BACK}):
            found += [Reason.of("run-stop-unknown", run=number, facility=stop) for stop in unknown]
            continue
        written = [run[stop] for stop in (*stops, BACK) if stop in run]
        if unreadable := [text for text in written if not _is_time(text)]:
            found += [Reason.of("run-time-unreadable", run=number, time=text) for text in unreadable]
            continue
        times = [time.fromisoformat(text) for text in written]
        if times != sorted(times):
            shown = " ".join(moment.strftime("%H:%M") for moment in times)
            found.append(Reason.of("run-goes-backwards", run=number, times=shown))
    return tuple(found)


def _is_time(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True
