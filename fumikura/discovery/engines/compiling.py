"""From a Query to an engine's clauses. Two results: `matching` decides what is found, `ranking` also in which order."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from fumikura.discovery import ranks
from fumikura.discovery.edges import PLACES, word_mark
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
    words_of,
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


class Written(NamedTuple):
    """How the words may be written in a document, as clauses over its marks. All empty when they can be written one way only."""

    nearer: tuple[list[tuple[Occur, Any]], ...] = ()
    """What holds in documents without variants of the words, then in those that write them as asked."""
    variants: Any = None
    older: Any = None
    """The rest of them, when the words are in today's writing: any variant; and, but for these, any old form."""


class OneWord(NamedTuple):
    clause: Any
    boost: float
    """What its score counts among titles."""
    written_otherwise: Any
    """The same in other writings than that asked for; None when there is only one."""


class Compiler:
    def __init__(self, clauses: Clauses, *, within: Any = None, titles_only: bool = False) -> None:
        self._make = clauses
        self._within = within
        self._titles_only = titles_only

    def titles_only(self) -> "Compiler":
        """One that finds words only inside titles, and weighs what stands out no higher than the others."""
        return Compiler(self._make, titles_only=True)

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
                return self._in_series(found, text) if field == "any" and not self._titles_only else found
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

    def ranking_within(self, clause: Any, query: Query) -> Any:
        """The ranking of those hits that the clause finds, weighing nothing but them."""
        if all(len(units(word.text)) == 1 for word in words_of(query)):
            # One character is in so many records that each field is better narrowed by itself.
            return Compiler(self._make, within=clause).ranking(query)
        return self._make.boolean_query([(Occur.Must, self._constant(clause, 0.0)), (Occur.Must, self.ranking(query))])

    def standing_out(self, query: Query) -> Any:
        """What of a question's words stands out: is called so, is by or about or of the series so called, begins so, or has it as a word."""
        found: list[Any] = []
        for word in words_of(query):
            for way in ways(word.text) if isinstance(word, Term) else [Way(units(word.text), "words")]:
                found += [there for _, _, there in self._steps(way, word.field)]
            if isinstance(word, Term) and word.field == "any":
                found.append(self._term("series", series_code(word.text)))
        return self._any(found)

    def among(self, clause: Any, ids: Sequence[int]) -> Any:
        """Those of these records that the clause finds."""
        return self._make.boolean_query([(Occur.Must, clause), (Occur.Must, self._make.numbers_query(ids))])

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
            piece = self._make.piece_query(field, cut)
            return piece if piece is not None else self._phrase(field, tokens(tuple(cut)))
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
        names = fields_of_way(way, field)
        if self._titles_only:
            return self._best([self._scored(name, way.cut, written) for name in names if name == "title"])
        if len(way.cut) == 1 and field == "any" and way.by == "words":
            scored = self._scored("title", way.cut, written)
            found = self._any([scored, self._kept(self._constant(self._term("unit", way.cut[0]), 2.0))])
        else:
            found = self._best([self._scored(name, way.cut, written) for name in names])
        more = [
            one
            for name, worth, there in self._steps(way, field)
            for one in self._by_writing(name, worth, there, written)
        ]
        return self._make.boolean_query([(Occur.Must, found), *((Occur.Should, one) for one in more)])

    def _steps(self, way: Way, field: str) -> list[tuple[str, float, Any]]:
        """Field, worth and clause of what stands out."""
        names = fields_of_way(way, field)
        return [
            *((name, ranks.EXACT[name], self._exactly(name, way.cut)) for name in names if name in ranks.EXACT),
            *((name, ranks.START[name], self._phrase(name, [START + way.cut[0], *tokens(way.cut)])) for name in names if name in ranks.START),
            *(("word", ranks.WORD[where], self._term("word", mark)) for where, field_of in PLACES.items() if field_of in names and (mark := word_mark(where, way.cut))),
        ]  # fmt: skip

    def _kept(self, scored: Any) -> Any:
        """Of what is weighed only that which is wanted."""
        if self._within is None:
            return scored
        return self._make.boolean_query([(Occur.Must, scored), (Occur.Must, self._constant(self._within, 0.0))])

    def _by_writing(self, field: str, worth: float, there: Any, written: Written) -> list[Any]:
        """What a step is worth, the less the farther its writing is from what was typed."""
        if field not in ranks.WRITING or not written.nearer:
            return [self._constant(there, worth)]
        variant, old = ranks.FARTHER["variant"], ranks.FARTHER["old-form"]
        shares = (old - variant, ranks.FARTHER["as-asked"] - old)
        nearer = [
            self._constant(self._make.boolean_query([(Occur.Must, there), *clauses]), worth * share)
            for clauses, share in zip(written.nearer, shares, strict=True)
        ]
        return [self._constant(there, worth * variant), *nearer]

    def _written(self, text: str) -> Written:
        asked = writing_of(text)
        if asked.is_plain:
            return Written()
        variants = [(Occur.MustNot, self._term("mark", mark)) for mark in asked.variants]
        older = [(Occur.MustNot, self._term("mark", mark)) for mark in asked.older]
        has_none = [*((Occur.Must, self._term("mark", mark)) for mark in asked.needed_variants), *variants]
        as_asked = [*has_none, *((Occur.Must, self._term("mark", mark)) for mark in asked.needed), *older]
        if asked.needed or asked.needed_variants or not self._make.can_take_away:
            return Written((has_none, as_asked))
        any_variant = self._any([mark for _, mark in variants])
        any_older = self._any([mark for _, mark in older])
        only_older = self._make.boolean_query([(Occur.Must, any_older), *variants]) if older else any_older
        return Written((has_none, as_asked), any_variant, only_older)

    def _scored(self, field: str, cut: Sequence[str], written: Written) -> Any:
        inside = self._inside(field, cut)
        if field == "title" and len(cut) > 1:
            scored = self._make.boost_query(inside, self.title_boost(cut))
        else:
            scored = self._constant(inside, 20.0 if field == "title" else ranks.INSIDE[field])
        scored = self._kept(scored)
        if field not in ranks.WRITING or not written.nearer:
            return scored
        worth = ranks.WRITING[field]
        if written.variants is not None:
            # Most are written as asked: it costs a fraction to give it to all and take it from the few.
            return self._make.boolean_query(
                [
                    (Occur.Must, scored),
                    (Occur.Must, self._constant(self._make.all_query(), 2 * worth)),
                    (Occur.Should, self._constant(written.variants, -2 * worth)),
                    (Occur.Should, self._constant(written.older, -worth)),
                ]
            )
        # One inside the other: of several side by side an engine may make a union first, and each is nearly everything.
        for clauses in written.nearer:
            nearer = self._make.boolean_query([(Occur.Must, self._make.all_query()), *clauses])
            scored = self._make.boolean_query([(Occur.Must, scored), (Occur.Should, self._constant(nearer, worth))])
        return scored

    def title_boost(self, cut: Sequence[str]) -> float:
        """A common piece is one word, and counts for as much as the words that it stands for."""
        return TITLE_BOOST * (len(cut) // 2) if self._is_piece(cut) else TITLE_BOOST

    def words_in_titles(self, cut: Sequence[str]) -> tuple[str, ...]:
        """The words of the index by which units are looked for in titles: a common piece itself, or the pairs."""
        return ("".join(cut),) if self._is_piece(cut) else tuple(tokens(tuple(cut)))

    def _is_piece(self, cut: Sequence[str]) -> bool:
        return self._make.piece_query("title", cut) is not None

    def as_one_word(self, query: Query) -> "OneWord | None":
        """How titles with the words are looked for, when that is one word of the index and nothing besides."""
        if not isinstance(query, Term | Phrase) or query.field not in ("any", "title"):
            return None
        found = ways(query.text) if isinstance(query, Term) else (Way(units(query.text), "words"),)
        in_titles = [way for way in found if "title" in fields_of_way(way, query.field)]
        if len(in_titles) != 1 or in_titles[0].weight != 1 or (cut := in_titles[0].cut)[1:] == ():
            return None
        written = self._written(query.text)
        piece = self._make.piece_query("title", cut)
        if (piece is None and len(cut) > 2) or (written.nearer and written.variants is None):
            return None
        clause = piece if piece is not None else self._phrase("title", tokens(tuple(cut)))
        others = None
        if written.nearer:
            others = self._make.boolean_query(
                [(Occur.Must, clause), (Occur.Must, self._any([written.variants, written.older]))]
            )
        return OneWord(clause, self.title_boost(cut), others)

    def _with_whole(self, found: Any, parts: Sequence[Query]) -> Any:
        if not (together := ranks.together(parts)):
            return found
        whole = [
            self._constant(self._exactly(name, cut), ranks.EXACT[name])
            for cut in together
            for name in ("title", "reading", "draft", "name")
            if is_worth_asking(name, cut)
        ]
        return self._make.boolean_query([(Occur.Must, found), *((Occur.Should, one) for one in whole)])

    def _exactly(self, field: str, cut: tuple[str, ...]) -> Any:
        if (whole := self._make.whole_query(field, cut)) is not None:
            return whole
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
