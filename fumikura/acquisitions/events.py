"""What acquisitions announces. Never what a reader asked for together with who it was: the key is blanked in the end."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class SuggestionMade(Event):
    """A reader asked for something that the library does not have."""

    name: ClassVar[str] = "acquisitions.suggestion-made"
    suggestion: int
    material: str


@dataclass(frozen=True, kw_only=True)
class SuggestionWithdrawn(Event):
    """The reader no longer wants it."""

    name: ClassVar[str] = "acquisitions.suggestion-withdrawn"
    suggestion: int


@dataclass(frozen=True, kw_only=True)
class SuggestionDecided(Event):
    """The library answered: buy, borrow, have or decline; with a hold where the reader has one now."""

    name: ClassVar[str] = "acquisitions.suggestion-decided"
    suggestion: int
    decision: str
    hold: int = 0


@dataclass(frozen=True, kw_only=True)
class SuggestionsForgotten(Event):
    """Answers that their readers have had long enough were parted from them."""

    name: ClassVar[str] = "acquisitions.suggestions-forgotten"
    count: int
