"""ふりがな for pages: by the record's own reading, else as the dictionary reads it; and the HTML of it."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from fumikura.catalogue.drafting import draft_title
from fumikura.kernel.japanese import fold, is_kana, spoken_name
from fumikura.kernel.romaji import romaji_of
from fumikura.kernel.ruby import Piece, ruby


@lru_cache(maxsize=8_192)
def pieces_of(writing: str, reading: str = "") -> tuple[Piece, ...]:
    """The writing with readings. Without a reading it is drafted; without a dictionary it stays as it is written."""
    said = reading
    if not said and (draft := draft_title(writing)):
        said = draft.text
    return ruby(writing, said)


def pieces_of_name(heading: str, reading: str) -> tuple[Piece, ...]:
    """夏目, 漱石 + ナツメ, ソウセキ: family and given name each with its own reading."""
    names, said = heading.split(", "), reading.split(", ")
    if len(names) == 2 and len(said) == 2 and not heading.isascii():
        return tuple(piece for name, one in zip(names, said, strict=True) for piece in pieces_of(name, one))
    return pieces_of(spoken_name(heading), reading)


def html_of(pieces: Sequence[Piece]) -> SafeString:
    written = "".join(
        f"<ruby>{escape(text)}<rt>{escape(said)}</rt></ruby>" if said else str(escape(text)) for text, said in pieces
    )
    return mark_safe(written)  # noqa: S308 — every piece is escaped above


def in_romaji(title: str, reading: str, own: str = "") -> str:
    """A Japanese title's reading in Latin letters on an English page, the record's `own` first; empty on any other page.

    A title in kana, こゝろ, says itself how it is read when its record does not.
    """
    if get_language() != "en" or title.isascii():
        return ""
    return own or romaji_of(reading or _said_by_itself(title))


def _said_by_itself(title: str) -> str:
    said = fold(title)
    return said if is_kana(said.replace(" ", "")) else ""
