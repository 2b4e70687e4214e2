"""The number of a card as bars (NW-7) and squares (QR): one path each, so that the page needs no image and no style."""

from dataclasses import dataclass
from itertools import groupby

import segno
from barcode.codabar import CODABAR
from barcode.errors import BarcodeError


@dataclass(frozen=True)
class Drawing:
    """An SVG path in a box of `width` × `height`, quiet zone included."""

    path: str
    width: int
    height: int


QUIET_BARS = 20
QUIET_SQUARES = 4
BAR_HEIGHT = 60


def bars(number: str) -> Drawing | None:
    """NW-7 with the start and stop letters a; None for a number that NW-7 cannot write."""
    try:
        (modules,) = CODABAR(f"A{number}A").build()
    except BarcodeError:
        return None
    path = "".join(_runs(modules.encode(), b"1"[0], 0, BAR_HEIGHT, QUIET_BARS))
    return Drawing(path, len(modules) + 2 * QUIET_BARS, BAR_HEIGHT)


def squares(text: str) -> Drawing:
    """QR code, with error correction for a scratched screen."""
    rows = segno.make(text, error="m", micro=False).matrix
    path = "".join(
        part for y, row in enumerate(rows) for part in _runs(bytes(row), 1, y + QUIET_SQUARES, 1, QUIET_SQUARES)
    )
    side = len(rows) + 2 * QUIET_SQUARES
    return Drawing(path, side, side)


def _runs(modules: bytes, dark: int, y: int, height: int, left: int) -> list[str]:
    """A rectangle for each run of dark modules in one row."""
    parts, x = [], left
    for module, run in groupby(modules):
        width = len(list(run))
        if module == dark:
            parts.append(f"M{x} {y}h{width}v{height}h-{width}z")
        x += width
    return parts
