"""What a search answers, whichever engine was asked."""

from dataclasses import dataclass
from typing import Final, Literal

By = Literal["record", "work"]
"""What one hit is: a record, or a work with all of its editions, formats and volumes."""

Sort = Literal["relevance", "newest", "oldest", "arrived", "title", "creator", "loans"]
SORTS: Final[tuple[Sort, ...]] = ("relevance", "arrived", "newest", "oldest", "title", "creator", "loans")
"""`newest` and `oldest` by year of publication, `arrived` by the day a copy last came; `loans` counts loans, not readers."""

FACETS: Final = ("site", "available", "kind", "audience", "language", "year", "ndc", "accessible", "series")
"""`year` counts decades ("2010s"), `ndc` first digits, `available` the facilities with a copy in, `accessible` formats for
those who cannot read print as usual."""

DEEPER: Final = ("ndc-2", "ndc-3")
"""Facets that are counted only when asked for: classes of two and of three digits."""

Why = Literal["exact", "kana", "reading", "old-form", "variant", "sound", "other"]
"""How the words asked for stand in a hit: as typed, in the other kana, in its reading, in old or variant kanji, only by
sound; or somewhere that a list does not show (contents, notes, numbers)."""


@dataclass(frozen=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True)
class Facet:
    name: str
    values: tuple[FacetValue, ...]
    """The most frequent first; counted over all hits, not only those shown."""


@dataclass(frozen=True)
class Hit:
    record_id: int
    why: Why = "exact"
    others: tuple[int, ...] = ()
    """When asked by work: other editions, formats and volumes of it that were found as well."""
    others_in: int = 0
    """How many of the others have a copy on a shelf."""


@dataclass(frozen=True)
class Answer:
    total: int
    """Exact, however many there are."""
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...] = ()
    also: tuple[str, ...] = ()
    """Other writings of the words that were searched as well: 図書館 also finds 圖書館 and 図書舘."""
    loosened: bool = False
    """No record has all of the words; these have most of them."""
    works: int | None = None
    """When asked by work: how many works the records belong to; None when there are too many to count."""
    has_more: bool = False
    """Whether anything stands behind this page."""
    ready: bool = True
    """False while there is no index to ask (it is being rebuilt): then nothing found means nothing."""


@dataclass(frozen=True)
class Suggestion:
    text: str
    """What to put into the box."""
    kind: Literal["title", "name", "subject"]
    reading: str = ""
    record_id: int | None = None
    """The record, when a title is suggested."""
    count: int = 1
    """How many records carry the name or subject."""


@dataclass(frozen=True)
class Instead:
    """A question that would have found something: もしかして."""

    text: str
    """What to put into the box."""
    count: int
