"""What is counted together, so that a limit may be set on it.

A thing fills the counter of its material and those around it, and every counter of the set whose conditions it meets with
those around that. A loan is counted where it was made and by whose copy it is; a hold where it is to be collected, for
which copy comes is not known while it waits.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fumikura.circulation.rules.resolution import RuleSet, Subject

OF_LOANS = frozenset({"origin", "owner", "transaction"})
"""What only a loan is counted by."""
OF_HOLDS = frozenset({"pickup"})
"""What only a hold is counted by."""


def lent_thing(
    *, material: str, collection: str, origin: str, owner: tuple[str, str], transaction: tuple[str, str]
) -> Subject:
    """A loan as counters see it; places with what they are, as circulation.queries.place_path has them."""
    return {
        "material": material,
        "collection": collection or None,
        "origin": origin,
        "owner": owner,
        "transaction": transaction,
    }


def awaited_thing(*, material: str, collection: str, pickup: tuple[str, str]) -> Subject:
    """A hold, or a request, as counters see it."""
    return {"material": material, "collection": collection or None, "pickup": pickup}


def counters_of(rule_set: RuleSet, thing: Subject) -> tuple[str, ...]:
    """The nested counters that one thing fills: those the set describes, then those of its material, innermost first,
    e.g. ("from-the-bus", "dvd", "av", "total")."""
    kind = tuple(thing.get(name) for name in rule_set.counted_by)
    if (known := rule_set.known_counters.get(kind)) is not None:
        return known
    described = [code for code, conditions in rule_set.counters.items() if rule_set.meets(conditions, thing)]
    found = with_those_around(rule_set, [*described, *of_material(rule_set, thing["material"])])
    rule_set.known_counters[kind] = found
    return found


def filled(rule_set: RuleSet, things: Iterable[Subject]) -> dict[str, int]:
    """Counter to the number of things that fill it."""
    have: dict[str, int] = {}
    for thing in things:
        for counter in counters_of(rule_set, thing):
            have[counter] = have.get(counter, 0) + 1
    return have


def of_material(rule_set: RuleSet, material: str) -> tuple[str, ...]:
    """The counters of a material: its own, and the nearest above it that the set nests."""
    nested = {inner for inside in rule_set.nesting.values() for inner in inside} | set(rule_set.nesting)
    for node in rule_set.lineage("material", material):
        if node in nested:
            return with_those_around(rule_set, (material, node))
    return (material,)


def with_those_around(rule_set: RuleSet, counters: Iterable[str]) -> tuple[str, ...]:
    """The counters, and all that the set nests them in, each once and further out the later."""
    found = dict.fromkeys(counters)
    step = list(found)
    while step:
        around = [outer for inner in step for outer, inside in rule_set.nesting.items() if inner in inside]
        step = [outer for outer in dict.fromkeys(around) if outer not in found]
        found |= dict.fromkeys(step)
    return tuple(found)


def counts(conditions: Mapping[str, Any], what: str) -> bool:
    """Whether a counter with these conditions can be filled by a `loan` or by a `hold`."""
    return set(conditions).isdisjoint(OF_HOLDS if what == "loan" else OF_LOANS)
