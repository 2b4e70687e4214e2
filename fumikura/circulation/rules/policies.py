"""The values of a rule set as typed policies. Every value is a number, a word or `unlimited`; none is blank."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from fumikura.circulation.rules.dates import HardDate, ShelfTerms, Terms
from fumikura.circulation.rules.resolution import Given, NoRule

Unlimited = Literal["unlimited"]
Count = int | Unlimited
Values = Mapping[str, Any]

OUTPUTS: dict[str, frozenset[str] | type] = {
    "loan.allowed": bool,
    "loan.period": int,
    "loan.unit": frozenset({"calendar", "open"}),
    "loan.closed_day": frozenset({"keep", "next-open", "previous-open"}),
    "loan.calendar_of": frozenset({"lending-site", "owning-site"}),
    "loan.cap_at_card_expiry": bool,
    "loan.hard": dict,
    "loan.guardian_consent_for": list,
    "overnight.from_minutes_before_closing": int,
    "overnight.until_minutes_after_opening": int,
    "overnight.stages": list,
    "renewal.max": int,
    "renewal.period": int,
    "renewal.anchor": frozenset({"renewal-day", "due-day"}),
    "renewal.overdue": frozenset({"blocks", "allowed"}),
    "renewal.blocked_by_holds": frozenset({"any-waiting", "more-than-free-copies", "never"}),
    "renewal.card_expired": frozenset({"blocks", "allowed"}),
    "renewal.on_loan_day": frozenset({"allowed", "refused"}),
    "renewal.not_before_due_days": int,
    "renewal.longest_stay": int,
    "overdue.blocks_loans_from_day": int,
    "overdue.blocks_e_loans_from_day": int,
    "overdue.stages": list,
    "overdue.scope": frozenset({"self", "household"}),
    "overdue.blocks_holds_from_day": int,
    "overdue.exemption_stops": frozenset({"reminders", "reminders-and-blocks"}),
    "hold.allowed": bool,
    "hold.on_shelf": bool,
    "hold.on_order": bool,
    "hold.before_lending_start": bool,
    "hold.visitor_beats_pick_list": bool,
    "hold.new_item_days": int,
    "hold.per_day": dict,
    "hold.shelf_days": int,
    "hold.shelf_unit": frozenset({"calendar", "open"}),
    "hold.letter_days": int,
    "hold.extensions": int,
    "hold.extension_days": int,
    "shelf.not_found_tries": int,
    "overdue.pause_days_per_day": int,
    "overdue.pause_most": int,
    "hold.no_shows": int,
    "hold.no_show_pause_days": int,
    "floating.group": list,
    "floating.most_per_title": int,
    "movement.missing_after_open_days": int,
}
"""Every output a set must answer, with what it may be; a whole number may also be `unlimited`, a mapping `none`.

Beside these, `loan.limit.<counter>` and `hold.limit.<counter>`: any counters the set names.
"""
OR_DAYS = frozenset({"renewal.overdue"})
"""Words in whose place a whole number of days may stand, from 1: so many days overdue it may still be renewed."""
STAGES = frozenset({"overdue.stages", "overnight.stages"})
"""When and how readers are reminded of what is overdue. What went home for a night is wanted in the house the next
morning, so that it has stages of its own, in days after that morning."""
UNSAID: dict[str, Any] = {
    "overdue.exemption_stops": "reminders",
    "overnight.stages": [{"day": 1, "by": "e-mail"}, {"day": 3, "by": "telephone"}, {"day": 7, "by": "letter"}],
}
"""Outputs that a set may leave out, and what then holds."""


def is_full(have: int, limit: Count) -> bool:
    return limit != "unlimited" and have >= limit


def reaches(days: int, threshold: Count) -> bool:
    """Whether so many days are enough for a threshold that may be unlimited (then never)."""
    return threshold != "unlimited" and days >= threshold


def plain(answers: Mapping[str, Given]) -> dict[str, Any]:
    """The bare values of a decision."""
    return {output: given.value for output, given in answers.items()}


CHANNELS = ("e-mail", "telephone", "postcard", "letter", "visit")
"""How an overdue stage reaches a reader."""


def bad_values(values: Values) -> tuple[str, ...]:
    """Outputs that are missing or have a value of the wrong kind."""
    bad = [output for output in OUTPUTS if output not in values and output not in UNSAID]
    for output, value in values.items():
        allowed = int if output.startswith(("loan.limit.", "hold.limit.")) else OUTPUTS.get(output)
        if output in OR_DAYS and _is_number(value) and value > 0:
            continue
        if allowed is None or not _fits(value, allowed) or (output in STAGES and not _are_stages(value)):
            bad.append(output)
    return tuple(bad)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_stages(value: Any) -> bool:
    """[{day: 7, by: e-mail}, …] with rising days."""
    if isinstance(value, str):
        return value in {"none", "inherit"}
    known = [stage for stage in value if isinstance(stage, dict) and stage.get("by") in CHANNELS]
    days = [stage["day"] for stage in known if isinstance(stage.get("day"), int) and stage["day"] > 0]
    return len(days) == len(value) and days == sorted(set(days))


def _fits(value: Any, allowed: frozenset[str] | type) -> bool:
    if value == "inherit":
        return True
    if isinstance(allowed, frozenset):
        return value in allowed
    if allowed is int:
        return value == "unlimited" or (_is_number(value) and value >= 0)
    if allowed in {dict, list} and value == "none":
        return True
    return isinstance(value, allowed)


def _get(values: Values, output: str) -> Any:
    if output in values:
        return values[output]
    if output in UNSAID:
        return UNSAID[output]
    raise NoRule(output)


@dataclass(frozen=True, kw_only=True)
class LoanPolicy:
    allowed: bool
    period: int
    unit: str
    closed_day: str
    calendar_of: str
    hard: HardDate | None
    cap_at_card_expiry: bool
    guardian_consent_for: tuple[str, ...]
    limits: Mapping[str, Count]

    @classmethod
    def of(cls, values: Values) -> "LoanPolicy":
        return cls(
            allowed=_get(values, "loan.allowed"),
            period=_get(values, "loan.period"),
            unit=_get(values, "loan.unit"),
            closed_day=_get(values, "loan.closed_day"),
            calendar_of=_get(values, "loan.calendar_of"),
            hard=HardDate.read(_get(values, "loan.hard")),
            cap_at_card_expiry=_get(values, "loan.cap_at_card_expiry"),
            guardian_consent_for=tuple(_get(values, "loan.guardian_consent_for")),
            limits=_limits(values, "loan.limit."),
        )

    def terms(self, *, card_expires_on: date | None) -> Terms:
        """For due_date: the card's last day counts only where the rule says so."""
        return Terms(
            period=self.period,
            unit=self.unit,
            closed_day=self.closed_day,
            hard=self.hard,
            card_expires_on=card_expires_on if self.cap_at_card_expiry else None,
        )


@dataclass(frozen=True, kw_only=True)
class RenewalPolicy:
    max: Count
    period: int
    anchor: str
    overdue: str | int
    """blocks, allowed, or the last day overdue on which it may still be renewed."""
    blocked_by_holds: str
    card_expired: str
    on_loan_day: str
    not_before_due_days: Count
    longest_stay: Count

    @classmethod
    def of(cls, values: Values) -> "RenewalPolicy":
        return cls(
            max=_get(values, "renewal.max"),
            period=_get(values, "renewal.period"),
            anchor=_get(values, "renewal.anchor"),
            overdue=_get(values, "renewal.overdue"),
            blocked_by_holds=_get(values, "renewal.blocked_by_holds"),
            card_expired=_get(values, "renewal.card_expired"),
            on_loan_day=_get(values, "renewal.on_loan_day"),
            not_before_due_days=_get(values, "renewal.not_before_due_days"),
            longest_stay=_get(values, "renewal.longest_stay"),
        )

    def terms(self, loan: LoanPolicy, *, lent_on: date, card_expires_on: date | None) -> Terms:
        """The loan's own terms with the renewal's period; `longest_stay` counts days from the loan."""
        return Terms(
            period=self.period,
            unit=loan.unit,
            closed_day=loan.closed_day,
            hard=loan.hard,
            not_after=None if self.longest_stay == "unlimited" else lent_on + timedelta(days=self.longest_stay),
            card_expires_on=card_expires_on if loan.cap_at_card_expiry else None,
        )


@dataclass(frozen=True, kw_only=True)
class OverduePolicy:
    blocks_loans_from_day: Count
    blocks_e_loans_from_day: Count
    blocks_holds_from_day: Count
    scope: str
    exemption_stops: str
    """What ends for a while where somebody is exempted: reminders, or reminders-and-blocks."""

    @classmethod
    def of(cls, values: Values) -> "OverduePolicy":
        return cls(
            blocks_loans_from_day=_get(values, "overdue.blocks_loans_from_day"),
            blocks_e_loans_from_day=_get(values, "overdue.blocks_e_loans_from_day"),
            blocks_holds_from_day=_get(values, "overdue.blocks_holds_from_day"),
            scope=_get(values, "overdue.scope"),
            exemption_stops=_get(values, "overdue.exemption_stops"),
        )

    @property
    def spares_the_exempted(self) -> bool:
        """Whether what is exempted blocks nobody."""
        return self.exemption_stops == "reminders-and-blocks"


@dataclass(frozen=True, kw_only=True)
class HoldPolicy:
    allowed: bool
    on_shelf: bool
    on_order: bool
    before_lending_start: bool
    visitor_beats_pick_list: bool
    new_item_days: int
    per_day: Mapping[str, Count]
    """Door to the number of holds it takes of one reader in a day."""
    limits: Mapping[str, Count]
    extensions: Count
    no_shows: Count
    """So many holds not collected within a year, and new ones are paused."""
    no_show_pause_days: int
    shelf: ShelfTerms

    @classmethod
    def of(cls, values: Values) -> "HoldPolicy":
        per_day = _get(values, "hold.per_day")
        return cls(
            allowed=_get(values, "hold.allowed"),
            on_shelf=_get(values, "hold.on_shelf"),
            on_order=_get(values, "hold.on_order"),
            before_lending_start=_get(values, "hold.before_lending_start"),
            visitor_beats_pick_list=_get(values, "hold.visitor_beats_pick_list"),
            new_item_days=_get(values, "hold.new_item_days"),
            per_day={} if per_day == "none" else per_day,
            limits=_limits(values, "hold.limit."),
            extensions=_get(values, "hold.extensions"),
            no_shows=_get(values, "hold.no_shows"),
            no_show_pause_days=_get(values, "hold.no_show_pause_days"),
            shelf=ShelfTerms(
                shelf_days=_get(values, "hold.shelf_days"),
                shelf_unit=_get(values, "hold.shelf_unit"),
                extension_days=_get(values, "hold.extension_days"),
                letter_days=_get(values, "hold.letter_days"),
            ),
        )


def _limits(values: Values, prefix: str) -> dict[str, Count]:
    return {output.removeprefix(prefix): limit for output, limit in values.items() if output.startswith(prefix)}
