"""The embedded engine: tantivy over character pairs cut in Python, so that 京都 is found inside 東京都立, exactly.

What had to be learnt: ids must be signed (deleting by an unsigned term silently deletes nothing); ngram tokens have no
positions; a phrase of one word panics; tokenizers are not stored with the index; one writer per index.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock, local
from typing import Any, Final, NamedTuple

import tantivy

from fumikura.discovery.answers import Facet, Sort
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Counting, Found, HeadingKind, Prepared
from fumikura.discovery.engines.beside import CORES, Beside
from fumikura.discovery.engines.best_first import best, how_many
from fumikura.discovery.engines.broad import expected, is_quickly_matched
from fumikura.discovery.engines.clauses import Clause, Occur
from fumikura.discovery.engines.columns import COLUMNS, COUNTED, WHOLE, columns_of, counted, whole_term
from fumikura.discovery.engines.compiling import Compiler
from fumikura.discovery.engines.fields import FACET_FIELDS, LARGEST_FIRST, PAIRS, SMALLEST_FIRST
from fumikura.discovery.engines.layout import open_index
from fumikura.discovery.engines.pieces import PIECED, CommonPieces, learnt
from fumikura.discovery.query import ANY, Query, words_of
from fumikura.discovery.text import units

HEAP: Final = 256_000_000
"""Bytes that new documents may fill before a segment is written: with a quarter of it writing costs two thirds more. Single changes
fill next to nothing of it."""

BROAD: Final = 10_000
"""From so many hits on facets are counted on another core while the best hits are looked for: fewer take as long as handing over."""

PIECES: Final = 2
"""Into so many pieces the counting is cut when matching costs little: who has the hits takes over the one not begun."""

MOST_BUCKETS: Final = 60_000
MOST_VALUES: Final = 1_000
OCCUR: Final = {
    Occur.Must: tantivy.Occur.Must,
    Occur.Should: tantivy.Occur.Should,
    Occur.MustNot: tantivy.Occur.MustNot,
}
WAIT_FOR_WRITER: Final = 5.0


class TantivyClauses:
    can_take_away = True

    def __init__(self, schema: tantivy.Schema, common: CommonPieces) -> None:
        self._schema = schema
        self._common = common
        # Reading a pattern takes milliseconds, and asking by it none.
        self._regex = lru_cache(maxsize=256)(partial(tantivy.Query.regex_query, schema))

    def term_query(self, field: str, value: str) -> Clause:
        return tantivy.Query.term_query(self._schema, field, value, "freq" if field in PAIRS else "basic")

    def phrase_query(self, field: str, words: Sequence[str]) -> Clause:
        # Every other pair holds every letter, and the places say that they stand side by side: half the lists to read.
        # A text ends with a mark of its own, so no place is left between two texts for a pair of the next one.
        last = len(words) - 1
        kept: list[str | tuple[int, str]] = [
            (place, word) for place, word in enumerate(words) if place % 2 == 0 or place == last
        ]
        return tantivy.Query.phrase_query(self._schema, field, kept)

    def whole_query(self, field: str, cut: Sequence[str]) -> Clause | None:
        return self.term_query("whole", whole_term(field, cut)) if field in WHOLE else None

    def piece_query(self, field: str, cut: Sequence[str]) -> Clause | None:
        piece = self._common.piece_of(cut) if field in PIECED else ""
        return self.term_query(field, piece) if piece else None

    def phrase_begun_query(self, field: str, words: Sequence[str]) -> Clause:
        patterns: list[str | tuple[int, str]] = [re.escape(word) for word in words[:-1]]
        return tantivy.Query.regex_phrase_query(self._schema, field, [*patterns, re.escape(words[-1]) + ".*"])

    def regex_query(self, field: str, pattern: str) -> Clause:
        return self._regex(field, pattern)

    def range_query(self, field: str, low: int, high: int) -> Clause:
        return tantivy.Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)

    def numbers_query(self, ids: Sequence[int]) -> Clause:
        return tantivy.Query.term_set_query(self._schema, "id", list(ids))

    def exists_query(self, field: str) -> Clause:
        # Asked of the field's own list: that "there is one" is one of its values.
        return self.term_query(field, ANY)

    def all_query(self) -> Clause:
        return tantivy.Query.all_query()

    def empty_query(self) -> Clause:
        return tantivy.Query.empty_query()

    def boolean_query(self, clauses: Sequence[tuple[Occur, Clause]], *, at_least: int = 0) -> Clause:
        found = [(OCCUR[occur], clause) for occur, clause in clauses]
        if at_least:
            return tantivy.Query.boolean_query(found, minimum_number_should_match=at_least)
        return tantivy.Query.boolean_query(found)

    def disjunction_max_query(self, clauses: Sequence[Clause]) -> Clause:
        return tantivy.Query.disjunction_max_query(list(clauses))

    def const_score_query(self, clause: Clause, score: float) -> Clause:
        return tantivy.Query.const_score_query(clause, score)

    def boost_query(self, clause: Clause, factor: float) -> Clause:
        return tantivy.Query.boost_query(clause, factor)


class Tally(NamedTuple):
    total: int | None
    """None when no column was counted of which each record has one value."""
    facets: tuple[Facet, ...]


class Asked(NamedTuple):
    """What this thread had counted last: a search for the same that follows need not count once more."""

    of: tuple[int, int, Query]
    likely: int
    """About how many there are, while they are still being counted; 0 when they have been."""
    tally: Callable[[], Tally]


class TantivyEngine:
    """One index in one folder. Reading is shared between threads and processes; the first change takes the writer."""

    def __init__(self, folder: Path, *, writer_threads: int = 1) -> None:
        self._folder = folder
        self._index = open_index(folder)
        self._use(CommonPieces.kept(folder))
        self._writer: Any = None
        self._writer_threads = writer_threads
        self._seen: tuple[int, int] = (0, 0)
        self._generation = 0
        self._reloading = Lock()
        self._beside = Beside()
        self._of_this_thread = local()

    def _use(self, common: CommonPieces) -> None:
        self._common = common
        self._compiler = Compiler(TantivyClauses(self._index.schema, common))

    def learn(self, sample: Iterable[Document]) -> None:
        if self.count() == 0:
            self._use(learnt(sample))
            self._common.keep(self._folder)

    def put(self, documents: Iterable[Document]) -> int:
        return self.put_prepared(map(columns_of, documents))

    def put_prepared(self, documents: Iterable[Prepared]) -> int:
        writer = self._open_writer()
        replacing = self.count() > 0
        count = 0
        for document in documents:
            if replacing:
                writer.delete_documents_by_term("id", document["id"])
            writer.add_document(tantivy.Document(**self._with_common_pieces(document)))
            count += 1
        return count

    def _with_common_pieces(self, document: Prepared) -> Prepared:
        if not len(self._common):
            return document
        pieced = {name: self._common.with_pieces(document[name]) for name in PIECED if name in document}
        return {**document, **pieced}

    def remove(self, ids: Iterable[int]) -> None:
        writer = self._open_writer()
        for number in ids:
            writer.delete_documents_by_term("id", number)

    def commit(self) -> None:
        if self._writer is not None:
            self._writer.commit()

    def close(self) -> None:
        self._beside.close()
        if self._writer is not None:
            # No rollback first: it would leave merges running behind our back. What was not committed is never seen.
            self._writer.wait_merging_threads()
            self._writer = None

    def count(self) -> int:
        return int(self._searcher().num_docs)

    def generation(self) -> int:
        self._searcher()
        return self._generation

    def search(self, query: Query, *, start: int, rows: int, sort: Sort, whole: int = 0) -> Found:
        searcher = self._searcher()
        if whole and (asked := self._asked(searcher, query)) and not asked.likely:
            known = asked.tally().total or 0
            rows = max(rows, known - start) if known <= whole else rows
        if sort == "relevance":
            total, addresses = self._best(searcher, query, start, rows)
        else:
            order, field = (
                (tantivy.Order.Desc, LARGEST_FIRST[sort])
                if sort in LARGEST_FIRST
                else (tantivy.Order.Asc, SMALLEST_FIRST[sort])
            )
            compiled = self._compiler.matching(query)
            found = searcher.search(compiled, limit=max(rows, 1), offset=start, order_by_field=field, order=order)
            total, addresses = found.count, [address for _, address in found.hits][:rows]
        ids, works = (tuple(searcher.fast_field_values(name, addresses)) for name in ("id", "work"))
        return Found(total, ids, works)

    def _asked(self, searcher: Any, query: Query) -> Asked | None:
        asked: Asked | None = getattr(self._of_this_thread, "asked", None)
        return asked if asked and asked.of == (searcher.num_docs, self._generation, query) else None

    def _best(self, searcher: Any, query: Query, start: int, rows: int) -> tuple[int, list[Any]]:
        """How many hits there are, and where those wanted are, the best first."""
        if asked := self._asked(searcher, query):
            if asked.likely:
                found = self._in_order(searcher, query, asked.likely, start, start + rows)
                total = asked.tally().total or 0
                self._of_this_thread.asked = asked._replace(likely=0)
                return total, found
            total = asked.tally().total or 0
        elif rows and len(words_of(query)) != 1:  # all will be weighed: they are counted by the way
            weighed = searcher.search(self._compiler.ranking(query), limit=rows, offset=start)
            return weighed.count, [address for _, address in weighed.hits]
        else:
            total = how_many(searcher, self._compiler.matching(query))
        return total, self._in_order(searcher, query, total, start, min(start + rows, total))

    def _in_order(self, searcher: Any, query: Query, total: int, start: int, end: int) -> list[Any]:
        """Where those from start to end are, as far as there are so many. The total may be a guess: it only chooses the way."""
        if start >= end:
            return []
        found = best(searcher, self._compiler, query, total, needed=end)
        if found is not None:
            return found[start:]
        hits = searcher.search(self._compiler.ranking(query), limit=end - start, offset=start, count=False).hits
        return [address for _, address in hits]

    def facets(self, query: Query, names: Sequence[str]) -> tuple[Facet, ...]:
        searcher = self._searcher()
        answer = searcher.aggregate(self._compiler.matching(query), _buckets_of(_all_columns(names)))
        tally = _tallied(names, [answer])
        self._remember(searcher, query, names, 0, lambda: tally)
        return tally.facets

    def counting(self, query: Query, names: Sequence[str]) -> Counting:
        searcher = self._searcher()
        likely = expected(searcher, query) if CORES > 1 else 0
        if likely < BROAD:
            found = self.facets(query, names)
            return self._kept(lambda: found)
        columns = _all_columns(names)
        pieces = min(PIECES if is_quickly_matched(query) else 1, len(columns))
        compiled = self._compiler.matching(query)
        begun = self._beside.begin(
            [partial(searcher.aggregate, compiled, _buckets_of(columns[one::pieces])) for one in range(pieces)],
            partial(_tallied, names),
        )
        self._remember(searcher, query, names, likely, begun.result)
        return self._kept(lambda: begun.result().facets)

    def _kept(self, facets: Callable[[], tuple[Facet, ...]]) -> Counting:
        asked: Asked | None = getattr(self._of_this_thread, "asked", None)

        def searched_next() -> None:
            self._of_this_thread.asked = asked

        return Counting(facets, searched_next)

    def _remember(
        self, searcher: Any, query: Query, names: Sequence[str], likely: int, tally: Callable[[], Tally]
    ) -> None:
        if any(column in COLUMNS for column in _all_columns(names)):
            of = (searcher.num_docs, self._generation, query)
            self._of_this_thread.asked = Asked(of, likely, tally)

    def headings_starting(self, kind: HeadingKind, text: str, limit: int) -> list[tuple[str, int]]:
        typed = "".join(units(text))
        if not typed:
            return []
        found: dict[str, int] = {}
        for key, count in self._searcher().terms_with_prefix(f"{kind}_key", typed, None, limit * 2):
            name = key.split("\t")[1]
            found[name] = max(count, found.get(name, 0))
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:limit]

    def _open_writer(self) -> Any:
        """The writer, waiting a little for another process to let go of it."""
        deadline = time.monotonic() + WAIT_FOR_WRITER
        while self._writer is None:
            try:
                self._writer = self._index.writer(HEAP * self._writer_threads, self._writer_threads)
            except ValueError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        return self._writer

    def _searcher(self) -> Any:
        """A searcher on the last commit of whatever process made it."""
        try:
            state = (self._folder / "meta.json").stat()
        except FileNotFoundError:
            return self._index.searcher()
        if (state.st_mtime_ns, state.st_ino) != self._seen:
            with self._reloading:
                try:
                    self._index.reload()
                except ValueError:
                    # Its files were merged or taken away while they were opened. What was open answers; the next question looks again.
                    return self._index.searcher()
                self._seen = (state.st_mtime_ns, state.st_ino)
                self._generation += 1
        return self._index.searcher()


def _columns(facet: str) -> tuple[tuple[str, int], ...]:
    field = FACET_FIELDS.get(facet, facet)
    return COUNTED.get(field, ((field, 0),))


def _all_columns(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(column for name in names for column, _ in _columns(name)))


def _buckets_of(columns: Iterable[str]) -> dict[str, Any]:
    return {
        column: {"terms": {"field": column, "size": MOST_BUCKETS, "segment_size": MOST_BUCKETS}} for column in columns
    }


def _tallied(names: Sequence[str], answers: Sequence[Mapping[str, Any]]) -> Tally:
    """The facets of these names, from the buckets of all their columns."""
    buckets = {column: answer["buckets"] for one in answers for column, answer in one.items()}
    whole = next((column for column in buckets if column in COLUMNS), None)
    return Tally(
        None if whole is None else sum(bucket["doc_count"] for bucket in buckets[whole]),
        tuple(
            Facet(
                name, counted((place, one) for column, place in _columns(name) for one in buckets[column])[:MOST_VALUES]
            )
            for name in names
        ),
    )
