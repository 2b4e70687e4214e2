"""What evaluation announces."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class DraftReplayed(Event):
    """The loans of past days were judged by a draft of the rules, to the end. Nothing was changed."""

    name: ClassVar[str] = "evaluation.draft-replayed"
    draft: int
    days: int
