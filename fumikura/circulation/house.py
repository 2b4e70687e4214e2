"""The rules that come with Fumikura."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


def house_rules() -> dict[str, Any]:
    """The rules of the demo town, with values as in Setagaya."""
    rules: dict[str, Any] = json.loads(_written())
    return rules


@cache
def house_names() -> dict[str, dict[str, str]]:
    """What counters of materials are called where a set does not say it: no reader is refused with a code."""
    names: dict[str, dict[str, str]] = json.loads(_written())["names"]
    return names


def _written() -> str:
    return files("fumikura.circulation").joinpath("house_rules.json").read_text(encoding="utf-8")
