"""What counts for more: exact title, exact reading, exact name, exact drafted reading, kana that stand as a word in a title or a name, beginning
of a title, exact subject or series, then where the words stand.

Each step outweighs all below it. Within a step, what is written as asked stands before the old form and that before a
variant form, and in whole titles what only reads the same stands between them: 図書館 > トショカン > 圖書館 > 圖書舘. Inside titles an engine may use a measure of its own (rare words, short titles first),
as long as it stays between the steps above and below.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from fumikura.discovery.edges import Where
from fumikura.discovery.query import Query, Term
from fumikura.discovery.text import units
from fumikura.kernel.romaji import spellings_of

EXACT: Final[Mapping[str, float]] = {
    "title": 50_000,
    "reading": 30_000,
    "name": 24_000,
    "draft": 22_000,
    "subject": 2_500,
}
EXACT_SERIES: Final = 2_500.0
WORD: Final[Mapping[Where, float]] = {"title": 12_000, "name": 11_000, "subject": 10_800, "given": 1_600}
"""More than a title and its reading gain by beginning so: who types ポー means アラン・ポー before ポートレート."""
START: Final[Mapping[str, float]] = {"title": 6_000, "reading": 3_000, "draft": 2_000}
FARTHER: Final[Mapping[str, float]] = {"as-asked": 1, "old-form": 0.49, "variant": 0.48}
"""What the step of a title or a name still counts when it is not written as asked."""

WRITING: Final[Mapping[str, float]] = {"title": 100.0, "name": 1.0}
"""What it adds to words inside these when no variant is among them, and once more when they are written as asked."""

INSIDE: Final[Mapping[str, float]] = {
    "title": 1_000,
    "reading": 12,
    "draft": 10,
    "name": 9,
    "subject": 4,
    "publisher": 3,
    "collection": 3,
    "contents": 2.5,
    "rest": 2,
    "sound": 1,
}


def together(parts: Sequence[Query]) -> tuple[tuple[str, ...], ...]:
    """The words of a simple question as one, cut, when there are at least two: as typed and, of romaji, in kana."""
    words = [part.text for part in parts if isinstance(part, Term) and part.field == "any"]
    if len(words) < 2:
        return ()
    return tuple(filter(None, (units(" ".join(words)), *map(tuple, spellings_of("".join(words))))))
