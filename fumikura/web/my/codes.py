"""The number of a card as bars (NW-7) and squares (QR): one path each, so that the page needs no image and no style."""

from dataclasses import dataclass

from fumikura.web import codes


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
    units = codes.nw7(number)
    if units is None:
        return None
    path = "".join(_rectangles(units, 0, BAR_HEIGHT, QUIET_BARS))
    return Drawing(path, len(units) + 2 * QUIET_BARS, BAR_HEIGHT)


def squares(text: str) -> Drawing:
    """QR code, with error correction for a scratched screen."""
    rows = codes.qr(text)
    path = "".join(part for y, row in enumerate(rows) for part in _rectangles(row, y + QUIET_SQUARES, 1, QUIET_SQUARES))
    side = len(rows) + 2 * QUIET_SQUARES
    return Drawing(path, side, side)


def _rectangles(units: str, y: int, height: int, left: int) -> list[str]:
    """A rectangle for each black stretch of one row."""
    return [f"M{left + x} {y}h{width}v{height}h-{width}z" for x, width in codes.black(units)]
