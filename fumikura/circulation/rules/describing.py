"""Describing a counter in the data of a rule set, changing it, and taking it out with every limit that was set on it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fumikura.circulation.rules.policies import Count

Written = dict[str, Any]
"""A rule set as RuleSet.read takes it."""
KINDS = ("loan", "hold")


@dataclass(frozen=True, kw_only=True)
class Described:
    """A counter as a manager writes it."""

    code: str
    conditions: Mapping[str, Any]
    names: Mapping[str, str]
    """Language to words."""
    limits: Mapping[str, Count]
    """`loan` and `hold` to how many everybody may have; what is left out has no limit for everybody."""


def next_code(written: Mapping[str, Any]) -> str:
    """A code that no counter of the set has: counter-1, counter-2, …"""
    taken = written.get("counters", {})
    return next(code for code in (f"counter-{number}" for number in range(1, len(taken) + 2)) if code not in taken)


def described(written: Mapping[str, Any], code: str) -> Described:
    """KeyError when the set describes no such counter."""
    given = _base(written).get("give", {})
    limits = {what: given[output] for what in KINDS if (output := f"{what}.limit.{code}") in given}
    names = written.get("names", {}).get(code, {})
    return Described(code=code, conditions=written["counters"][code], names=names, limits=limits)


def with_counter(written: Mapping[str, Any], counter: Described) -> Written:
    """The set with this counter in it, described anew where it was there; its limits stand in the rule without conditions."""
    rules = copy.deepcopy(dict(written))
    rules["counters"] = {**rules.get("counters", {}), counter.code: dict(counter.conditions)}
    rules["names"] = {**rules.get("names", {}), counter.code: dict(counter.names)}
    base = _base(rules)
    for what in KINDS:
        output = f"{what}.limit.{counter.code}"
        others = any(output in rule["give"] for rule in rules["rules"] if rule is not base)
        if what in counter.limits:
            base["give"][output] = counter.limits[what]
        elif others:
            base["give"][output] = "unlimited"
        else:
            base["give"].pop(output, None)
    return rules


def without_counter(written: Mapping[str, Any], code: str) -> Written:
    """The set without it. A rule that said nothing but its limit says nothing more and goes too."""
    rules = copy.deepcopy(dict(written))
    outputs = {f"{what}.limit.{code}" for what in KINDS}
    for part in ("counters", "names", "nesting"):
        if part in rules:
            rules[part] = {one: said for one, said in rules[part].items() if one != code}
    if "nesting" in rules:
        rules["nesting"] = {outer: [one for one in inside if one != code] for outer, inside in rules["nesting"].items()}
    kept = []
    for rule in rules["rules"]:
        left = {output: value for output, value in rule["give"].items() if output not in outputs}
        if left or not rule["give"]:
            kept.append({**rule, "give": left})
    rules["rules"] = kept
    return rules


def _base(written: Mapping[str, Any]) -> Written:
    """The rule without conditions or an end, for everybody and everything; of several the first; an empty one without."""
    general = (rule for rule in written["rules"] if not rule.get("if") and not rule.get("until"))
    return next(general, {"give": {}})
