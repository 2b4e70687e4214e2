"""The picture that other programs show beside a link to us: a cover drawn as on the pages, the words, the library's name.

Made once and kept in a folder of the house, under a name made of all that stands on it and how it is drawn; the oldest
go when there are many.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings

from fumikura.web.design.covers import Cover, draw
from fumikura.web.paper import sheets

WIDTH, HEIGHT = 800, 420
_DOTS_AN_INCH: Final = 48
_TEMPLATE: Final = "link_card.typ"
MOST_KEPT: Final = 2000
_DYED: Final = "#403d39 #4d3b68 #6e3a30 #39506a #1d5b57 #48545e #55622f #8a3d22 #755a20 #24416e"
DYES: Final = {str(digit): dye for digit, dye in enumerate(_DYED.split())}
"""Of the classes, as in design/components/cover.css."""
TONES: Final = {1: "#1f4f5c", 2: "#7a2f3e", 3: "#33573f", 4: "#6a4a33", 5: "#46467a"}
UNDYED: Final = "#3d3b38"
CLOTHS: Final = (
    *("ichimatsu", "shippo", "uroko", "kikko", "asanoha"),
    *("koshi", "shima", "yagasuri", "masume", "seigaiha"),
)
_SIZES: Final = {"xs": 0.19, "s": 0.155, "m": 0.125, "l": 0.105, "xl": 0.09}
_COLUMN: Final = {"xs": 3, "s": 5, "m": 8, "l": 6, "xl": 8}
"""Letters in one column, by the length of the title."""
MOON_AND_WATER: Final = 3
_COLUMN_OVER_WATER: Final = {"xs": 3, "s": 4, "m": 5, "l": 6, "xl": 7}


@dataclass(frozen=True, kw_only=True)
class Book:
    title: str
    creator: str = ""
    ndc: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A day as on a calendar that one tears off: 12月, 6, 日曜日."""

    month: str
    number: str
    weekday: str


@dataclass(frozen=True, kw_only=True)
class LinkCard:
    title: str
    lines: Sequence[str]
    """Under the title; empty ones are left out."""
    library: str
    books: Sequence[Book] = ()
    """One stands alone, of more the first three lie one on the other."""
    day: Leaf | None = None


def picture(card: LinkCard) -> bytes:
    """A PNG, WIDTH × HEIGHT."""
    sheet = {
        "title": sheets.shortened(card.title, most=44),
        "lines": [sheets.shortened(line, most=30) for line in card.lines if line],
        "library": card.library,
        "covers": [_cover(book) for book in card.books[:3]],
        "day": asdict(card.day) if card.day else None,
    }
    facts = json.dumps([sheet, _DOTS_AN_INCH]).encode() + (sheets.HERE / _TEMPLATE).read_bytes()
    kept = _folder() / f"{sha256(facts).hexdigest()[:32]}.png"
    if kept.exists():
        return kept.read_bytes()
    drawn = sheets.draw(_TEMPLATE, sheet, dots_an_inch=_DOTS_AN_INCH)
    _keep(kept, drawn)
    return drawn


def _cover(book: Book) -> dict[str, object]:
    cover = draw(title=book.title, creator=book.creator, ndc=book.ndc, kind=book.kind)
    return {
        "title": cover.short,
        "by": sheets.shortened(book.creator, most=12),
        "cut": cover.cut,
        "dye": TONES.get(cover.tone) or DYES.get(cover.ndc, UNDYED),
        "pattern": CLOTHS[int(cover.ndc)] if cover.ndc else "",
        "size": _SIZES.get(cover.length, 0.105),
        "columns": _columns(cover),
        "latin": cover.script == "latin",
    }


def _columns(cover: Cover) -> list[list[str]]:
    """The letters of each column, from the right; as even as they come."""
    letters = [letter for letter in cover.short if not letter.isspace()]
    longest = (_COLUMN_OVER_WATER if cover.cut == MOON_AND_WATER else _COLUMN)[cover.length]
    columns = max(1, -(-len(letters) // longest))
    each = -(-len(letters) // columns) or 1
    return [letters[start : start + each] for start in range(0, len(letters), each)]


def _folder() -> Path:
    return Path(settings.HOME) / "pictures"


def _keep(file: Path, drawn: bytes) -> None:
    """Whole or not at all: another process may be reading. A folder that cannot be written costs time, not the picture."""
    try:
        file.parent.mkdir(exist_ok=True)
        new = file.with_suffix(f".{id(drawn):x}.new")
        new.write_bytes(drawn)
        new.replace(file)
        there = sorted(file.parent.glob("*.png"), key=lambda one: one.stat().st_mtime)
        for old in there[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return
