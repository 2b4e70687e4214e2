"""Ours: the engine in this process, the same index behind `fumikura serve`, and OpenSearch on this machine."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench.searching.questions import FIVE, Question
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Engine, open_engine, preparer
from fumikura.discovery.engines.pieces import SAMPLE
from fumikura.discovery.filters import narrowed
from fumikura.discovery.parsing import parse
from fumikura.discovery.query import Phrase, Prefix, Query, all_of

PIECE = 1_000
TOGETHER = 200
"""Pieces that are committed together: a build that was cut short goes on after the last of them."""

ON_THE_WAY = 2
"""Pieces that OpenSearch may have taken in part when it was stopped: they are given once more."""

NODES = int(os.environ.get("OPENSEARCH_NODES", "3"))


def typed(question: Question) -> Query:
    """As typed into the box: other readings, numerals and sounds are searched as well, which the peers do not do."""
    return narrowed(parse(question.typed), dict(question.filters))


def literal(question: Question) -> Query:
    """Only the words themselves, which is what the peers are asked."""
    if question.words and question.kind != "isbn":
        query: Query = all_of(*map(Phrase, question.words))
    else:
        query = parse(question.typed) if question.words else Prefix(question.typed[4:])
    return narrowed(query, dict(question.filters))


def fill(engine: Engine, url: str, documents: Iterable[Document]) -> int:
    """Cut by as many processes as there are cores, as `fumikura index rebuild` does it; answers how many were put in.

    What an earlier run has committed is there already: documents come in one order, so as many are passed over.
    """
    there = engine.count()
    if url:
        there = max(0, there // PIECE - ON_THE_WAY) * PIECE
    rows, done = iter(documents), [0]
    sample = list(islice(rows, SAMPLE))
    engine.learn(sample)
    rows = islice(chain(sample, rows), there, None)
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        pieces = ((url, some) for some in iter(lambda: list(islice(rows, PIECE)), []))
        for number, prepared in enumerate(pool.imap(_prepared, _not_too_far_ahead(pieces, done)), start=1):
            done[0] += engine.put_prepared(prepared)
            if number % TOGETHER == 0:
                engine.commit()
    engine.commit()
    return done[0]


def _not_too_far_ahead(pieces: Iterator[Any], done: list[int]) -> Iterator[Any]:
    """imap takes whatever it is given at once: a million documents would wait in memory."""
    for number, piece in enumerate(pieces):
        while number * PIECE - done[0] > 20 * PIECE:
            time.sleep(0.01)
        yield piece


def _prepared(given: tuple[str, list[Document]]) -> list[Any]:
    url, documents = given
    return list(map(preparer(url), documents))


class InProcess:
    """The embedded engine, asked in this process."""

    name = "Fumikura, in process"
    url = ""
    added = 0
    """How many records the last build put in: fewer than all when it went on where another had stopped."""
    resumes = True

    def why_not(self) -> str:
        return ""

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        self.open(folder)
        self.added = fill(self.engine, self.url, documents)
        self.close()

    def open(self, folder: Path) -> None:
        self.engine = open_engine(self.url, folder / "bench")

    def ask(self, question: Question, *, facets: bool) -> int:
        query = typed(question)
        counting = self.engine.counting(query, FIVE) if facets else None
        found = self.engine.search(query, start=question.start, rows=20, sort="relevance")
        if counting:
            counting()
        return found.total

    def answer(self, question: Question) -> object:
        """What the engine says: how many, and the five facets."""
        query = typed(question)
        total = self.engine.search(query, start=0, rows=1, sort="relevance").total
        return total, [
            (one.name, sorted((value.value, value.count) for value in one.values))
            for one in self.engine.facets(query, FIVE)
        ]

    def ask_literally(self, question: Question) -> int:
        return self.engine.search(literal(question), start=0, rows=1, sort="relevance").total

    def close(self) -> None:
        self.engine.close()


class OnOpenSearch(InProcess):
    """Nodes on this machine (OPENSEARCH_NODES, 3; OPENSEARCH_HEAP for each); what they hold is kept."""

    name = f"Fumikura on OpenSearch, {NODES} node{'s' if NODES > 1 else ''}"

    def why_not(self) -> str:
        from tests.opensearch import why_not

        return why_not()

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        self.open(folder)
        self.added = fill(self.engine, self.url, documents)
        self.close()

    def open(self, folder: Path) -> None:
        from tests.opensearch import cluster_in

        self.nodes = ExitStack()
        cluster = self.nodes.enter_context(cluster_in(folder, NODES))
        self.url = cluster.url
        super().open(folder)
        self._count_anew(cluster.nodes[0].url)

    def _count_anew(self, node: str) -> None:
        """Each question is asked twice, and its facets shall be counted twice: the cluster would remember them."""
        asked = Request(
            f"{node}/_all/_settings",
            b'{"index.requests.cache.enable":false}',
            {"Content-Type": "application/json"},
            method="PUT",
        )
        urlopen(asked, timeout=30).close()

    def close(self) -> None:
        super().close()
        self.nodes.close()
