"""From a Query to an engine's clauses. Two results: `matching` decides what is found, `ranking` also in which order."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from fumikura.discovery import ranks
from fumikura.discovery.engines.clauses import Clauses, Occur
from fumikura.discovery.engines.places import fields_begun, fields_of_way, is_worth_asking
from fumikura.discovery.query import (
    Among,
    And,
    AtLeast,
    Everything,
    Field,
    Like,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Start,
    Term,
)
from fumikura.discovery.text import (
    LIKE_FIELDS,
    START,
    WORDLIKE,
    Way,
    is_wordlike,
    needed_to_be_like,
    series_code,
    tokens,
    units,
    ways,
)
from fumikura.discovery.writings import writing_of
from fumikura.kernel.japanese import fold

TITLE_BOOST: Final = 10.0

Written = tuple[list[tuple[Any, Any]], ...]
"""Clauses that hold in documents without variants of the words, then in those that write them as asked."""


class Compiler:
    def __init__(self, clauses: Clauses) -> None:
        self._make = clauses

    def matching(self, query: Query) -> Any:
        match query:
            case Term(text, field):
                return self._any([self._stands(way, field) for way in ways(text)])
            case Phrase(text, field):
                cut = units(text)
                return self._stands(Way(cut, "words"), field) if cut else self._nothing()
            case And(parts):
                return self._all(parts, self.matching)
            case Or(parts):
                return self._any([self.matching(part) for part in parts])
            case Not():
                return self._all([query], self.matching)
            case AtLeast(count, parts):
                return self._at_least(count, [self.matching(part) for part in parts])
            case _:
                return self._simple(query)

    def ranking(self, query: Query) -> Any:
        match query:
            case Term(text, field):
                written = self._written(text)
                found = self._best([self._weighed(way, field, written) for way in ways(text)])
                return self._in_series(found, text) if field == "any" else found
            case Phrase(text, field):
                cut = units(text)
                return self._ranked(Way(cut, "words"), field, self._written(text)) if cut else self._nothing()
            case And(parts):
                return self._with_whole(self._all(parts, self.ranking), parts)
            case Or(parts):
                return self._best([self.ranking(part) for part in parts])
            case AtLeast(count, parts):
                return self._at_least(count, [self.ranking(part) for part in parts])
            case Like(text):
                return self._like(text)
            case _:
                return self._constant(self.matching(query), 0.0)

    def _simple(self, query: Query) -> Any:
        match query:
            case Start(text, field):
                fields = fields_begun(field)
                found = [way for way in ways(text) if way.by != "sound"]
                return self._any(
                    [self._begins(way.cut, name) for way in found for name in fields if is_worth_asking(name, way.cut)]
                )
            case Like(text):
                return self._like(text)
            case Prefix(text, "ndc"):
                return self._term("ndc", text[:8])
            case Prefix(text, _):
                return self._make.regex_query("unit", re.escape(fold(text)) + ".*")
            case Field("available", "*"):
                return self._constant(self._make.exists_query("available"), 0.0)
            case Field(name, value):
                return self._term(name, value)
            case Range(low, high):
                return self._make.range_query("year", low, high)
            case Among(ids):
                return self._make.numbers_query(ids)
            case Everything():
                return self._make.all_query()
            case _:
                return self._nothing()

    def _like(self, text: str) -> Any:
        cut = units(text)
        if not cut:
            return self._nothing()
        wanted = list(dict.fromkeys(tokens(cut, anchored="both")))
        return self._best(
            [
                self._at_least(needed_to_be_like(len(wanted)), [self._phrase(field, [token]) for token in wanted])
                for field in LIKE_FIELDS
            ]
        )

    def _at_least(self, count: int, found: Sequence[Any]) -> Any:
        if count > len(found):
            return self._nothing()
        return self._make.boolean_query([(Occur.Should, one) for one in found], at_least=count)

    def _stands(self, way: Way, field: str) -> Any:
        if len(way.cut) == 1 and field == "any" and way.by == "words":
            return self._term("unit", way.cut[0])
        return self._any([self._inside(name, way.cut) for name in fields_of_way(way, field)])

    def _inside(self, field: str, cut: Sequence[str]) -> Any:
        if len(cut) > 1:
            return self._phrase(field, tokens(tuple(cut)))
        if field == "title":
            return self._term("title_unit", cut[0])
        # Every place where a unit stands is the first half of exactly one pair.
        after = f"(_.*|[^{WORDLIKE}_^].*)" if is_wordlike(cut[0]) else ".+"
        return self._make.regex_query(field, re.escape(cut[0]) + after)

    def _begins(self, cut: tuple[str, ...], field: str) -> Any:
        *whole, last = tokens(cut, anchored="start")
        if cut[-1].isascii() and len(cut) == 1:
            return self._make.regex_query(field, re.escape(last) + ".*")
        if cut[-1].isascii():
            return self._make.phrase_begun_query(field, [*whole, last])
        return self._phrase(field, [*whole, last])

    def _in_series(self, found: Any, text: str) -> Any:
        """Words that are the title of a series bring its volumes forward."""
        series = self._constant(self._term("series", series_code(text)), ranks.EXACT_SERIES)
        return self._make.boolean_query([(Occur.Must, found), (Occur.Should, series)])

    def _weighed(self, way: Way, field: str, written: Written) -> Any:
        ranked = self._ranked(way, field, written)
        return ranked if way.weight == 1 else self._make.boost_query(ranked, way.weight)

    def _ranked(self, way: Way, field: str, written: Written) -> Any:
        if len(way.cut) == 1 and field == "any" and way.by == "words":
            scored = self._scored("title", way.cut, written)
            found = self._any([scored, self._constant(self._term("unit", way.cut[0]), 2.0)])
        else:
            found = self._best([self._scored(name, way.cut, written) for name in fields_of_way(way, field)])
        steps = [
            *((name, ranks.EXACT[name], self._exactly(name, way.cut)) for name in fields_of_way(way, field) if name in ranks.EXACT),
            *((name, ranks.START[name], self._phrase(name, [START + way.cut[0], *tokens(way.cut)])) for name in fields_of_way(way, field) if name in ranks.START),
        ]  # fmt: skip
        more = [one for name, worth, there in steps for one in self._by_writing(name, worth, there, written)]
        return self._make.boolean_query([(Occur.Must, found), *((Occur.Should, one) for one in more)])

    def _by_writing(self, field: str, worth: float, there: Any, written: Written) -> list[Any]:
        """What a step is worth, the less the farther its writing is from what was typed."""
        if field not in ranks.WRITING or not written:
            return [self._constant(there, worth)]
        variant, old = ranks.FARTHER["variant"], ranks.FARTHER["old-form"]
        shares = (old - variant, ranks.FARTHER["as-asked"] - old)
        nearer = [
            self._constant(self._make.boolean_query([(Occur.Must, there), *clauses]), worth * share)
            for clauses, share in zip(written, shares, strict=True)
        ]
        return [self._constant(there, worth * variant), *nearer]

    def _written(self, text: str) -> Written:
        """How marks tell that a document has no variants of the words, and that it writes them as asked; empty when it does not matter."""
        asked = writing_of(text)
        variants = [
            *((Occur.Must, self._term("mark", mark)) for mark in asked.needed_variants),
            *((Occur.MustNot, self._term("mark", mark)) for mark in asked.variants),
        ]
        older = [
            *((Occur.Must, self._term("mark", mark)) for mark in asked.needed),
            *((Occur.MustNot, self._term("mark", mark)) for mark in asked.older),
        ]
        return () if asked.is_plain else (variants, [*variants, *older])

    def _scored(self, field: str, cut: Sequence[str], written: Written) -> Any:
        inside = self._inside(field, cut)
        if field == "title" and len(cut) > 1:
            scored = self._make.boost_query(inside, TITLE_BOOST)
        else:
            scored = self._constant(inside, 20.0 if field == "title" else ranks.INSIDE[field])
        if field not in ranks.WRITING:
            return scored
        nearer = [
            self._constant(self._make.boolean_query([(Occur.Must, self._make.all_query()), *clauses]), ranks.WRITING[field])
            for clauses in written
        ]  # fmt: skip
        return (
            self._make.boolean_query([(Occur.Must, scored), *((Occur.Should, one) for one in nearer)])
            if nearer
            else scored
        )

    def _with_whole(self, found: Any, parts: Sequence[Query]) -> Any:
        if (together := ranks.together(parts)) is None or not (cut := units(together)):
            return found
        whole = [
            self._constant(self._exactly(name, cut), ranks.EXACT[name])
            for name in ("title", "reading", "draft", "name")
            if is_worth_asking(name, cut)
        ]
        return self._make.boolean_query([(Occur.Must, found), *((Occur.Should, one) for one in whole)])

    def _exactly(self, field: str, cut: tuple[str, ...]) -> Any:
        return self._phrase(field, tokens(cut, anchored="both"))

    def _phrase(self, field: str, words: Sequence[str]) -> Any:
        """A phrase of one word is a term."""
        if len(words) == 1:
            return self._make.term_query(field, words[0])
        return self._make.phrase_query(field, words)

    def _term(self, field: str, value: str) -> Any:
        return self._make.term_query(field, value)

    def _constant(self, query: Any, score: float) -> Any:
        return self._make.const_score_query(query, score)

    def _all(self, parts: Sequence[Query], compiled: Callable[[Query], Any]) -> Any:
        clauses = [
            (Occur.MustNot, self.matching(part.part)) if isinstance(part, Not) else (Occur.Must, compiled(part))
            for part in parts
        ]
        if not any(occur == Occur.Must for occur, _ in clauses):
            # Exclusions alone find nothing in tantivy; to us they mean everything else.
            clauses.append((Occur.Must, self._make.all_query()))
        return self._make.boolean_query(clauses)

    def _any(self, found: Sequence[Any]) -> Any:
        if len(found) == 1:
            return found[0]
        return self._make.boolean_query([(Occur.Should, one) for one in found]) if found else self._nothing()

    def _best(self, found: Sequence[Any]) -> Any:
        if len(found) == 1:
            return found[0]
        return self._make.disjunction_max_query(list(found)) if found else self._nothing()

    def _nothing(self) -> Any:
        return self._make.empty_query()
