"""Where words begin and end, as far as writing shows it: ポー stands as a word in エドガー・アラン・ポー, and is a piece of ポートレート.

It shows of kana: readings are written in words (分かち書き), middle dots and blanks part names, and a run of katakana ends where another
script begins. Where a reading is not written in words, a word may end before what looks like a particle. Every piece is found, also
inside a word; what may stand as a word comes first (ranks.WORD).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

from fumikura.kernel.japanese import fold, is_kana, plain

Where = Literal["title", "name", "given", "subject"]
PLACES: Final[Mapping[Where, str]] = {"title": "title", "name": "name", "given": "name", "subject": "subject"}
"""Where a word may stand, and the field in which it does."""

SHORTEST: Final = 2
"""Single kana are particles and the ends of verbs."""

_RUN: Final = re.compile("[ァ-ヺヽヾー]+|[ぁ-ゖゝゞー]+")
_KANA: Final = re.compile("[ぁ-ヿｦ-ﾟ]")
_KATAKANA: Final = re.compile("[ァ-ヺヽヾー]+")
_ENDS_BEFORE: Final = frozenset("のとはがにをへでも")
_BEGINS_AFTER: Final = frozenset("のと")


def word_mark(where: Where, cut: Sequence[str]) -> str:
    """By what an index knows that these units stand as a word there; empty when writing does not show it of them."""
    word = "".join(cut)
    return f"{where[0]}{word}" if len(word) >= SHORTEST and is_kana(word) else ""


def word_marks(
    *, titles: Iterable[str], readings: Iterable[str], names: Iterable[str], subjects: Iterable[str]
) -> frozenset[str]:
    """Of the words in kana of titles and their readings, of subjects, and of names, where of 姓, 名 the given one stands
    apart: ゆき is the beginning of ゆきだるま before it is somebody's given name.
    """
    written = [plain(text) for text in titles if _KANA.search(text)]
    # A reading that repeats the title knows no more than it; one in katakana throughout may be written without blanks.
    said = [fold(text) if _KATAKANA.fullmatch(text) else text for text in map(plain, readings) if text not in written]
    found = {f"t{word}" for text in (*written, *said) for word in _words(text)}
    for name in names:
        if _KANA.search(name):
            family, _, given = name.partition(",")
            found.update([f"n{word}" for word in _words_again(family)], [f"g{word}" for word in _words_again(given)])
    found.update(f"s{word}" for subject in subjects if _KANA.search(subject) for word in _words_again(subject))
    return frozenset(found)


# Names and subjects come again and again while an index is built.
@lru_cache(maxsize=16_384)
def _words_again(text: str) -> tuple[str, ...]:
    return tuple(_words(plain(text)))


def _words(text: str) -> Iterator[str]:
    is_apart = " " in text
    for run in _RUN.finditer(text):
        if len(word := fold(run[0])) < SHORTEST:
            continue
        yield word
        if not is_apart and not _KATAKANA.fullmatch(run[0]):
            yield from _probable(word, begins=run.start() == 0, ends=run.end() == len(text))


def _probable(kana: str, *, begins: bool, ends: bool) -> Iterator[str]:
    """Words at the beginning and at the end of kana that nothing parts: さくらのきのした → さくら, した, …"""
    for at, sign in enumerate(kana):
        if begins and sign in _ENDS_BEFORE and at >= SHORTEST:
            yield kana[:at]
        if ends and sign in _BEGINS_AFTER and at + 1 <= len(kana) - SHORTEST:
            yield kana[at + 1 :]
