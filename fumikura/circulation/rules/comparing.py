"""Two rule sets side by side: which rules differ, and what loans that were made would have been under the other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fumikura.circulation.rules.dates import due_date
from fumikura.circulation.rules.policies import LoanPolicy, Values, plain
from fumikura.circulation.rules.resolution import RuleSet, Subject
from fumikura.organisation.rules import Calendar, NeverOpen


@dataclass(frozen=True)
class Difference:
    rule: str
    how: str
    """added, removed or changed."""


def differences(old: RuleSet, new: RuleSet) -> tuple[Difference, ...]:
    """Rules by id, in the order of the new set, those that are gone at the end."""
    was, becomes = ({rule.id: rule for rule in rules.rules} for rules in (old, new))
    found = [
        Difference(rule.id, "changed" if rule.id in was else "added")
        for rule in new.rules
        if was.get(rule.id) != rule
    ]  # fmt: skip
    return (*found, *(Difference(rule.id, "removed") for rule in old.rules if rule.id not in becomes))


def counter_differences(old: RuleSet, new: RuleSet) -> tuple[Difference, ...]:
    """The same for the counters that the sets describe: what they count and what they are called. `rule` is the counter."""

    def told(rules: RuleSet, code: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        return rules.counters[code], rules.names.get(code, {})

    found = [
        Difference(code, "changed" if code in old.counters else "added")
        for code in new.counters
        if code not in old.counters or told(old, code) != told(new, code)
    ]
    return (*found, *(Difference(code, "removed") for code in old.counters if code not in new.counters))


@dataclass(frozen=True, kw_only=True)
class LoansAlike:
    """Loans of one day that the rules cannot tell apart. No person is in them."""

    on: date
    facility: str
    material: str
    categories: tuple[str, ...]
    """The category and those above it."""
    age_band: str
    """As rules.bands writes it, e.g. "7-12"; empty when unknown."""
    count: int


@dataclass
class Effect:
    """What a draft would have changed for the loans of one site and age band."""

    loans: int = 0
    refused: int = 0
    """Lent then, not allowed by the draft."""
    allowed: int = 0
    """Not allowed by the present rules as they stand for everybody of that band, allowed by the draft."""
    longer: int = 0
    shorter: int = 0
    days: int = 0
    """Sum of the days by which due dates move: divided by `moved`, the average."""
    renewals_more: int = 0
    renewals_fewer: int = 0
    limits: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Counter to (limit now, limit in the draft), where they differ."""

    @property
    def moved(self) -> int:
        return self.longer + self.shorter

    @property
    def changed(self) -> bool:
        return bool(
            self.refused or self.allowed or self.moved or self.renewals_more or self.renewals_fewer or self.limits
        )


@dataclass(kw_only=True)
class Replaying:
    """Past loans judged by both sets: (site, age band) → effect. It may be fed day by day, and go on from `effects`.

    The draft's rules count as in force although their first day lies ahead; seasons are those of the day of the loan.
    """

    old: RuleSet
    new: RuleSet
    new_starts: date
    calendar_at: Callable[[str], Calendar | None]
    place_path: Callable[[str], tuple[str, ...]]
    effects: dict[tuple[str, str], Effect] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._asked = _Asked(self.old, self.new, self.new_starts, self.calendar_at, self.place_path)

    def add(self, loans: Iterable[LoansAlike]) -> None:
        for one in loans:
            effect = self.effects.setdefault((one.facility, one.age_band), Effect())
            effect.loans += one.count
            _weigh(effect, one, self._asked)


@dataclass
class _Asked:
    old: RuleSet
    new: RuleSet
    new_starts: date
    calendar_at: Callable[[str], Calendar | None]
    place_path: Callable[[str], tuple[str, ...]]
    known: dict[Any, tuple[Values, Values]] = field(default_factory=dict)
    dues: dict[Any, int] = field(default_factory=dict)

    def both(self, one: LoansAlike) -> tuple[Values, Values]:
        day = one.on if self._days_matter else None
        key = (one.facility, one.material, one.categories, one.age_band, day)
        if key not in self.known:
            subject = subject_of(one, self.place_path(one.facility))
            self.known[key] = (
                plain(self.old.decide(subject, one.on)),
                plain(self.new.decide(subject, max(one.on, self.new_starts), season=one.on)),
            )
        return self.known[key]

    @property
    def _days_matter(self) -> bool:
        return self.old.speaks_of_days or self.new.speaks_of_days

    def days_between(self, one: LoansAlike, before: LoanPolicy, after: LoanPolicy) -> int:
        """By how many days the due date moves; 0 where a site never opens again."""
        calendar = self.calendar_at(one.facility)
        terms = before.terms(card_expires_on=None), after.terms(card_expires_on=None)
        if calendar is None or terms[0] == terms[1]:
            return 0
        key = (one.facility, one.on, terms)
        if key not in self.dues:
            try:
                due = [due_date(start=one.on, terms=each, calendar=calendar).on for each in terms]
                self.dues[key] = (due[1] - due[0]).days
            except (NeverOpen, OverflowError):
                self.dues[key] = 0
        return self.dues[key]


def _weigh(effect: Effect, one: LoansAlike, asked: _Asked) -> None:
    values = asked.both(one)
    before, after = (LoanPolicy.of(each) for each in values)
    if before.allowed and not after.allowed:
        effect.refused += one.count
        return
    if after.allowed and not before.allowed:
        effect.allowed += one.count
        return
    moved = asked.days_between(one, before, after)
    effect.longer += one.count if moved > 0 else 0
    effect.shorter += one.count if moved < 0 else 0
    effect.days += moved * one.count
    times = tuple(_times(each["renewal.max"]) for each in values)
    effect.renewals_more += one.count if times[1] > times[0] else 0
    effect.renewals_fewer += one.count if times[1] < times[0] else 0
    for counter in {*before.limits, *after.limits}:
        pair = before.limits.get(counter, "unlimited"), after.limits.get(counter, "unlimited")
        if pair[0] != pair[1]:
            effect.limits[counter] = pair


def _times(written: Any) -> float:
    return float("inf") if written == "unlimited" else float(written)


def subject_of(one: LoansAlike, place: tuple[str, ...]) -> Subject:
    """A typical reader of that band; the rules' own bands begin and end where those of statistics do."""
    subject: dict[str, Any] = {
        "mode": "normal",
        "origin": "own",
        "material": one.material,
        "category": one.categories,
        "residency": "resident",
        "owner": place,
        "transaction": place,
        "channel": "desk",
    }
    if one.age_band:
        subject["age"] = typical_age(one.age_band)
    return subject


def typical_age(band: str) -> int:
    """The middle of a band: "7-12" is 9, "80-" is 80."""
    lower, _dash, upper = band.partition("-")
    return (int(lower) + int(upper)) // 2 if upper else int(lower)


def totals(effects: Mapping[Any, Effect]) -> Effect:
    """Everything together."""
    whole = Effect()
    for effect in effects.values():
        for name in ("loans", "refused", "allowed", "longer", "shorter", "days", "renewals_more", "renewals_fewer"):
            setattr(whole, name, getattr(whole, name) + getattr(effect, name))
        whole.limits.update(effect.limits)
    return whole
