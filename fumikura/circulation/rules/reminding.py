"""Which overdue stage is due, and who is told by which way. No fines anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from fumikura.circulation.rules.policies import UNSAID
from fumikura.circulation.rules.resolution import Given


@dataclass(frozen=True)
class Stage:
    day: int
    """Carried out when so many days lie after the due day, closed days included."""
    by: str
    """e-mail, telephone, postcard, letter or visit."""


def stages_for(answers: Mapping[str, Given], kind: str) -> tuple[Stage, ...]:
    """The stages of a loan of this kind: what went home for a night has its own."""
    output = "overnight.stages" if kind == "overnight" else "overdue.stages"
    return stages_of(answers[output].value if output in answers or output not in UNSAID else UNSAID[output])


def stages_of(written: Sequence[Mapping[str, Any]] | str) -> tuple[Stage, ...]:
    """From the rule value: a list, or the word "none"."""
    return () if isinstance(written, str) else tuple(Stage(stage["day"], stage["by"]) for stage in written)


def stage_due(stages: Iterable[Stage], *, due_on: date, on: date, reminded: Sequence[int]) -> Stage | None:
    """The stage to carry out today. A missed one is made good; of several missed, the last."""
    days, last = (on - due_on).days, max(reminded, default=0)
    return max((stage for stage in stages if last < stage.day <= days), key=lambda stage: stage.day, default=None)


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """One loan for which a stage is due."""

    loan: int
    household: int
    """The guardian, or the reader without one."""
    stage: Stage
    reminded: tuple[int, ...] = ()
    """The stages that were carried out before, by their day."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one household is told in one night: one message by the way of the furthest stage."""

    household: int
    stage: Stage
    loans: tuple[Overdue, ...]


def messages_of(overdue: Iterable[Overdue]) -> tuple[Message, ...]:
    rows = sorted(overdue, key=lambda one: (one.household, one.loan))
    grouped = ((household, tuple(loans)) for household, loans in groupby(rows, key=lambda one: one.household))
    return tuple(
        Message(household=household, stage=max((one.stage for one in loans), key=lambda stage: stage.day), loans=loans)
        for household, loans in grouped
    )
