"""Engines: what can be asked of an index, and the one that SEARCH_URL chooses. Only discovery knows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fumikura.discovery.answers import Facet, Sort
from fumikura.discovery.documents import Document
from fumikura.discovery.query import Query


@dataclass(frozen=True)
class Found:
    total: int
    ids: tuple[int, ...]


class Engine(Protocol):
    """One index. Changes are seen by nobody until `commit`; then by every process that has it open."""

    def __hash__(self) -> int: ...

    def put(self, documents: Iterable[Document]) -> int:
        """Add documents, or replace those with the same id; answer how many."""

    def remove(self, ids: Iterable[int]) -> None: ...

    def commit(self) -> None: ...

    def close(self) -> None:
        """Let go of the right to write; uncommitted changes are lost."""

    def count(self) -> int: ...

    def generation(self) -> int:
        """Changes whenever what is found may have changed; only equality means anything."""

    def search(self, query: Query, *, start: int, rows: int, sort: Sort) -> Found: ...

    def facets(self, query: Query, names: Sequence[str]) -> tuple[Facet, ...]:
        """Counted over all hits; values by frequency, then by code."""

    def names_starting(self, text: str, limit: int) -> list[tuple[str, int]]:
        """Names that begin with the text, in any script, with how many documents carry them, most first."""


class UnknownEngine(Exception):
    """SEARCH_URL names an engine that Fumikura does not have."""


def schema_of(url: str) -> str:
    """What the index of this engine looks like; an index of another schema is rebuilt, not read."""
    if not url:
        from fumikura.discovery.engines.tantivy import SCHEMA

        return SCHEMA
    if url.startswith("memory:"):
        return "memory"
    raise UnknownEngine(
        f"SEARCH_URL={url} を扱えません。空にすると内蔵の索引を使います。"
        f" / Fumikura has no search engine for SEARCH_URL={url}; leave it empty to use the embedded index."
    )


def open_engine(url: str, folder: Path) -> Engine:
    """The engine that `url` names, on the index kept in `folder` (made when it is not there)."""
    if schema_of(url) == "memory":
        from fumikura.discovery.engines.memory import MemoryEngine

        return MemoryEngine()
    from fumikura.discovery.engines.tantivy import TantivyEngine

    return TantivyEngine(folder)
