"""Sheets of patron cards and item labels as PDF."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import typst
from django.conf import settings

from fumikura.web import codes

HERE = Path(__file__).parent
SPINE_LINES = 3
LONGEST_TITLE = 19
LATIN = 0.65  # of the width of a kanji; capitals are as wide as this


@dataclass(frozen=True, kw_only=True)
class PatronCard:
    """利用カード, 85.6 × 54 mm, ten to a page."""

    library: str
    library_en: str
    number: str
    name: str
    expires: str


@dataclass(frozen=True, kw_only=True)
class ItemLabel:
    """A barcode label and the 背ラベル that belongs to it, 27 pairs to a page."""

    library: str
    number: str
    title: str
    call_number: str
    """Lines separated by "/": 913.6/ナ/1."""


def patron_cards(cards: Sequence[PatronCard]) -> bytes:
    """A4 pages to cut along the marks."""
    return typeset(
        "cards.typ", [{**asdict(card), "bars": bars(card.number), "cells": cells(card.number)} for card in cards]
    )


def item_labels(labels: Sequence[ItemLabel]) -> bytes:
    """A4 pages, three columns of nine: barcode left, spine label right."""
    return typeset(
        "labels.typ",
        [
            {
                **asdict(label),
                "title": shortened(label.title),
                "bars": bars(label.number),
                "spine": spine(label.call_number),
            }
            for label in labels
        ],
    )


def bars(number: str) -> dict[str, Any]:
    """The number in NW-7 between start and stop A: how many units wide, and (from, width) of each black bar."""
    units = codes.nw7(number)
    if units is None:
        raise ValueError(f"NW-7 cannot write {number!r}")
    return {"units": len(units), "black": codes.black(units)}


def cells(number: str) -> dict[str, Any]:
    """The number as a QR code: modules a side, and (row, from, width) of each black run."""
    rows = codes.qr(number)
    return {"side": len(rows), "black": [[at, *run] for at, row in enumerate(rows) for run in codes.black(row)]}


def shortened(title: str, *, most: int = LONGEST_TITLE) -> str:
    """What fits on one line of the label, of `most` kanji; two Latin letters take the room of about one."""
    if _length(title) <= most:
        return title
    kept = title
    while kept and _length(kept) > most - 1:
        kept = kept[:-1]
    return kept + "…"


def _length(text: str) -> float:
    return sum(1 if east_asian_width(letter) in "WFA" else LATIN for letter in text)


def spine(call_number: str) -> list[str]:
    """Exactly three lines; what does not fit on three stays together on the last."""
    lines = call_number.split("/", SPINE_LINES - 1)
    return [*lines, *[""] * (SPINE_LINES - len(lines))]


def typeset(template: str, sheet: object) -> bytes:
    """A PDF from a template of this folder and plain facts."""
    pdf: bytes = typst.compile(HERE / template, root=HERE, font_paths=fonts(), sys_inputs=_inputs(sheet))
    return pdf


def draw(template: str, sheet: object, *, dots_an_inch: float) -> bytes:
    """A PNG of the one page of a template, which may show the patterns and the mark of the pages."""
    png: bytes = typst.compile(
        HERE / template,
        root=HERE.parent,
        font_paths=fonts(),
        sys_inputs=_inputs(sheet),
        format="png",
        ppi=dots_an_inch,
    )
    return png


def _inputs(sheet: object) -> dict[str, str]:
    return {"sheet": json.dumps(sheet, ensure_ascii=False)}


def fonts() -> list[Path]:
    """Folders with fonts, beside those of the machine."""
    return [settings.FONTS_DIR] if settings.FONTS_DIR.is_dir() else []
