"""When a facility is open: closing rules as libraries write them, read as data. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any

import jpholiday

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SEARCHED_DAYS = 3660
"""How far a search for an open day goes: longer than any closure, shorter than for ever."""

LAST = -1
"""`nth` of the last such weekday of a month."""
DayTest = Callable[[date], bool]


class NeverOpen(ValueError):
    """No open day within ten years: the calendar's rules contradict each other."""


@lru_cache(maxsize=20_000)
def is_national_holiday(day: date) -> bool:
    """国民の祝日, 振替休日 and 国民の休日, by the kept table of jpholiday."""
    return bool(jpholiday.is_holiday(day))


@dataclass(frozen=True)
class Calendar:
    """Closing rules plus exceptional days.

    Each rule is a mapping: `weekday` with `nth` (-1: the last of the month) and `on_holiday`; `yearly_from`/`yearly_to` as
    MM-DD; `national_holidays: closed`; `open_every_days` with `first`; `closed_on`, `closed_from`/`closed_to`; `open_on`. A
    day is open unless a rule closes it; a day in `open_on` is open whatever else is said; an exceptional day is stronger.
    """

    rules: tuple[Mapping[str, Any], ...] = ()
    exceptional: Mapping[date, bool] = field(default_factory=dict)
    _closures: tuple[DayTest, ...] = field(init=False, repr=False, compare=False)
    _opened: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))
        object.__setattr__(self, "_closures", tuple(_closure(rule) for rule in self.rules if "open_on" not in rule))
        object.__setattr__(
            self, "_opened", frozenset(as_day(day) for rule in self.rules for day in rule.get("open_on", ()))
        )

    def is_open(self, day: date) -> bool:
        if day in self.exceptional:
            return self.exceptional[day]
        return day in self._opened or not any(closes(day) for closes in self._closures)

    def next_open(self, day: date) -> date:
        """The first open day on or after `day`."""
        return self._first_open(day, step=1)

    def previous_open(self, day: date) -> date:
        """The last open day on or before `day`."""
        return self._first_open(day, step=-1)

    def open_day_after(self, day: date, count: int) -> date:
        """The `count`th open day after `day`; `day` itself is not counted."""
        for _ in range(count):
            day = self.next_open(day + timedelta(days=1))
        return day

    def open_days_between(self, after: date, until: date) -> int:
        """How many open days lie after `after`, up to and including `until`."""
        return sum(self.is_open(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))

    def with_exceptions(self, exceptional: Mapping[date, bool]) -> "Calendar":
        return Calendar(self.rules, {**self.exceptional, **exceptional})

    def on_weekdays(self, weekdays: Iterable[str]) -> "Calendar":
        """The same, and closed on every other weekday; an exceptional open day stays open. All of it when none is named."""
        kept = set(weekdays)
        if not kept or kept.issuperset(WEEKDAYS):
            return self
        closed = [{"weekday": name, "on_holiday": "closed"} for name in WEEKDAYS if name not in kept]
        return Calendar((*self.rules, *closed), self.exceptional)

    def _first_open(self, day: date, *, step: int) -> date:
        for _ in range(SEARCHED_DAYS):
            if self.is_open(day):
                return day
            day += timedelta(days=step)
        raise NeverOpen(f"no open day within ten years of {day}")


def problems(rules: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Why these rules cannot be read, one sentence each; empty when they can."""
    found = []
    for number, rule in enumerate(rules, start=1):
        try:
            if "open_on" in rule:
                [as_day(day) for day in rule["open_on"]]
            else:
                _closure(rule)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            found.append(f"rule {number}: {error}")
    return tuple(found)


def contradictions(rules: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, int], ...]:
    """Pairs of rules, counted from 0, that speak of the same weekday and say otherwise of one that is a holiday."""
    weekdays = [(number, rule) for number, rule in enumerate(rules) if "weekday" in rule]
    return tuple(
        (first, second)
        for (first, one), (second, other) in combinations(weekdays, 2)
        if (one["weekday"], int(one.get("nth", 0))) == (other["weekday"], int(other.get("nth", 0)))
        and one.get("on_holiday", "closed") != other.get("on_holiday", "closed")
    )


def as_day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _closure(rule: Mapping[str, Any]) -> DayTest:
    """The test "does this rule close that day?"."""
    if "weekday" in rule:
        return _weekday_closure(rule)
    if "yearly_from" in rule:
        return _yearly_closure(_month_day(rule["yearly_from"]), _month_day(rule["yearly_to"]))
    if "national_holidays" in rule:
        if rule["national_holidays"] != "closed":
            raise ValueError("national_holidays must say closed")
        return is_national_holiday
    if "open_every_days" in rule:
        first, every = as_day(rule["first"]), int(rule["open_every_days"])
        if every < 1:
            raise ValueError("open_every_days must be 1 or more")
        return lambda day: day < first or (day - first).days % every != 0
    if "closed_on" in rule:
        days = frozenset(as_day(day) for day in rule["closed_on"])
        return lambda day: day in days
    if "closed_from" in rule:
        start, end = as_day(rule["closed_from"]), as_day(rule["closed_to"])
        return lambda day: start <= day <= end
    raise ValueError(f"unknown closing rule: {', '.join(sorted(rule))}")


def _weekday_closure(rule: Mapping[str, Any]) -> DayTest:
    weekday = WEEKDAYS.index(rule["weekday"])
    nth = int(rule.get("nth", 0))
    if not LAST <= nth <= 5:
        raise ValueError(f"no such week of a month: {nth}")
    on_holiday = rule.get("on_holiday", "closed")
    if on_holiday not in {"closed", "open", "next-weekday", "closed-and-next-weekday"}:
        raise ValueError(f"unknown on_holiday: {on_holiday}")
    stays_closed = on_holiday in {"closed", "closed-and-next-weekday"}
    has_substitute = on_holiday in {"next-weekday", "closed-and-next-weekday"}

    def falls_on(day: date) -> bool:
        if day.weekday() != weekday:
            return False
        return not nth or nth == ((day.day - 1) // 7 + 1 if nth > 0 else LAST if _is_in_last_week(day) else 0)

    def closes(day: date) -> bool:
        if falls_on(day) and (stays_closed or not is_national_holiday(day)):
            return True
        return has_substitute and _is_substitute(day, falls_on)

    return closes


def _is_in_last_week(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month


def _is_substitute(day: date, falls_on: DayTest) -> bool:
    """Whether `day` is the first day after a holiday closing day that is neither a holiday nor Saturday nor Sunday."""
    if not _is_plain_weekday(day):
        return False
    before = day - timedelta(days=1)
    while not _is_plain_weekday(before):
        if falls_on(before) and is_national_holiday(before):
            return True
        before -= timedelta(days=1)
    return False


def _is_plain_weekday(day: date) -> bool:
    return day.weekday() < 5 and not is_national_holiday(day)


def _yearly_closure(start: tuple[int, int], end: tuple[int, int]) -> DayTest:
    if start <= end:
        return lambda day: start <= (day.month, day.day) <= end
    return lambda day: (day.month, day.day) >= start or (day.month, day.day) <= end


def _month_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)


EVERYBODY = "everyone"


@dataclass(frozen=True, kw_only=True)
class AudienceHours:
    """Hours of one desk or for one audience: a school library serves the school by day and everybody on Wednesday evening."""

    opens: time
    closes: time
    audience: str = EVERYBODY
    """everyone, or school: the people of that school."""
    desk: str = ""
    """Code of the service point; empty: the whole facility."""
    weekdays: tuple[str, ...] = WEEKDAYS
    hands_out_holds: bool = False
    """Held things are collected here, and nowhere else at the facility."""

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "AudienceHours":
        """From data: {opens: "16:00", closes: "18:00", audience?, desk?, weekdays?, hands_out_holds?}."""
        weekdays = tuple(written.get("weekdays", WEEKDAYS))
        if unknown := set(weekdays) - set(WEEKDAYS):
            raise ValueError(f"unknown weekday: {', '.join(sorted(unknown))}")
        return cls(
            opens=time.fromisoformat(written["opens"]),
            closes=time.fromisoformat(written["closes"]),
            audience=written.get("audience", EVERYBODY),
            desk=written.get("desk", ""),
            weekdays=weekdays,
            hands_out_holds=bool(written.get("hands_out_holds", False)),
        )

    def covers(self, local: datetime) -> bool:
        """Whether it holds at this local moment; the closing time itself is over."""
        return self.is_on(local.date()) and self.opens <= local.time() < self.closes

    def is_on(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.weekdays


def serves(openings: Iterable[AudienceHours], audiences: frozenset[str], local: datetime) -> bool:
    """Whether somebody of these audiences is served at this moment.

    Only hours kept for an audience turn anybody away, and only whoever is not of it: a place that tells no audiences
    apart serves whoever stands before the desk.
    """
    known = list(openings)
    kept = {opening.audience for opening in known} - {EVERYBODY}
    if not kept or kept & audiences:
        return True
    return any(opening.audience == EVERYBODY and opening.covers(local) for opening in known)


def weekdays_of_desk(openings: Iterable[AudienceHours], desk: str) -> frozenset[str]:
    """On which weekdays a desk with hours of its own is staffed; every day when it keeps those of its site."""
    own = {name for opening in openings if desk and opening.desk == desk for name in opening.weekdays}
    return frozenset(own or WEEKDAYS)


def weekdays_to_collect(openings: Iterable[AudienceHours], desk: str = "") -> frozenset[str]:
    """On which weekdays held things are handed out: by those who do it, if it is said; else as `desk` is staffed."""
    known = list(openings)
    own = {name for opening in known if opening.hands_out_holds for name in opening.weekdays}
    return frozenset(own) or weekdays_of_desk(known, desk)


def weekdays_for(openings: Iterable[AudienceHours], audiences: frozenset[str]) -> frozenset[str]:
    """On which weekdays a site serves somebody of these audiences at all: what `serves` says of the hours, for days."""
    known = list(openings)
    kept = {opening.audience for opening in known} - {EVERYBODY}
    if not kept or kept & audiences:
        return frozenset(WEEKDAYS)
    return frozenset(name for opening in known if opening.audience == EVERYBODY for name in opening.weekdays)
