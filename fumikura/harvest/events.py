"""What the harvest announces. The records themselves are announced by the catalogue."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class HarvestSourceSet(Event):
    """A catalogue to collect from was named, or what is known of it was changed."""

    name: ClassVar[str] = "harvest.harvest-source-set"
    source: str


@dataclass(frozen=True, kw_only=True)
class HarvestSourceEnded(Event):
    """A catalogue is collected no more, and what came from it left ours."""

    name: ClassVar[str] = "harvest.harvest-source-ended"
    source: str
    removed: int


@dataclass(frozen=True, kw_only=True)
class HarvestFinished(Event):
    """A run over a source came to its end."""

    name: ClassVar[str] = "harvest.harvest-finished"
    source: str
    created: int
    updated: int
    deleted: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class HarvestStopped(Event):
    """A source did not answer, or with nonsense; what came until then stays, and the next run goes on from there."""

    name: ClassVar[str] = "harvest.harvest-stopped"
    source: str
    fault: str
