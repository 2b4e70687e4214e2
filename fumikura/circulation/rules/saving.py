"""Why a rule set may not be saved: rules that quarrel, rules that nothing can reach, outputs that nobody answers, counters
that can never fill."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from fumikura.circulation.rules.fitting import counter_problems, listed, meet_in_time, with_places
from fumikura.circulation.rules.policies import UNSAID
from fumikura.circulation.rules.resolution import BANDS, FLAGS, INHERIT, TREE_OF, Rule, RuleSet, compare_bands

Problem = tuple[str, ...]
"""("ambiguous", rule, rule, output), ("unreachable", rule), ("no-default", output), ("unknown-output", rule, output) or what
rules.fitting says of counters."""


def problems(rule_set: RuleSet, kinds: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """Everything that stands against saving this set; empty when nothing does. `kinds`: what each place is, by its code."""
    unreachable = [rule for rule in rule_set.rules if _is_unreachable(rule)]
    reachable = [rule for rule in rule_set.rules if rule not in unreachable]
    return (
        *(("unreachable", rule.id) for rule in unreachable),
        *_quarrels(rule_set, reachable),
        *_without_default(reachable, rule_set.rules),
        *counter_problems(with_places(rule_set, kinds or {}), reachable),
    )


def _is_unreachable(rule: Rule) -> bool:
    if rule.ends and rule.ends < rule.starts:
        return True
    if age := rule.conditions.get("age"):
        first, last = age
        if last < max(first, 0):
            return True
    if season := rule.conditions.get("season"):
        first, last = (str(day) for day in season)
        if last < max(first, rule.starts.isoformat()) or (rule.ends and rule.ends.isoformat() < first):
            return True
    return any(value == [] for value in rule.conditions.values())


def _quarrels(rule_set: RuleSet, rules: Iterable[Rule]) -> Iterator[Problem]:
    for one, other in combinations(rules, 2):
        shared = sorted(set(one.gives) & set(other.gives))
        if shared and one.starts == other.starts and _tie_somewhere(rule_set, one, other):
            yield from (("ambiguous", one.id, other.id, output) for output in shared)


def _tie_somewhere(rule_set: RuleSet, one: Rule, other: Rule) -> bool:
    """Whether on some day some subject is matched by both rules with nothing to choose between them."""
    return (
        meet_in_time(one, other)
        and one.dimensions == other.dimensions
        and all(_tie(rule_set, name, one.conditions[name], other.conditions[name]) for name in one.conditions)
    )


def _tie(rule_set: RuleSet, name: str, one: Any, other: Any) -> bool:
    if name in BANDS:
        overlap = max(one[0], other[0]) <= min(one[1], other[1])
        return overlap and compare_bands(name, one, other) == 0
    if name in FLAGS:
        return True
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    if name not in TREE_OF:
        return bool(listed(one) & listed(other))
    return any(_meet(rule_set, TREE_OF[name], (one, a), (other, b)) for a in listed(one) for b in listed(other))


def _meet(rule_set: RuleSet, tree: str, left: tuple[Any, str], right: tuple[Any, str]) -> bool:
    """Whether a node of `left` and one of `right` match one subject at the same distance (a list matches at 0)."""
    (one, a), (other, b) = left, right
    if a == b:
        return True
    below = b in rule_set.lineage(tree, a), a in rule_set.lineage(tree, b)
    # [av] and dvd meet in a dvd; av and [dvd] do not: the dvd is one step from av.
    return (below[0] and not isinstance(other, str)) or (below[1] and not isinstance(one, str))


def _without_default(reachable: Iterable[Rule], rules: Iterable[Rule]) -> Iterator[Problem]:
    answered = {
        output
        for rule in reachable
        if not rule.conditions and rule.ends is None
        for output, value in rule.gives.items()
        if value != INHERIT
    }
    for output in sorted({output for rule in rules for output in rule.gives} - answered - UNSAID.keys()):
        yield ("no-default", output)
