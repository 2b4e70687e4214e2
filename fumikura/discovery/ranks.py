"""What counts for more: exact title, exact reading, exact name, exact drafted reading, beginning of a title, exact subject or series, then where
the words stand.

Each step outweighs all below it. Within a step, what is written as asked stands before the old form and that before a
variant form, and in whole titles what only reads the same stands between them: 図書館 > トショカン > 圖書館 > 圖書舘. Inside titles an engine may use a measure of its own (rare words, short titles first),
as long as it stays between the steps above and below.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from fumikura.discovery.query import Query, Term

EXACT: Final[Mapping[str, float]] = {
    "title": 20_000,
    "reading": 12_000,
    "name": 9_000,
    "draft": 8_000,
    "subject": 1_500,
}
EXACT_SERIES: Final = 1_500.0
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


def together(parts: Sequence[Query]) -> str | None:
    """The words of a simple question as one, when there are at least two and nothing else."""
    words = [part.text for part in parts if isinstance(part, Term) and part.field == "any"]
    return " ".join(words) if len(words) > 1 else None
