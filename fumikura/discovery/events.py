"""What discovery announces."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class IndexBuilt(Event):
    """An index was built anew and waits for the reader to let it catch up and take over."""

    name: ClassVar[str] = "discovery.index-built"
    version: str
    documents: int


@dataclass(frozen=True, kw_only=True)
class TargetSet(Event):
    """A catalogue elsewhere was named, or what is known of it was changed."""

    name: ClassVar[str] = "discovery.target-set"
    target: int


@dataclass(frozen=True, kw_only=True)
class TargetEnded(Event):
    """A catalogue elsewhere is asked no more."""

    name: ClassVar[str] = "discovery.target-ended"
    target: int
