"""When a thing in the van arrives: the ring of stops, its daily runs, its days off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fumikura.organisation.rules import WEEKDAYS

BACK = "back"
"""In a run: the time at which the van is at the first stop again."""
SEARCHED_DAYS = 21


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """A route's driving order and times. Local times without a zone."""

    stops: tuple[str, ...]
    runs: tuple[Mapping[str, str], ...]
    on_call: tuple[str, ...] = ()
    rest_days: tuple[str, ...] = ()

    def calls(self, start: date) -> Iterator[tuple[datetime, str]]:
        """Every call of the van from that day on, in the order of time; the last of a run is at the first stop."""
        for number in range(SEARCHED_DAYS):
            day = start + timedelta(days=number)
            if WEEKDAYS[day.weekday()] in self.rest_days:
                continue
            for run in sorted(self.runs, key=lambda run: min(run.values())):
                for stop in self.stops:
                    if stop in run:
                        yield datetime.combine(day, time.fromisoformat(run[stop])), stop
                if BACK in run and self.stops:
                    yield datetime.combine(day, time.fromisoformat(run[BACK])), self.stops[0]


def arrival(timetable: Timetable, *, origin: str, destination: str, ready: datetime) -> datetime | None:
    """When the van brings to `destination` what lies ready at `origin`; None for a place served by appointment only."""
    picked_up = False
    for when, stop in timetable.calls(ready.date()):
        if picked_up and stop == destination:
            return when
        if not picked_up and stop == origin and when >= ready:
            picked_up = True
    return None


def problems(stops: Sequence[str], runs: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Why this cannot be a timetable, one clause each: a stop not on the ring, a time that is none, going backwards."""
    found = []
    for number, run in enumerate(runs, start=1):
        if unknown := sorted(set(run) - {*stops, BACK}):
            found.append(f"run {number}: {', '.join(unknown)}")
            continue
        try:
            times = [time.fromisoformat(run[stop]) for stop in (*stops, BACK) if stop in run]
        except ValueError as error:
            found.append(f"run {number}: {error}")
            continue
        if times != sorted(times):
            found.append(f"run {number}: {' '.join(moment.strftime('%H:%M') for moment in times)}")
    return tuple(found)
