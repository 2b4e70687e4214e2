"""What accessibility asks, row by row, and which tests hold it: read once from criteria.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WITHDRAWN = {"4.1.1"}
"""A row of JIS X 8341-3:2016 that WCAG 2.2 has dropped."""


@dataclass(frozen=True)
class Criterion:
    """One success criterion."""

    number: str
    level: str
    is_in_jis: bool
    ja: str
    en: str
    tests: tuple[str, ...]
    """As pytest names them; empty when there is nothing on the pages that it could apply to."""
    none_ja: str
    none_en: str
    """Why it has nothing to apply to."""

    @property
    def is_in_wcag(self) -> bool:
        return self.number not in WITHDRAWN


@cache
def criteria() -> Sequence[Criterion]:
    """All of them in the order of their numbers."""
    plan = tomllib.loads((Path(__file__).parent / "criteria.toml").read_text())
    found = []
    for number, (level, is_in_jis, ja, en, by) in plan["criteria"].items():
        reason = plan["reasons"][by[1:]] if by.startswith("-") else ("", "")
        tests = () if by.startswith("-") else tuple(plan["proofs"][name] for name in by.split())
        found.append(Criterion(number, level, is_in_jis, ja, en, tests, *reason))
    return tuple(found)
