"""Verbs about catalogues elsewhere: name one, ask one, let one go.

A target that fails three times in a row is left alone for a minute, so that nobody waits for it again and again; the first
question after that tries anew.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Least

from fumikura.discovery.events import TargetEnded, TargetSet
from fumikura.discovery.models import Target
from fumikura.discovery.union import sru
from fumikura.discovery.union.fetching import Silent, fetch, is_http
from fumikura.discovery.union.sru import Found, Question
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

PATIENCE = 3
REST = timedelta(seconds=60)
ROWS = 10
LONGEST_WAIT = 30
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Facts:
    """What is to be known of a target; fields as in models.Target."""

    name: str
    address: str
    format: str = sru.MARCXML
    schema: str = "marcxml"
    version: str = "1.1"
    indexes: Mapping[str, str] = field(default_factory=lambda: dict(sru.INDEXES))
    source: str = ""
    seconds: int = 8


@cache
def known_targets() -> tuple[dict[str, Any], ...]:
    """Targets that the house knows how to ask: names, addresses and dialects, to begin from."""
    return tuple(json.loads(files("fumikura.discovery.union").joinpath("targets.json").read_text(encoding="utf-8")))


def targets() -> QuerySet[Target]:
    """Those that are asked, in their order."""
    return Target.objects.filter(ended_at=None).order_by("listed_order", "pk")


@transaction.atomic
def set_target(facts: Facts, *, by: Actor, at: datetime, target: Target | None = None) -> Target:
    """Name a target, or change one. Refused: target-address, target-name-taken."""
    by.require("discovery.set-targets")
    if not is_http(facts.address) or facts.format not in sru.FORMATS:
        raise Refused(Reason.of("target-address", address=facts.address))
    others = Target.objects.filter(name=facts.name, ended_at=None)
    if (others.exclude(pk=target.pk) if target else others).exists():
        raise Refused(Reason.of("target-name-taken"))
    row = target or Target.objects.filter(name=facts.name).first() or Target()
    for name, value in vars(facts).items():
        setattr(row, name, dict(value) if isinstance(value, Mapping) else value)
    row.seconds = max(1, min(facts.seconds, LONGEST_WAIT))
    row.ended_at = row.silent_since = row.rests_until = None
    row.failures = 0
    row.save()
    record(TargetSet(target=row.pk), by=by, at=at, subject=f"discovery.target:{row.pk}")
    return row


@transaction.atomic
def end_target(target: Target, *, by: Actor, at: datetime) -> None:
    """Ask it no more."""
    by.require("discovery.set-targets")
    if Target.objects.filter(pk=target.pk, ended_at=None).update(ended_at=at):
        record(TargetEnded(target=target.pk), by=by, at=at, subject=f"discovery.target:{target.pk}")


def ask(target: Target, question: Question, *, at: datetime, start: int = 1, rows: int = ROWS) -> Found:
    """Ask one target, outside any transaction. Raises Silent; its state is kept for the next who asks."""
    if target.rests_until is not None and at < target.rests_until:
        raise Silent("resting", target.rests_until.isoformat())
    address = sru.address_of(
        target.address,
        question,
        indexes=target.indexes,
        version=target.version,
        schema=target.schema,
        start=start,
        rows=rows,
    )
    try:
        found = sru.read(fetch(address, seconds=target.seconds), target.format)
    except sru.NotSru as error:
        _note_silence(target, at)
        raise Silent("not-sru", str(error)[:200]) from None
    except Silent:
        _note_silence(target, at)
        raise
    if target.failures:
        Target.objects.filter(pk=target.pk).update(failures=0, silent_since=None, rests_until=None)
    return found


def _note_silence(target: Target, at: datetime) -> None:
    """Counted by the database: of several who ask at once each counts."""
    row = Target.objects.filter(pk=target.pk)
    row.update(failures=Least(F("failures") + 1, MOST_COUNTED), silent_since=Coalesce("silent_since", at))
    row.filter(failures__gte=PATIENCE).update(rests_until=at + REST)
