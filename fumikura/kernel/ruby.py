"""ふりがな: a writing and its reading laid side by side, kanji by kanji run. Pure."""

import re
from functools import lru_cache

from fumikura.kernel.japanese import hiragana

_KANJI = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆ヶ0-9０-９]+")
_AS_SAID = {"は": "[はわ]", "へ": "[へえ]", "を": "[をお]", "ぢ": "[ぢじ]", "づ": "[づず]"}
"""Readings in records are written by sound: ワガハイ ワ ネコ デ アル."""
LONGEST_SOUND = 6
"""Kana that one kanji may stand for (志 こころざし has five)."""
LONGEST = 80
"""Characters of a writing beyond which nobody lays it out run by run."""
Piece = tuple[str, str]
"""(what is written, how it is read; empty when it says so itself)"""


@lru_cache(maxsize=8_192)
def ruby(writing: str, reading: str) -> tuple[Piece, ...]:
    """Each run of kanji with its part of the reading.

    When the two do not fit together, the whole writing with the whole reading; without a reading, the writing alone.
    """
    spoken = hiragana(reading).strip()
    if not _KANJI.search(writing) or not spoken:
        return ((writing, ""),)
    words = [word for word in re.split(r"[\s,、・]+", spoken) if word]
    said = "".join(words)
    ends = frozenset(sum(map(len, words[:count])) for count in range(1, len(words)))
    pieces = _cut(writing)
    found = _Fit(pieces, said, ends).best(0, 0) if len(writing) <= LONGEST else None
    if found is None:
        return ((writing, spoken),)
    return tuple(
        (text, part if is_kanji and hiragana(text) != part else "")
        for (text, is_kanji), part in zip(pieces, found[1], strict=True)
    )


class _Fit:
    """All ways to share the reading out among the pieces; best is where most words of the reading end with a piece."""

    def __init__(self, pieces: list[tuple[str, bool]], said: str, ends: frozenset[int]) -> None:
        self._pieces, self._said, self._ends = pieces, said, ends
        self._known: dict[tuple[int, int], tuple[int, tuple[str, ...]] | None] = {}

    def best(self, piece: int, start: int) -> tuple[int, tuple[str, ...]] | None:
        """(words that end with a piece, the parts) of the rest, or None when the rest does not fit."""
        if piece == len(self._pieces):
            return (0, ()) if start == len(self._said) else None
        if (piece, start) not in self._known:
            self._known[piece, start] = self._look(piece, start)
        return self._known[piece, start]

    def _look(self, piece: int, start: int) -> tuple[int, tuple[str, ...]] | None:
        found: tuple[int, tuple[str, ...]] | None = None
        for end in self._ways(piece, start):
            rest = self.best(piece + 1, end)
            if rest is None:
                continue
            score = rest[0] + (end in self._ends)
            if found is None or score > found[0]:
                found = (score, (self._said[start:end], *rest[1]))
        return found

    def _ways(self, piece: int, start: int) -> list[int]:
        text, is_kanji = self._pieces[piece]
        if is_kanji:
            return list(range(start + 1, min(start + LONGEST_SOUND * len(text), len(self._said)) + 1))
        match = re.compile(_literally(text)).match(self._said, start)
        return [match.end()] if match else []


def _cut(writing: str) -> list[tuple[str, bool]]:
    found, end = [], 0
    for run in _KANJI.finditer(writing):
        if run.start() > end:
            found.append((writing[end : run.start()], False))
        found.append((run[0], True))
        end = run.end()
    if end < len(writing):
        found.append((writing[end:], False))
    return found


def _literally(text: str) -> str:
    """Kana as they may be said; signs and spaces that nobody says may be missing."""
    parts = []
    for letter in hiragana(text):
        if letter.isspace():
            continue
        is_sign = not (letter.isalnum() or letter == "ー")
        parts.append(f"(?:{re.escape(letter)})?" if is_sign else _AS_SAID.get(letter, re.escape(letter)))
    return "".join(parts)
