"""One rule set as data, and which of its rules gives which value.

A rule has conditions over the published dimensions and gives outputs. Of the rules that match, the one with more matched
dimensions answers; then the one whose dimensions stand earlier in the published order; then the nearer one, dimension by
dimension (fewer steps in the tree; a band inside another); then the later `from`. Each output is decided by itself:
`inherit` asks the next rule, `unlimited` and 0 are answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, cmp_to_key
from typing import Any

DIMENSIONS = (
    "mode", "season", "origin", "collection", "material", "service", "category", "residency", "age",
    "owner", "transaction", "pickup", "channel",
)  # fmt: skip
COUNTED_BY = ("origin", "collection", "material", "owner", "transaction", "pickup")
"""What a counter may look at: of a loan where it was made (`transaction`) and whose the copy is (`owner`), of a hold where
it is to be collected (`pickup`)."""
TREE_OF = {"material": "material", "category": "category", "owner": "site", "transaction": "site", "pickup": "site"}
BANDS = frozenset({"age", "season"})
FLAGS = frozenset({"service"})
"""A reader may have several of these at once."""
INHERIT = "inherit"

Subject = Mapping[str, Any]
"""Dimension to value. In a tree dimension the value is a node, or a path from the node upwards; a flag set is a tuple."""


class NoRule(LookupError):
    """No rule of the set answers for this output: a set that was saved never raises it."""


@dataclass(frozen=True)
class Rule:
    id: str
    starts: date
    ends: date | None
    conditions: Mapping[str, Any]
    gives: Mapping[str, Any]

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Rule":
        """From data: {id, from, until?, if: {dimension: value}, give: {output: value}}."""
        unknown = set(written.get("if", {})) - set(DIMENSIONS)
        if unknown:
            raise ValueError(f"rule {written['id']}: unknown dimension {', '.join(sorted(unknown))}")
        return cls(
            id=str(written["id"]),
            starts=_day(written["from"]),
            ends=_day(written["until"]) if written.get("until") else None,
            conditions=dict(written.get("if", {})),
            gives=dict(written["give"]),
        )

    @cached_property
    def dimensions(self) -> tuple[int, ...]:
        return tuple(sorted(DIMENSIONS.index(name) for name in self.conditions))

    def in_force(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class Given:
    """The value of one output, the rule it came from, and the rules that were asked before or did not apply."""

    value: Any
    rule: str
    passed_over: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RuleSet:
    rules: tuple[Rule, ...]
    trees: Mapping[str, Mapping[str, Sequence[str]]]
    nesting: Mapping[str, Sequence[str]]
    """Counter to the counters and materials inside it."""
    names: Mapping[str, Mapping[str, str]]
    """Words for counters, by language."""
    counters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Counter to the conditions of what fills it, for those that are no kind of material: {"from-the-bus": {"transaction":
    "stop"}}. All its conditions hold at once; a list means any of them; a node of a tree means all below it."""

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "RuleSet":
        """From data: {trees, nesting, names, counters, rules}."""
        counters = {code: dict(conditions) for code, conditions in written.get("counters", {}).items()}
        for code, conditions in counters.items():
            if unknown := set(conditions) - set(COUNTED_BY):
                raise ValueError(f"counter {code}: cannot count by {', '.join(sorted(unknown))}")
        return cls(
            rules=tuple(Rule.read(rule) for rule in written["rules"]),
            trees=written.get("trees", {}),
            nesting=written.get("nesting", {}),
            names=written.get("names", {}),
            counters=counters,
        )

    def speaks_of(self, dimension: str) -> bool:
        """Whether any rule has a condition on this dimension."""
        return dimension in self._spoken_of

    @cached_property
    def _spoken_of(self) -> frozenset[str]:
        return frozenset(name for rule in self.rules for name in rule.conditions)

    @cached_property
    def speaks_of_days(self) -> bool:
        """Whether one day may be answered otherwise than another: a season, or a rule that begins later or ends."""
        starts = {rule.starts for rule in self.rules}
        return self.speaks_of("season") or len(starts) > 1 or any(rule.ends for rule in self.rules)

    def regime(self, day: date) -> tuple[str, ...]:
        """The rules that can answer on that day: two days with the same ones decide alike."""
        return tuple(
            rule.id
            for rule in self.rules
            if rule.in_force(day) and _in_band(day, rule.conditions.get("season", (day, day)), "season")
        )

    def decide(self, subject: Subject, day: date, *, season: date | None = None) -> dict[str, Given]:
        """Every output that the set speaks of, for this subject on this day.

        `season`: the day that seasons are looked at by, when it is another one (a replay of the past).
        """
        answers: dict[str, Given] = {}
        for rule in self._ranked(subject, day, season):
            for output, value in rule.gives.items():
                if output not in answers and value != INHERIT:
                    answers[output] = Given(value, rule.id)
        return answers

    def explain(self, output: str, subject: Subject, day: date) -> Given:
        """The value, its rule, and every other rule that speaks of this output with the reason it did not answer."""
        passed: dict[str, str] = {}
        answer: Given | None = None
        for rule in self._ranked(subject, day):
            if output not in rule.gives:
                continue
            if answer:
                passed[rule.id] = "outranked"
            elif rule.gives[output] == INHERIT:
                passed[rule.id] = "inherits"
            else:
                answer = Given(rule.gives[output], rule.id)
        if answer is None:
            raise NoRule(output)
        for rule in self.rules:
            if output in rule.gives and rule.id not in passed and rule.id != answer.rule:
                passed[rule.id] = "does-not-match" if rule.in_force(day) else "not-in-force"
        order = [rule.id for rule in self.rules]
        return Given(answer.value, answer.rule, tuple(sorted(passed.items(), key=lambda pair: order.index(pair[0]))))

    def meets(self, conditions: Mapping[str, Any], subject: Subject) -> bool:
        """Whether the subject fulfils every one of these conditions."""
        return all(self._distance(name, wanted, subject.get(name)) is not None for name, wanted in conditions.items())

    @cached_property
    def counted_by(self) -> tuple[str, ...]:
        """The dimensions that its counters look at, the material first."""
        spoken = {name for conditions in self.counters.values() for name in conditions}
        return ("material", *(name for name in COUNTED_BY if name in spoken and name != "material"))

    @cached_property
    def known_counters(self) -> dict[tuple[Any, ...], tuple[str, ...]]:
        """What counting.counters_of has found for each kind of thing: a reader's four hundred loans are of a few kinds."""
        return {}

    def lineage(self, tree: str, node: str | Sequence[str]) -> tuple[str, ...]:
        """The node and everything above it, nearest first; a given path is followed before the tree is."""
        path = [node] if isinstance(node, str) else list(node)
        above = self._parents.get(tree, {})
        while path and (parent := above.get(path[-1])) and parent not in path:
            path.append(parent)
        return tuple(path)

    @cached_property
    def _parents(self) -> dict[str, dict[str, str]]:
        return {
            tree: {child: parent for parent, children in branches.items() for child in children}
            for tree, branches in self.trees.items()
        }

    def _ranked(self, subject: Subject, day: date, season: date | None = None) -> list[Rule]:
        """The matching rules, the one to ask first in front."""
        matching = []
        for rule in self.rules:
            if rule.in_force(day) and (distances := self._distances(rule, subject, season or day)) is not None:
                matching.append((rule, distances))
        matching.sort(key=cmp_to_key(_compare))
        return [rule for rule, _ in matching]

    def _distances(self, rule: Rule, subject: Subject, day: date) -> tuple[int, ...] | None:
        """Steps in the tree for each matched dimension in the published order; None when the rule does not match."""
        distances = []
        for index in rule.dimensions:
            name = DIMENSIONS[index]
            distance = self._distance(name, rule.conditions[name], day if name == "season" else subject.get(name))
            if distance is None:
                return None
            distances.append(distance)
        return tuple(distances)

    def _distance(self, name: str, wanted: Any, actual: Any) -> int | None:
        if actual is None:
            return None
        if name in BANDS:
            return 0 if _in_band(actual, wanted, name) else None
        if name in TREE_OF:
            path = self.lineage(TREE_OF[name], actual)
            if isinstance(wanted, str):
                return path.index(wanted) if wanted in path else None
            return 0 if set(path) & set(wanted) else None
        allowed = {wanted} if isinstance(wanted, str) else set(wanted)
        present = {actual} if isinstance(actual, str) else set(actual)
        return 0 if allowed & present else None


def _compare(left: tuple[Rule, tuple[int, ...]], right: tuple[Rule, tuple[int, ...]]) -> int:
    """Negative when `left` is asked before `right`."""
    (one, near), (other, far) = left, right
    if len(one.dimensions) != len(other.dimensions):
        return len(other.dimensions) - len(one.dimensions)
    if one.dimensions != other.dimensions:
        return -1 if one.dimensions < other.dimensions else 1
    for index, (steps, other_steps) in zip(one.dimensions, zip(near, far, strict=True), strict=True):
        name = DIMENSIONS[index]
        if name in BANDS:
            nearer = compare_bands(name, one.conditions[name], other.conditions[name])
        else:
            nearer = steps - other_steps
        if nearer:
            return nearer
    return (other.starts - one.starts).days


def compare_bands(name: str, one: Sequence[Any], other: Sequence[Any]) -> int:
    """Negative when `one` lies inside `other`, positive the other way round, 0 for equal or merely overlapping bands."""
    mine, others = tuple(_ends(name, one)), tuple(_ends(name, other))
    if mine == others:
        return 0
    if others[0] <= mine[0] and mine[1] <= others[1]:
        return -1
    return 1 if mine[0] <= others[0] and others[1] <= mine[1] else 0


def _in_band(actual: Any, band: Sequence[Any], name: str) -> bool:
    first, last = _ends(name, band)
    return bool(first <= actual <= last)


def _ends(name: str, band: Sequence[Any]) -> Iterator[Any]:
    for end in band:
        yield _day(end) if name == "season" else end


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
