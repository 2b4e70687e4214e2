"""What counts for more: exact title, exact reading, beginning of a title, exact name, then where the words stand.

Each step outweighs all below it. Inside titles an engine may use a measure of its own (rare words, short titles first),
as long as it stays between the steps above and below.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from fumikura.discovery.query import Query, Term

EXACT: Final[Mapping[str, float]] = {"title": 20_000, "reading": 12_000, "name": 5_000}
START: Final[Mapping[str, float]] = {"title": 6_000, "reading": 3_000}
INSIDE: Final[Mapping[str, float]] = {
    "title": 1_000,
    "reading": 12,
    "name": 9,
    "subject": 4,
    "publisher": 3,
    "rest": 2,
    "sound": 1,
}


def together(parts: Sequence[Query]) -> str | None:
    """The words of a simple question as one, when there are at least two and nothing else."""
    words = [part.text for part in parts if isinstance(part, Term) and part.field == "any"]
    return " ".join(words) if len(words) > 1 else None
