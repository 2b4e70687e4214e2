"""Our own cases, played in our own town under the house rules."""

from typing import Any

from fumikura.circulation.services import house_rules
from tests.circulation.own_cases.written import read
from tests.specs import pure
from tests.specs.town.playing import Town

ANSWERS = {"would_refuse", "pick_list"}
"""Answers of which nothing at all is an answer too."""


def world() -> dict[str, Any]:
    """The town of world.yaml under the house rules: the general ones and those for groups."""
    house = house_rules()
    group = next(rule for rule in house["rules"] if rule["id"] == "団体")
    return {
        **read("world.yaml"),
        "trees": house["trees"],
        "rules": {"nesting": house["nesting"]},
        "gives": house["rules"][0]["give"],
        "more": [group],
    }


def play_without_rows(case: dict[str, Any]) -> dict[str, Any]:
    """Dates and rules: the house rules stand behind what the case says."""
    here = world()
    rules: dict[str, Any] = {"nesting": here["rules"]["nesting"], "loan": {}, "hold": {}}
    for output, value in here["gives"].items():
        group, _, name = output.partition(".")
        if group in rules and ".limit." not in output:
            rules[group][name] = value
    return pure.play({**case, "world": {**here, "rules": rules}})


def play(case: dict[str, Any]) -> tuple[dict[str, Any], Town]:
    """What came of it, without what is empty."""
    town = Town(world())
    town.lay_out(case)
    outcome = town.play(case)
    return {key: value for key, value in outcome.items() if key in ANSWERS or value not in ({}, [], None)}, town
