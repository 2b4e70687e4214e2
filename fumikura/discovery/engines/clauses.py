"""What a question is compiled to: clauses that every engine with an inverted index has in some spelling."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Protocol

Clause = Any
"""Whatever the engine makes of it."""


class Occur(Enum):
    Must = "must"
    Should = "should"
    MustNot = "must_not"


class Clauses(Protocol):
    """One engine's spelling."""

    can_take_away: bool
    """Whether a score may be negative."""

    def term_query(self, field: str, value: str) -> Clause: ...

    def phrase_query(self, field: str, words: Sequence[str]) -> Clause:
        """At least two words, one after the other."""

    def whole_query(self, field: str, cut: Sequence[str]) -> Clause | None:
        """Has a piece of text that is these units and nothing else; None when the engine knows only phrases there."""

    def piece_query(self, field: str, cut: Sequence[str]) -> Clause | None:
        """The same as a phrase of these units; None when the engine does not know it as one word there."""

    def phrase_begun_query(self, field: str, words: Sequence[str]) -> Clause:
        """The same, with a last word that may still be unfinished."""

    def regex_query(self, field: str, pattern: str) -> Clause:
        """Words that match the pattern from their first to their last character."""

    def range_query(self, field: str, low: int, high: int) -> Clause:
        """Both ends included."""

    def numbers_query(self, ids: Sequence[int]) -> Clause:
        """One of these records."""

    def exists_query(self, field: str) -> Clause:
        """Has any value there."""

    def all_query(self) -> Clause: ...

    def empty_query(self) -> Clause: ...

    def boolean_query(self, clauses: Sequence[tuple[Occur, Clause]], *, at_least: int = 0) -> Clause:
        """`at_least` so many of those that should hold; by default one when none must. Exclusions need a Must beside them."""

    def disjunction_max_query(self, clauses: Sequence[Clause]) -> Clause:
        """Any of them; scored by the best."""

    def const_score_query(self, clause: Clause, score: float) -> Clause: ...

    def boost_query(self, clause: Clause, factor: float) -> Clause: ...
