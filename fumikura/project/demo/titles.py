"""What stands on the shelves, as plain data: real works in invented editions, and invented titles with true readings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from fumikura.project.demo.files import Worded, Work, dice, toml, works

FICTION = ("911", "912", "913", "914", "915")
NOBODY = Worded("", "")
_PART = re.compile(r"{(\w+)}")
_ISBN_PREFIX = "97849990"
"""Publisher prefixes that nobody has been given; see demo/README.md."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Title:
    """One bibliographic record to be."""

    number: str
    title: Worded
    author: Worded
    """Heading: 姓, 名. Empty for anonymous works."""
    said: str = ""
    """The author as printed on the title page, where that is not the heading without its comma."""
    publisher: Worded
    year: int
    """Of this edition."""
    ndc: str
    kind: str = "book"
    """As BibliographicRecord.kind."""
    children: bool = False
    shelf: str = "general"
    subject: str = ""
    series: Worded = NOBODY
    volume: str = ""
    first_published: str = ""
    isbn: str = ""
    language: str = "jpn"
    pages: int = 0


def compose_titles(this_year: int) -> list[Title]:
    """Every title of the demo, numbered in order; the same for the same year."""
    plan = toml("titles.toml")
    real = works()
    found: list[Title] = []
    for draft in (
        *_editions_of_works(real, plan, this_year),
        *_further_editions(real, plan, this_year),
        *_originals(plan, this_year),
        *_local_titles(plan, this_year),
    ):
        found.append(_numbered(draft, len(found) + 1))
    return found


def _numbered(draft: dict[str, Any], ordinal: int) -> Title:
    isbn = isbn_of(ordinal) if draft.get("kind", "book") in {"book", "large-print", "comic", "picture-book"} else ""
    return Title(number=f"M{ordinal:06}", isbn=isbn, **draft)


def isbn_of(ordinal: int) -> str:
    """A well-formed ISBN-13 that nobody has been given."""
    body = f"{_ISBN_PREFIX}{ordinal:04}"
    return body + str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(body)) % 10)


def _editions_of_works(real: Sequence[Work], plan: Mapping[str, Any], this_year: int) -> Iterator[dict[str, Any]]:
    throw = dice("editions")
    publishers = [Worded.of(line) for line in plan["publishers"]]
    for work in real:
        pocket = work.ndc.startswith(FICTION) and throw.random() < 0.6
        child = work.ndc.startswith(("913.8", "911.58"))
        yield {
            "title": Worded(work.title, work.reading),
            "author": work.heading,
            "said": work.author.replace(" ", ""),
            "publisher": Worded("汀文庫", "ミギワ ブンコ") if pocket else throw.choice(publishers),
            "year": throw.randint(1985, this_year),
            "ndc": work.ndc,
            "children": child,
            "shelf": "children" if child else "pocket" if pocket else "novels" if work.ndc[0] == "9" else "general",
            "series": Worded("汀文庫", "ミギワ ブンコ") if pocket else NOBODY,
            "first_published": work.year,
            "subject": "日本文学" if work.ndc.startswith("91") else "",
            "pages": throw.randint(120, 520),
        }


def _further_editions(real: Sequence[Work], plan: Mapping[str, Any], this_year: int) -> Iterator[dict[str, Any]]:
    """Large print, read aloud, DAISY, braille: of the best-known works."""
    fiction = [work for work in real if work.ndc.startswith(("913.6", "913.8", "911.56", "914.6"))]
    for kind, edition in plan["editions"].items():
        throw = dice(f"editions {kind}")
        for work in throw.sample(fiction, edition["count"]):
            yield {
                "title": Worded(work.title, work.reading),
                "author": work.heading,
                "said": work.author.replace(" ", ""),
                "publisher": Worded.of(edition["publisher"]),
                "year": throw.randint(2000, this_year),
                "ndc": work.ndc,
                "kind": kind,
                "shelf": edition["shelf"],
                "series": Worded.of(edition["series"]) if edition["series"] else NOBODY,
                "first_published": work.year,
                "subject": "日本文学",
                "pages": throw.randint(150, 620),
            }


def _originals(plan: Mapping[str, Any], this_year: int) -> Iterator[dict[str, Any]]:
    throw = dice("originals")
    for shelf in plan["originals"]:
        for line in shelf["works"]:
            title, author, first, ndc, language = line.split("|")
            yield {
                "title": Worded(title, ""),
                "author": Worded(author, ""),
                "publisher": Worded(shelf["publisher"], ""),
                "year": throw.randint(1990, this_year),
                "ndc": ndc,
                "first_published": first,
                "language": language,
                "subject": "外国語図書",
                "pages": throw.randint(90, 700),
            }


def _local_titles(plan: Mapping[str, Any], this_year: int) -> Iterator[dict[str, Any]]:
    parts = {name: [Worded.of(line) for line in lines] for name, lines in plan["parts"].items()}
    for pattern in plan["patterns"]:
        throw = dice(pattern["title"])
        names = _PART.findall(pattern["title"])
        combinations = list(product(*(parts[name] for name in names)))
        chosen = throw.sample(range(len(combinations)), pattern["count"])
        for place in sorted(chosen):
            yield _local_title(
                pattern, dict(zip(names, combinations[place], strict=True)), plan, throw, this_year=this_year
            )


def _local_title(
    pattern: Mapping[str, Any], pieces: Mapping[str, Worded], plan: Mapping[str, Any], throw: Random, *, this_year: int
) -> dict[str, Any]:
    serial = pattern.get("kind") in {"magazine", "newspaper"}
    volume = pieces["volume"].text if "volume" in pieces else ""
    text = pattern["title"].format(**{name: piece.text for name, piece in pieces.items()})
    reading = pattern["reading"].format(**{name: piece.reading for name, piece in pieces.items()})
    if volume:
        text, reading = text.removesuffix(f" {volume}"), reading.removesuffix(f" {volume}")
    somebody = NOBODY if serial else _somebody(plan, throw)
    return {
        "title": Worded(text, reading),
        "author": Worded.of(pattern["author"]) if "author" in pattern else somebody,
        "publisher": Worded.of(pattern.get("publisher") or throw.choice(plan["publishers"])),
        "year": throw.randint(1960, 2010) if serial else throw.randint(1992, this_year),
        "ndc": pattern.get("ndc") or next(piece.more for piece in pieces.values() if piece.more),
        "kind": pattern.get("kind", "book"),
        "children": pattern.get("audience") == "children",
        "shelf": pattern.get("shelf", "general"),
        "subject": pattern.get("subject", ""),
        "volume": volume,
        "pages": 32 if pattern.get("kind") == "picture-book" else throw.randint(64, 380),
    }


def _somebody(plan: Mapping[str, Any], throw: Random) -> Worded:
    """An author who does not exist."""
    family = Worded.of(throw.choice(plan["family_names"]))
    given = Worded.of(throw.choice(plan["given_names"]))
    return Worded(f"{family.text}, {given.text}", f"{family.reading}, {given.reading}")
