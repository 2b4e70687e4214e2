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
