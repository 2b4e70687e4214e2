"""Numbers as machine-readable marks: NW-7 bars and QR squares, as plain figures that pages and paper draw each in their way."""

import secrets
from itertools import groupby

import segno
from barcode.codabar import CODABAR
from barcode.errors import BarcodeError

Run = tuple[int, int]
"""Where a black stretch begins and how wide it is, in units."""


def nw7(number: str) -> str | None:
    """The units of the number between start and stop A, "1" for black; None for a number that NW-7 cannot write.

    No check digit is added: our numbers have their own.
    """
    try:
        (units,) = CODABAR(f"A{number}A").build()
    except BarcodeError:
        return None
    return str(units)


def qr(text: str) -> list[str]:
    """The rows of the QR code, "1" for black, with error correction for a scratched surface."""
    matrix = segno.make(text, error="m", micro=False).matrix
    return ["".join("1" if module else "0" for module in row) for row in matrix]


def black(units: str) -> list[Run]:
    """The black stretches of one row."""
    runs, at = [], 0
    for colour, group in groupby(units):
        width = len(list(group))
        if colour == "1":
            runs.append((at, width))
        at += width
    return runs


def random_secret() -> bytes:
    """The secret of an authenticator: 160 bits, as RFC 4226 asks."""
    return secrets.token_bytes(20)
