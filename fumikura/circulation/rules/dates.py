"""Until when: due dates, renewed dates and days on the hold shelf, over closed days and hard dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fumikura.organisation.rules import Calendar


@dataclass(frozen=True)
class HardDate:
    """A fixed day: `exact` replaces the period, `not-after` cuts it, `not-before` lengthens it."""

    kind: str
    day: date

    @classmethod
    def read(cls, written: Mapping[str, Any] | str) -> "HardDate | None":
        """From data: {kind, day}, or the word "none"."""
        if isinstance(written, str):
            return None
        day = written["day"]
        return cls(written["kind"], day if isinstance(day, date) else date.fromisoformat(day))


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How long: a period in days, counted as `unit` says, and what to do with a closed day."""

    period: int
    unit: str = "calendar"
    """calendar or open."""
    closed_day: str = "next-open"
    """keep, next-open or previous-open."""
    hard: HardDate | None = None
    not_after: date | None = None
    """A last day from elsewhere, such as the longest stay of a loan."""
    card_expires_on: date | None = None
    """Set when the loan may not outlast the card."""


@dataclass(frozen=True)
class Due:
    on: date
    why: tuple[str, ...] = ()
    """hard-date, card-expiry, moved-to-next-open, moved-to-previous-open."""


def due_date(*, start: date, terms: Terms, calendar: Calendar, lent_on: date | None = None) -> Due:
    """The due day of a period that begins after `start`; `lent_on` is the day of the loan when that is earlier."""
    lent_on = lent_on or start
    counted = calendar.open_day_after(start, terms.period) if terms.unit == "open" else None
    day = counted or start + timedelta(days=terms.period)
    why: list[str] = []
    day, latest = _limited(day, terms, why)
    moved = _off_closed_day(max(day, lent_on + timedelta(days=1)), lent_on, latest, terms.closed_day, calendar)
    if moved > day:
        why.append("moved-to-next-open")
    elif moved < day:
        why.append("moved-to-previous-open")
    return Due(moved, tuple(why))


def _limited(day: date, terms: Terms, why: list[str]) -> tuple[date, date]:
    """The day after the hard date and the card have been heard, and the last day that may not be passed."""
    latest = date.max
    if hard := terms.hard:
        wanted = {"exact": hard.day, "not-after": min(day, hard.day), "not-before": max(day, hard.day)}[hard.kind]
        if wanted != day:
            why.append("hard-date")
        day = wanted
        if hard.kind == "not-after":
            latest = hard.day
    if terms.not_after:
        latest = min(latest, terms.not_after)
        day = min(day, latest)
    if terms.card_expires_on:
        latest = min(latest, terms.card_expires_on)
        if day > terms.card_expires_on:
            day = terms.card_expires_on
            why.append("card-expiry")
    return day, latest


def _off_closed_day(day: date, lent_on: date, latest: date, mode: str, calendar: Calendar) -> date:
    if mode == "keep" or calendar.is_open(day):
        return day
    onward = calendar.next_open(day)
    if mode == "next-open" and onward <= latest:
        return onward
    back = calendar.previous_open(day)
    # Never back to the day of the loan: a reader must have at least one day.
    return back if back > lent_on else onward


@dataclass(frozen=True, kw_only=True)
class ShelfTerms:
    """How long a held item waits at the pickup."""

    shelf_days: int
    shelf_unit: str = "open"
    extension_days: int = 7
    letter_days: int = 2


def shelf_until(
    *, ready_on: date, contact: str, terms: ShelfTerms, calendar: Calendar, reached_on: date | None = None,
    extensions: int = 0,
) -> date | None:  # fmt: skip
    """The last day to collect, by the calendar of the pickup; None while a reader is not yet reached by telephone."""
    match contact:
        case "telephone":
            told_on = reached_on
        case "letter":
            told_on = ready_on + timedelta(days=terms.letter_days)
        case _:
            told_on = ready_on
    if told_on is None:
        return None
    until = _days_on(told_on, terms.shelf_days, terms.shelf_unit, calendar)
    for _ in range(extensions):
        until = extended_until(until, terms=terms, calendar=calendar)
    return until


def extended_until(until: date, *, terms: ShelfTerms, calendar: Calendar) -> date:
    """The new last day after one extension: counted as the shelf days are, from the old last day."""
    return _days_on(until, terms.extension_days, terms.shelf_unit, calendar)


def _days_on(day: date, days: int, unit: str, calendar: Calendar) -> date:
    if unit == "open":
        return calendar.open_day_after(day, days)
    return calendar.next_open(day + timedelta(days=days))
