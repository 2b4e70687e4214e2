"""Drawn covers 装丁: the class gives cloth and pattern, the author the dye, the title the binding. No image, no chance:
the same title always has the same cover, and one author's books look like a set."""

from dataclasses import dataclass
from zlib import crc32

from django.utils.safestring import SafeString

from fumikura.web.design.markup import around, filled

LONGEST, LONGEST_LATIN = 24, 44
PICTURE_BOOK_CUT = 4
_CUTS, _TONES = 4, 6
_LENGTHS = ((3, "xs"), (5, "s"), (8, "m"), (11, "l"))
_LENGTHS_LATIN = ((6, "s"), (16, "m"), (28, "l"))


@dataclass(frozen=True)
class Cover:
    ndc: str
    """First digit of the class, or empty: undyed cloth."""
    cut: int
    tone: int
    length: str
    short: str
    """The title as it is set on the cover."""
    script: str
    """latin: set in lines; empty: set upright in columns."""


def draw(*, title: str, creator: str = "", ndc: str = "", kind: str = "") -> Cover:
    latin = bool(title) and title.isascii()
    short = shorten(title, LONGEST_LATIN if latin else LONGEST)
    return Cover(
        ndc=ndc[:1] if ndc[:1].isdigit() else "",
        cut=PICTURE_BOOK_CUT if kind == "picture-book" else _hash(title) % _CUTS,
        tone=_hash(creator) % _TONES if creator else 0,
        length=next((name for limit, name in (_LENGTHS_LATIN if latin else _LENGTHS) if len(short) <= limit), "xl"),
        short=short,
        script="latin" if latin else "",
    )


def html(*, title: str, creator: str = "", ndc: str = "", kind: str = "", photo: str = "") -> SafeString:
    """`{% ui "cover" title=title … %}`; the title must stand beside it. `photo`: address of a picture that is shown instead.

    The one component without a template: a list shows twenty books that are never the same, and as a template each cost more
    than all else that is said of it.
    """
    cover = draw(title=str(title or ""), creator=str(creator or ""), ndc=ndc or "", kind=kind or "")
    if photo:
        face = filled('<img src="{}" alt="" loading="lazy" width="128" height="182">', photo)
    else:
        by = around(creator, '<span class="cover__by">{}</span>')
        face = filled('<span class="cover__title">{}</span>{}', cover.short, by)
    return filled(
        '<span class="cover{}" data-ndc="{}" data-cut="{}" data-tone="{}" data-len="{}"{} aria-hidden="true">{}</span>',
        " cover--photo" if photo else "",
        cover.ndc,
        cover.cut,
        cover.tone,
        cover.length,
        around(cover.script, ' data-script="{}"'),
        face,
    )


def shorten(title: str, longest: int) -> str:
    """At most `longest` characters, cut at a colon or space if there is one."""
    title = " ".join(title.split())
    if len(title) <= longest:
        return title
    head = title[: longest + 1]
    cut = max(head.rfind(mark) for mark in (":", "：", " ", "　", "—", "("))
    return (head[:cut] if cut >= longest // 4 else title[: longest - 1] + "…").rstrip(" :：—(")


def _hash(text: str) -> int:
    return crc32(text.encode())
