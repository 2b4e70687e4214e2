"""Whether the counters of a rule set fit together: none that nothing fills, none that is never full before one around it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fumikura.circulation.rules.counting import counts, of_material, with_those_around
from fumikura.circulation.rules.resolution import FLAGS, INHERIT, TREE_OF, Rule, RuleSet

Problem = tuple[str, ...]
LIMITS = ("loan.limit.", "hold.limit.")


def counter_problems(rule_set: RuleSet, rules: Sequence[Rule]) -> Iterator[Problem]:
    """("counter-taken", counter): called as a material is. ("counter-empty", counter): nothing can fill it.
    ("counter-in-itself", counter): nested in a circle. ("counter-of-other-kind", rule, output): a limit of loans on what
    only holds fill, or the other way round. ("counter-never-full", rule, output, outer): the outer one is full before.
    """
    yield from (("counter-taken", code) for code in rule_set.counters if code in _nodes(rule_set))
    yield from (("counter-empty", code) for code, conditions in rule_set.counters.items() if _is_empty(conditions))
    yield from (("counter-in-itself", code) for code in rule_set.nesting if _is_in_itself(rule_set, code))
    limits = [(rule, output) for rule in rules for output in rule.gives if output.startswith(LIMITS)]
    around = {
        counter: sorted(outers_of(rule_set, counter)) for counter in {_counter(output)[1] for _rule, output in limits}
    }
    for rule, output in limits:
        what, counter = _counter(output)
        if not counts(rule_set.counters.get(counter, {}), what):
            yield "counter-of-other-kind", rule.id, output
            continue
        for outer in (f"{what}.limit.{one}" for one in around[counter]):
            if _is_never_full(rule_set, rules, rule, output, outer):
                yield "counter-never-full", rule.id, output, outer


def with_places(rule_set: RuleSet, kinds: Mapping[str, str]) -> RuleSet:
    """The set with each place of the network under its kind, so that a stop is known to be one of the stops."""
    sites = {kind: list(below) for kind, below in rule_set.trees.get("site", {}).items()}
    for code, kind in kinds.items():
        sites.setdefault(kind, []).append(code)
    return replace(rule_set, trees={**rule_set.trees, "site": sites})


def _counter(output: str) -> tuple[str, str]:
    """("loan", "av") of loan.limit.av."""
    what, _limit, counter = output.partition(".limit.")
    return what, counter


def outers_of(rule_set: RuleSet, counter: str) -> frozenset[str]:
    """The counters that whatever fills this one fills too, itself left out. Of which kind a place is no rule set says: see
    with_places.
    """
    materials = [one for one in _materials(rule_set) if counter in of_material(rule_set, one)]
    described = [code for code in rule_set.counters if counter in with_those_around(rule_set, (code,))]
    ways = [_filled_with_material(rule_set, one) for one in materials]
    ways += [_filled_with(rule_set, code) for code in described]
    return frozenset(set.intersection(*ways) - {counter}) if ways else frozenset()


def meet_in_time(one: Rule, other: Rule) -> bool:
    """Whether there is a day on which both are in force and in season."""
    firsts = [rule.starts.isoformat() for rule in (one, other)]
    lasts = [rule.ends.isoformat() for rule in (one, other) if rule.ends]
    for first, last in (rule.conditions["season"] for rule in (one, other) if "season" in rule.conditions):
        firsts.append(str(first))
        lasts.append(str(last))
    return not lasts or max(firsts) <= min(lasts)


def listed(value: Any) -> set[str]:
    """One value or several, as several."""
    return {value} if isinstance(value, str) else set(value)


def _nodes(rule_set: RuleSet) -> set[str]:
    tree = rule_set.trees.get("material", {})
    return {*tree, *(one for children in tree.values() for one in children)}


def _materials(rule_set: RuleSet) -> set[str]:
    """What a thing may be: the tree without the root that stands for everything, and what is nested without standing in it."""
    nested = {inner for inside in rule_set.nesting.values() for inner in inside}
    roots = set(rule_set.trees.get("material", {})) - nested - {
        one for children in rule_set.trees.get("material", {}).values() for one in children
    }  # fmt: skip
    return (_nodes(rule_set) - roots) | (nested - rule_set.nesting.keys() - rule_set.counters.keys())


def _is_empty(conditions: Mapping[str, Any]) -> bool:
    nobody = not counts(conditions, "loan") and not counts(conditions, "hold")
    return nobody or not conditions or any(not listed(wanted) for wanted in conditions.values())


def _is_in_itself(rule_set: RuleSet, code: str) -> bool:
    around = [outer for outer, inside in rule_set.nesting.items() if code in inside]
    return code in with_those_around(rule_set, around)


def _is_never_full(rule_set: RuleSet, rules: Iterable[Rule], rule: Rule, output: str, around: str) -> bool:
    """Whether for everybody whom this rule answers the counter around has a smaller limit."""
    limit = rule.gives[output]
    answers = [other.gives[around] for other in rules if _may_answer(rule_set, rule, other, around)]
    return isinstance(limit, int) and bool(answers) and all(isinstance(one, int) and one < limit for one in answers)


def _may_answer(rule_set: RuleSet, rule: Rule, other: Rule, output: str) -> bool:
    """Whether `other` can give the value of this output to somebody whom `rule` is about."""
    if other.gives.get(output, INHERIT) == INHERIT:
        return False
    if other is not rule and rule.gives.get(output, INHERIT) != INHERIT and _is_asked_first(rule, other):
        return False
    shared = set(rule.conditions) & set(other.conditions)
    return meet_in_time(rule, other) and all(
        _overlap(rule_set, name, rule.conditions[name], other.conditions[name]) for name in shared
    )


def _is_asked_first(one: Rule, other: Rule) -> bool:
    """Whether `one`, where it matches, is asked before `other` whatever the subject."""
    more = len(one.dimensions) - len(other.dimensions)
    return more > 0 or (more == 0 and one.dimensions < other.dimensions)


def _overlap(rule_set: RuleSet, name: str, one: Any, other: Any) -> bool:
    """Whether one subject can fulfil both conditions; of seasons meet_in_time knows."""
    if name in FLAGS or name == "season" or TREE_OF.get(name) == "site":
        return True
    if name == "age":
        return bool(max(one[0], other[0]) <= min(one[1], other[1]))
    if name not in TREE_OF:
        return bool(listed(one) & listed(other))
    tree = TREE_OF[name]
    pairs = [(a, b) for a in listed(one) for b in listed(other)]
    return any(a in rule_set.lineage(tree, b) or b in rule_set.lineage(tree, a) for a, b in pairs)


def _filled_with_material(rule_set: RuleSet, material: str) -> set[str]:
    """The counters that a thing of just this material surely fills."""
    described = [
        code for code, conditions in rule_set.counters.items()
        if set(conditions) == {"material"} and rule_set.meets(conditions, {"material": material})
    ]  # fmt: skip
    return set(with_those_around(rule_set, (*described, *of_material(rule_set, material))))


def _filled_with(rule_set: RuleSet, code: str) -> set[str]:
    """The counters that whatever meets the conditions of a described one surely fills."""
    mine = rule_set.counters[code]
    implied = [other for other, theirs in rule_set.counters.items() if _implies(rule_set, mine, theirs)]
    wanted = listed(mine.get("material", ()))
    materials = [one for one in _materials(rule_set) if not wanted or wanted & set(rule_set.lineage("material", one))]
    of_all = [_filled_with_material(rule_set, one) for one in materials]
    return {*with_those_around(rule_set, (code, *implied)), *(set.intersection(*of_all) if of_all else ())}


def _implies(rule_set: RuleSet, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether everything that meets the one's conditions meets the other's."""
    return bool(theirs) and all(
        name in mine and all(rule_set.meets({name: wanted}, {name: one}) for one in listed(mine[name]))
        for name, wanted in theirs.items()
    )
