"""Drawn covers 装丁: the class gives cloth and pattern, the author the dye, the title the binding. No image, no chance:
the same title always has the same cover, and one author's books look like a set."""

from dataclasses import dataclass
from zlib import crc32

LONGEST = 24
PICTURE_BOOK_CUT = 4
_CUTS, _TONES = 4, 6
_LENGTHS = ((3, "xs"), (5, "s"), (8, "m"), (11, "l"))


@dataclass(frozen=True)
class Cover:
    ndc: str
    """First digit of the class, or empty: undyed cloth."""
    cut: int
    tone: int
    length: str
    short: str
    """The title as it is set on the cover."""


def draw(*, title: str, creator: str = "", ndc: str = "", kind: str = "") -> Cover:
    short = shorten(title)
    return Cover(
        ndc=ndc[:1] if ndc[:1].isdigit() else "",
        cut=PICTURE_BOOK_CUT if kind == "picture-book" else _hash(title) % _CUTS,
        tone=_hash(creator) % _TONES if creator else 0,
        length=next((name for limit, name in _LENGTHS if len(short) <= limit), "xl"),
        short=short,
    )


def shorten(title: str) -> str:
    """At most 24 characters, cut at a colon or space if there is one."""
    title = " ".join(title.split())
    if len(title) <= LONGEST:
        return title
    head = title[: LONGEST + 1]
    cut = max(head.rfind(mark) for mark in (":", "：", " ", "　", "—", "("))
    return (head[:cut] if cut >= LONGEST // 4 else title[: LONGEST - 1] + "…").rstrip(" :：—(")


def _hash(text: str) -> int:
    return crc32(text.encode())
