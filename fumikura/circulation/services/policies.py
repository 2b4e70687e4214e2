"""Setting the lending rules: checked when saved, in force from a day, never edited afterwards."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from fumikura.circulation.models import PolicySet
from fumikura.circulation.rule_events import PolicySetSaved
from fumikura.circulation.rules.policies import bad_values
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.circulation.rules.saving import problems
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import facilities


@transaction.atomic
def save_policy_set(*, name: str, rules: Mapping[str, Any], effective_from: date, by: Actor, at: datetime) -> PolicySet:
    """Put rules in force from a day: today only when there are none yet.

    Refused("rules-rejected") for each pair that quarrels, rule out of reach, output without default or value that cannot
    be; Refused("rules-in-force") for a day that has begun.
    """
    by.require("circulation.set-rules")
    last = PolicySet.objects.aggregate(version=Max("version"))["version"] or 0
    if last and effective_from <= timezone.localdate(at):
        raise Refused(Reason("rules-in-force"))
    if reasons := objections_to_rules(rules, kinds_of_places()):
        raise Refused(*reasons)
    saved = PolicySet.objects.create(
        version=last + 1, name=name, effective_from=effective_from, rules=dict(rules), digest=digest_of(rules)
    )
    event = PolicySetSaved(version=saved.version, effective_from=effective_from.isoformat())
    record(event, by=by, at=at, subject=f"circulation.policy-set:{saved.pk}")
    return saved


def kinds_of_places() -> dict[str, str]:
    """What each place of the network is, by its code."""
    return {place.code: place.kind for place in facilities()}


def objections_to_rules(rules: Mapping[str, Any], kinds: Mapping[str, str] | None = None) -> tuple[Reason, ...]:
    """Why these rules cannot be saved; empty when they can. `kinds`: kinds_of_places."""
    try:
        rule_set = RuleSet.read(rules)
    except (KeyError, ValueError, TypeError) as error:
        return (Reason.of("rules-rejected:unreadable", problem=str(error)),)
    found = [
        Reason.of(f"rules-rejected:{problem[0]}", problem=" ".join(problem[1:]))
        for problem in problems(rule_set, kinds)
    ]
    defaults: dict[str, Any] = {}
    for rule in rule_set.rules:
        if not rule.conditions:
            defaults.update(rule.gives)
        wrong = bad_values({**defaults, **rule.gives}) if not rule.conditions else _wrong(rule.gives)
        found += [Reason.of("rules-rejected:bad-value", problem=f"{rule.id} {output}") for output in wrong]
    return tuple(found)


def _wrong(gives: Mapping[str, Any]) -> list[str]:
    return [output for output in bad_values(gives) if output in gives]


def digest_of(rules: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(rules, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
