"""Engines: what can be asked of an index, and the one that SEARCH_URL chooses. Only discovery knows them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from fumikura.discovery.answers import Facet, Sort
from fumikura.discovery.documents import Document
from fumikura.discovery.query import Query

Prepared = Mapping[str, Any]
"""A document as an engine stores it, with its `id`: cut and ready, in plain values that travel between processes."""

HeadingKind = Literal["name", "subject"]


@dataclass(frozen=True)
class Found:
    total: int
    ids: tuple[int, ...]


class Engine(Protocol):
    """One index. Changes are seen by nobody until `commit`; then by every process that has it open."""

    def __hash__(self) -> int: ...

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

    def search(self, query: Query, *, start: int, rows: int, sort: Sort) -> Found: ...

    def facets(self, query: Query, names: Sequence[str]) -> tuple[Facet, ...]:
        """Counted over all hits; values by frequency, then by code."""

    def headings_starting(self, kind: HeadingKind, text: str, limit: int) -> list[tuple[str, int]]:
        """Names or subjects that begin with the text, in any script, with how many documents carry them, most first."""


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


def preparer(url: str) -> Callable[[Document], Prepared]:
    """What makes of a document what the engine of this URL stores: the costly half of putting it there."""
    if schema_of(url) == "memory":
        from fumikura.discovery.engines.memory import whole

        return whole
    from fumikura.discovery.engines.fields import fields_of

    return fields_of


def open_engine(url: str, folder: Path) -> Engine:
    """The engine that `url` names, on the index kept in `folder` (made when it is not there)."""
    if schema_of(url) == "memory":
        from fumikura.discovery.engines.memory import MemoryEngine

        return MemoryEngine()
    from fumikura.discovery.engines.tantivy import TantivyEngine

    return TantivyEngine(folder)
