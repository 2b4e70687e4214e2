"""Where the words that were asked for stand in a text as it is shown."""

import re
from dataclasses import dataclass
from functools import lru_cache

from fumikura.discovery.query import Query, words_of
from fumikura.discovery.text import ways
from fumikura.kernel.japanese import fold


@dataclass(frozen=True)
class Piece:
    text: str
    is_found: bool


def highlighted(text: str, query: Query) -> tuple[Piece, ...]:
    """The text in pieces, those marked that were found in whatever writing: 圖書舘 for 図書館, Ｗａｒ for war."""
    folded, places = _folded(text)
    found = [False] * len(text)
    for pattern in _patterns(query):
        for hit in pattern.finditer(folded):
            for at in range(places[hit.start()], places[hit.end() - 1] + 1):
                found[at] = True
    pieces: list[Piece] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or found[at] != found[start]:
            pieces.append(Piece(text[start:at], found[start]))
            start = at
    return tuple(pieces)


@lru_cache(maxsize=256)
def _patterns(query: Query) -> tuple[re.Pattern[str], ...]:
    """Folded, without blanks, the nearest writing of each word and its other numerals."""
    wanted = {"".join(way.cut) for word in words_of(query) for way in ways(word.text) if way.by == "words"}
    return tuple(re.compile(_pattern(text)) for text in sorted(wanted))


def _pattern(wanted: str) -> str:
    """Latin words stand whole; others are found inside longer ones."""
    escaped = re.escape(wanted)
    return rf"(?<![a-z0-9]){escaped}(?![a-z0-9])" if wanted.isascii() else escaped


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded sign by sign without blanks between kanji and kana, and where each sign of it came from."""
    folded: list[str] = []
    places: list[int] = []
    before = ""
    for at, sign in enumerate(text):
        part = before if sign == "々" else sign if sign in "+#" else fold(sign)
        if not part and before.isascii() and before:
            part = " "
        for one in part:
            folded.append(one)
            places.append(at)
        before = part[-1:] or before
    return "".join(folded), places
