"""Labels on bought A4 sheets: barcodes and 背ラベル, placed by the maker's measures, which are data (sheets.json)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from fumikura.web import codes
from fumikura.web.paper.sheets import HERE, ItemLabel, bars, shortened, spine, typeset

What = Literal["both", "barcode", "spine"]
WHATS: tuple[What, ...] = ("both", "barcode", "spine")
QUIET = 6.0
"""Millimetres that stay white beside the bars, both sides together."""
FINEST, BROADEST = 0.08, 0.15
"""Millimetres of a unit; a thin bar is two. Below it scanners fail, above it nothing is gained."""
BESIDE_TITLE, TITLE_LETTER = 4.0, 1.95
"""Millimetres beside the line of the title, and of one of its kanji (5.5 points): longer, it would break into the number."""


class Unprintable(ValueError):
    """This number cannot stand on this sheet: too long for its width, or not writable in NW-7."""


@dataclass(frozen=True)
class Sheet:
    """Measures in millimetres: the first label's corner, a label's size, and how far the next one is."""

    key: str
    ja: str
    en: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float

    @property
    def labels(self) -> int:
        return self.columns * self.rows


@dataclass(frozen=True)
class Placing:
    """Where printing begins on a sheet that was used before (1 = the first label), and the printer's own shift."""

    first: int = 1
    right: float = 0.0
    down: float = 0.0


@cache
def sheets() -> dict[str, Sheet]:
    told = json.loads((Path(HERE) / "sheets.json").read_text(encoding="utf-8"))
    return {facts["key"]: Sheet(**facts) for facts in told}


def label_sheets(labels: Sequence[ItemLabel], sheet: Sheet, *, what: What, placing: Placing) -> bytes:
    """A PDF. With "both", each copy has its barcode label and its spine label side by side. Raises Unprintable."""
    drawn: list[dict[str, object]] = []
    for label in labels:
        if what in {"both", "barcode"}:
            drawn.append(_barcode(label, sheet))
        if what in {"both", "spine"}:
            drawn.append({"kind": "spine", "lines": spine(label.call_number)})
    empty = max(0, min(placing.first, sheet.labels) - 1)
    facts = {**asdict(sheet), "empty": empty, "right": placing.right, "lower": placing.down, "labels": drawn}
    return typeset("label_sheets.typ", facts)


def _barcode(label: ItemLabel, sheet: Sheet) -> dict[str, object]:
    if codes.nw7(label.number) is None:
        raise Unprintable(label.number)
    marks = bars(label.number)
    unit = min(BROADEST, (sheet.width - QUIET) / marks["units"])
    if unit < FINEST:
        raise Unprintable(label.number)
    return {
        "kind": "barcode",
        "library": label.library,
        "number": label.number,
        "title": shortened(label.title, most=int((sheet.width - BESIDE_TITLE) / TITLE_LETTER)),
        "bars": marks,
        "unit": unit,
    }
