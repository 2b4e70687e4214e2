"""The best hits of a question without weighing all of them: 180,000 records say 報告書, and twenty are shown.

What stands out (is called so, or begins so) comes before all else, and is rare; behind it come titles with the words. Whether these are
enough is seen by the scores themselves; when it cannot be said, every hit is weighed, so that the answer is always the same.
"""

from collections.abc import Sequence
from math import log
from typing import Any, Final

from fumikura.discovery import ranks
from fumikura.discovery.engines.columns import WHOLE, whole_term
from fumikura.discovery.engines.compiling import Compiler
from fumikura.discovery.query import And, Query, Term, words_of
from fumikura.discovery.text import units, ways

Address = Any
Place = tuple[int, int]

MANY: Final = 30_000
"""From so many hits on it pays to ask in steps."""

NOT_RARE: Final = 5
"""When more than every so many-th hit stands out, it costs less to weigh all than to weigh those first."""

FEW: Final = 3_000
FEW_BESIDE: Final = 15
"""To look for a hit by its number costs as much as to know where this many titles in other writings are."""

SOME: Final = 50
"""So many more than wanted are asked for at first, in case some are unwanted."""

OTHERS: Final = 2 * ranks.WRITING["name"] + max(worth for name, worth in ranks.INSIDE.items() if name != "title")
"""More than words outside of titles are worth."""

LARGEST_FREQUENCY: Final = 2.2
"""What a word counts at the most beside its rarity (BM25 with k1 = 1.2)."""


def how_many(searcher: Any, clause: Any) -> int:
    """Counted by a number that every record has, so that nothing is weighed."""
    return int(searcher.search(clause, limit=1, order_by_field="newest").count)


def best(searcher: Any, compiler: Compiler, query: Query, total: int, *, needed: int) -> list[Address] | None:
    """The best `needed` of the about `total` hits in order; None when only weighing all can tell."""
    if total < MANY or len(words_of(query)) != 1 or not _has_one_word(query):
        return None
    if _wholly_so(searcher, query) > total // NOT_RARE:
        return None
    standing_out = compiler.standing_out(query)
    count = how_many(searcher, standing_out)
    if count > total // NOT_RARE:
        return None
    # None but those are weighed, and where there are none nothing is.
    first = searcher.search(compiler.ranking_within(standing_out, query) if count else standing_out, limit=needed)
    if first.count >= needed:
        lowest = first.hits[-1][0]
        enough = lowest > _best_of_titles(searcher, compiler, query)
        return _addresses(first.hits) if enough else None
    seen = set(map(_place, first.hits))
    behind = _titles_of_one_word(searcher, compiler, query, needed - first.count, seen)
    if behind is None:
        titles = searcher.search(compiler.titles_only().ranking(query), limit=needed + first.count, count=False)
        behind = [hit for hit in titles.hits if _place(hit) not in seen][: needed - first.count]
    is_enough = len(behind) == needed - first.count and behind[-1][0] > OTHERS
    is_in_order = not first.hits or not behind or first.hits[-1][0] > behind[0][0]
    return _addresses([*first.hits, *behind]) if is_enough and is_in_order else None


def _titles_of_one_word(
    searcher: Any, compiler: Compiler, query: Query, wanted: int, seen: set[Place]
) -> list[tuple[float, Address]] | None:
    """The best titles with a word that is one word of the index too: the engine skips whole blocks that score too little.

    None when the question is no such word, or when those in other writings cannot be told to stand behind.
    """
    if (word := compiler.as_one_word(query)) is None:
        return None
    worth = ranks.WRITING["title"] if word.written_otherwise is not None else 0.0
    # Others are seldom among the best: a few more than wanted are asked for, which lets the engine skip most of its blocks.
    hits = searcher.search(word.clause, limit=wanted + max(wanted // 4, SOME) + len(seen), count=False).hits
    unwanted = seen | _those_of(searcher, compiler, word.written_otherwise, hits) if worth else seen
    behind = [hit for hit in hits if _place(hit) not in unwanted][:wanted]
    # One in an old form loses its worth, and must not stand higher by its score all the same.
    if len(behind) < wanted or (worth and word.boost * (hits[0][0] - behind[-1][0]) >= worth):
        return None
    return [(word.boost * score + 2 * worth, address) for score, address in behind]


def _those_of(searcher: Any, compiler: Compiler, clause: Any, hits: Sequence[tuple[float, Address]]) -> set[Place]:
    """Where at least those of the hits are that the clause finds as well. Only these are looked for when it finds very many."""
    if not hits:
        return set()
    every = searcher.search(clause, limit=max(FEW, FEW_BESIDE * len(hits)))
    if every.count <= len(every.hits):
        return set(map(_place, every.hits))
    among = compiler.among(clause, searcher.fast_field_values("id", _addresses(hits)))
    found = searcher.search(among, limit=len(hits))
    if found.count > len(hits):  # a record stands twice until its earlier state is merged away
        found = searcher.search(among, limit=found.count)
    return set(map(_place, found.hits))


def _wholly_so(searcher: Any, query: Query) -> int:
    """By or about how many the word is as a whole: a lower bound of what stands out, known without looking at any."""
    (word,) = words_of(query)
    cut = units(word.text)
    return max((int(searcher.doc_freq("whole", whole_term(name, cut))) for name in WHOLE), default=0) if cut else 0


def _place(hit: tuple[float, Address]) -> Place:
    return hit[1].segment_ord, hit[1].doc


def _addresses(hits: Sequence[tuple[float, Address]]) -> list[Address]:
    return [address for _, address in hits]


def _has_one_word(query: Query) -> bool:
    """One word or phrase, and beside it nothing that counts for the order."""
    (word,) = words_of(query)
    return word.field in ("any", "title") and (query == word or (isinstance(query, And) and word in query.parts))


def _best_of_titles(searcher: Any, compiler: Compiler, query: Query) -> float:
    """More than a title that only has the words in it can score."""
    (word,) = words_of(query)
    found = ways(word.text) if isinstance(word, Term) else ()
    cuts = {units(word.text), *(way.cut for way in found)}
    return max((_most(searcher, compiler.words_in_titles(cut), compiler.title_boost(cut)) for cut in cuts), default=0.0)


def _most(searcher: Any, words: Sequence[str], boost: float) -> float:
    documents = searcher.num_docs
    rarity = sum(log(1 + (documents + 1) / (searcher.doc_freq("title", word) + 0.5)) for word in words)
    return boost * LARGEST_FREQUENCY * rarity + 2 * ranks.WRITING["title"] + 50
