"""What the form asks for, by kind of material: read from templates.json beside this file, so that it is changed as data."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fumikura.catalogue.editing.lines import read
from fumikura.catalogue.marc.content import Content, Entry


@dataclass(frozen=True)
class Words:
    """A name in both languages."""

    ja: str
    en: str

    def said(self, language: str) -> str:
        return self.ja if language.startswith("ja") else self.en


@dataclass(frozen=True)
class Cell:
    """One box of the form: one subfield, with its reading in 880 when `reading`."""

    code: str
    words: Words
    reading: bool = False
    long: bool = False
    wide: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One field of the form: either subfields of `tags`, or a stretch of 008 (`fixed` = from, length)."""

    key: str
    words: Words
    tags: tuple[str, ...] = ()
    new_tag: str = ""
    marks: str = "  "
    repeats: bool = False
    pick: str = ""
    """The look-up that helps: headings, subjects, classes."""
    only: tuple[str, ...] = ()
    """Beginnings of $2: of fields that several schemes share, those that are meant. Empty: all."""
    also: tuple[tuple[str, str], ...] = ()
    """Subfields that a new field of this kind gets."""
    contents: bool = False
    cells: tuple[Cell, ...] = ()
    fixed: tuple[int, int] = (0, 0)
    choices: tuple[tuple[str, Words], ...] = ()

    def has(self, entry: Entry) -> bool:
        """Whether this field of a record is one that the part shows."""
        return entry.tag in self.tags and bool(entry.marks) and (not self.only or entry.text("2").startswith(self.only))


@dataclass(frozen=True)
class Template:
    """A kind of material: its boxes in order, and the record that a new one starts from."""

    key: str
    words: Words
    kinds: tuple[str, ...]
    parts: tuple[Part, ...]
    start: Content


@cache
def templates() -> dict[str, Template]:
    told = json.loads(files("fumikura.catalogue.editing").joinpath("templates.json").read_text(encoding="utf-8"))
    parts = {key: _part(key, facts) for key, facts in told["fields"].items()}
    return {
        key: Template(
            key=key,
            words=Words(facts["ja"], facts["en"]),
            kinds=tuple(facts["kinds"]),
            parts=tuple(parts[name] for name in facts["rows"]),
            start=read("\n".join(facts["lines"]))[0],
        )
        for key, facts in told["templates"].items()
    }


def template_for(kind: str) -> Template:
    """The template whose boxes suit a record of this kind; that of books otherwise."""
    return next((found for found in templates().values() if kind in found.kinds), templates()["book"])


def _part(key: str, facts: dict[str, Any]) -> Part:
    cells = tuple(_cell(cell) for cell in facts.get("cells", ()))
    own = Words(facts["ja"], facts["en"]) if "ja" in facts else cells[0].words
    if "fixed" in facts:
        start, length = facts["fixed"]
        choices = tuple((code, Words(ja, en)) for code, ja, en in facts.get("options", ()))
        return Part(key, own, fixed=(start, length), choices=choices)
    return Part(
        key=key,
        words=own,
        tags=tuple(facts["tags"]),
        new_tag=facts.get("new", facts["tags"][0]),
        marks=facts["marks"],
        repeats=facts.get("repeat", False),
        pick=facts.get("pick", ""),
        only=tuple(facts.get("only", ())),
        also=tuple((code, text) for code, text in facts.get("also", ())),
        contents=facts.get("contents", False),
        cells=cells,
    )


def _cell(facts: dict[str, Any]) -> Cell:
    return Cell(
        code=facts["code"],
        words=Words(facts["ja"], facts["en"]),
        reading=facts.get("reading", False),
        long=facts.get("long", False),
        wide=facts.get("wide", False),
        options=tuple(facts.get("options", ())),
    )
