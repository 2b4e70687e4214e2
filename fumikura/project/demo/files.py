"""Reading the files of `demo/`."""

import csv
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

SEED = 1914
"""The year of 『こころ』."""


@dataclass(frozen=True, slots=True)
class Worded:
    """Words with their reading in katakana, written "水瀬|ミナセ" in the files; a third piece is kept as `more`."""

    text: str
    reading: str
    more: str = ""

    @classmethod
    def of(cls, line: str) -> "Worded":
        pieces = line.split("|")
        return cls(*pieces)


@dataclass(frozen=True, slots=True)
class Work:
    """One row of works.tsv."""

    title: str
    reading: str
    author: str
    """As people say it, family and given name of a Japanese apart: 夏目 漱石, 紫式部, ルイス・キャロル. Empty: anonymous."""
    author_reading: str
    year: str
    """Of first publication; empty where nobody knows."""
    ndc: str

    @property
    def heading(self) -> "Worded":
        """The author as a heading: 夏目, 漱石; キャロル, ルイス."""
        in_katakana = "," in self.author_reading and " " not in self.author
        text = self.author_reading if in_katakana else self.author.replace(" ", ", ")
        return Worded(text, self.author_reading)


def folder() -> Path:
    return Path(settings.BASE_DIR) / "demo"


@cache
def toml(name: str) -> dict[str, Any]:
    """A file read once; nobody writes into what it gives."""
    return tomllib.loads((folder() / name).read_text(encoding="utf-8"))


def rules(this_year: int) -> Sequence[dict[str, Any]]:
    """The city's own lending rules beside the house rules, their seasons in this year."""
    text = (folder() / "rules.json").read_text(encoding="utf-8")
    found: Sequence[dict[str, Any]] = json.loads(text.replace("{year}", str(this_year)))
    return found


def works() -> Sequence[Work]:
    with (folder() / "works.tsv").open(encoding="utf-8", newline="") as lines:
        return [Work(**row) for row in csv.DictReader(lines, delimiter="\t")]


def worded(lines: Sequence[str]) -> Sequence[Worded]:
    return [Worded.of(line) for line in lines]


def dice(what: str) -> Random:
    """The same throws for the same purpose, whatever else is composed before it."""
    return Random(f"{SEED} {what}")  # noqa: S311 - a town is composed, nothing is kept secret
