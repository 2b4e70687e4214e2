"""Engines: what can be asked of an index, and the one that SEARCH_URL chooses. Only discovery knows them."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from fumikura.discovery.answers import Facet, Sort
from fumikura.discovery.documents import Document
from fumikura.discovery.query import Query

if TYPE_CHECKING:
    from fumikura.discovery.engines.cluster import Cluster
    from fumikura.discovery.engines.opensearch import OpenSearchEngine

Prepared = Mapping[str, Any]
"""A document as an engine stores it, with its `id`: cut and ready, in plain values that travel between processes."""

HeadingKind = Literal["name", "subject"]


@dataclass(frozen=True)
class Found:
    total: int
    ids: tuple[int, ...]
    works: tuple[int, ...] = ()
    """Of each of the ids, what it is grouped by (Document.grouped_by)."""


class Counting(NamedTuple):
    """Facets that are being counted; called, it gives them."""

    facets: Callable[[], tuple[Facet, ...]]
    searched_next: Callable[[], None] = lambda: None
    """Says, when a counting was kept, that this thread searches for the same next: how many there are is known."""

    def __call__(self) -> tuple[Facet, ...]:
        return self.facets()


class Engine(Protocol):
    """One index. Changes are seen by nobody until `commit`; then by every process that has it open."""

    def __hash__(self) -> int: ...

    def learn(self, sample: Iterable[Document]) -> None:
        """What is common among such documents, before the first of a large index is put there. Only how fast it answers depends on it."""

    def put(self, documents: Iterable[Document]) -> int:
        """Add documents, or replace those with the same id; answer how many."""

    def put_prepared(self, documents: Iterable[Prepared]) -> int:
        """The same for what `preparer` has made of them, in this process or another."""

    def remove(self, ids: Iterable[int]) -> None: ...

    def commit(self) -> None: ...

    def close(self) -> None:
        """Let go of the right to write; uncommitted changes are lost."""

    def count(self) -> int: ...

    def generation(self) -> int:
        """Changes whenever what is found may have changed; only equality means anything."""

    def search(self, query: Query, *, start: int, rows: int, sort: Sort, whole: int = 0) -> Found:
        """`whole`: when the engine knows already that there are no more than so many, it may answer all instead of `rows`."""

    def facets(self, query: Query, names: Sequence[str]) -> tuple[Facet, ...]:
        """Counted over all hits; values by frequency, then by code."""

    def counting(self, query: Query, names: Sequence[str]) -> Counting:
        """Begin to count facets; called, the answer gives them. Where it pays they are counted while the same is searched."""

    def headings_starting(self, kind: HeadingKind, text: str, limit: int) -> list[tuple[str, int]]:
        """Names or subjects that begin with the text, in any script, with how many documents carry them, most first."""


class EngineAway(Exception):
    """The engine does not answer; it may in a while. Nothing that was to be changed is lost by trying again."""


class UnknownEngine(Exception):
    """SEARCH_URL names an engine that Fumikura does not have."""


def schema_of(url: str) -> str:
    """What the index of this engine looks like; an index of another schema is rebuilt, not read."""
    if not url:
        from fumikura.discovery.engines.layout import SCHEMA

        return SCHEMA
    if url.startswith("memory:"):
        return "memory"
    if url.startswith(("http://", "https://")):
        from fumikura.discovery.engines import opensearch

        return opensearch.SCHEMA
    raise UnknownEngine(
        f"SEARCH_URL={url} を扱えません。OpenSearch なら http://… か https://…、空にすると内蔵の索引を使います。"
        f" / Fumikura has no search engine for SEARCH_URL={url}; OpenSearch is http://… or https://…, empty is the embedded index."
    )


def preparer(url: str) -> Callable[[Document], Prepared]:
    """What makes of a document what the engine of this URL stores: the costly half of putting it there."""
    if schema_of(url) == "memory":
        from fumikura.discovery.engines.memory import whole

        return whole
    if url:
        from fumikura.discovery.engines.opensearch import source_of

        return source_of
    from fumikura.discovery.engines.columns import columns_of

    return columns_of


def open_engine(url: str, folder: Path) -> Engine:
    """The engine that `url` names, on the index kept in `folder` or called like it (made when it is not there)."""
    if schema_of(url) == "memory":
        from fumikura.discovery.engines.memory import MemoryEngine

        return MemoryEngine()
    if url:
        return _remote(url, folder.name)
    from fumikura.discovery.engines.tantivy import TantivyEngine

    return TantivyEngine(folder)


def is_there(url: str, folder: Path) -> bool:
    """Whether there is such an index. One in memory is there as long as it is open. May raise EngineAway."""
    if schema_of(url) == "memory":
        return False
    return _remote(url, folder.name).exists() if url else (folder / "meta.json").exists()


def throw_away(url: str, folder: Path) -> None:
    """Remove an index; processes that still have its files open read on until they look again."""
    if url.startswith("http"):
        _remote(url, folder.name).discard()
    shutil.rmtree(folder, ignore_errors=True)


def _remote(url: str, name: str) -> "OpenSearchEngine":
    from fumikura.discovery.engines.opensearch import OpenSearchEngine

    return OpenSearchEngine(_cluster(url), name)


@lru_cache(maxsize=4)
def _cluster(url: str) -> "Cluster":
    from fumikura.discovery.engines.cluster import Cluster

    return Cluster(url)
