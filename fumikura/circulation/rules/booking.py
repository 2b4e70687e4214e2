"""Whether a set is free for a term."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fumikura.kernel.refusals import Reason

LONGEST_DAYS = 400
"""A set that is away for longer than a school year is moved for good."""


@dataclass(frozen=True)
class Term:
    """From a day through a day."""

    first_on: date
    last_on: date

    def meets(self, other: "Term") -> bool:
        return self.first_on <= other.last_on and other.first_on <= self.last_on


def objections_to_term(
    wanted: Term, *, on: date, booked: Sequence[Term], away_until: date | None, overridable_with: str = ""
) -> tuple[Reason, ...]:
    """Why a set cannot be had for that term: in the past, too long, promised to others, or still away when it begins.

    `away_until`: the last day of what it is away for now. A promise can be set aside with `overridable_with`.
    """
    reasons = []
    if wanted.last_on < max(on, wanted.first_on) or wanted.first_on < on:
        reasons.append(Reason("set-term-past"))
    if (wanted.last_on - wanted.first_on).days > LONGEST_DAYS:
        reasons.append(Reason.of("set-term-long", days=LONGEST_DAYS))
    reasons += [
        Reason(
            "set-booked", overridable_with, (("first", other.first_on.isoformat()), ("last", other.last_on.isoformat()))
        )
        for other in booked
        if wanted.meets(other)
    ]
    if away_until and away_until >= wanted.first_on:
        reasons.append(Reason.of("set-away", until=away_until.isoformat()))
    return tuple(reasons)
