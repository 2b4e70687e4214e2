"""What circulation announces about its own rules."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class PolicyDraftChanged(Event):
    """A draft of the rules was begun, changed, published, thrown away or taken up again; `what` says which."""

    name: ClassVar[str] = "circulation.policy-draft-changed"
    draft: int
    what: str
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicySetWithdrawn(Event):
    """Rules that had not come into force were taken back; they are a draft again."""

    name: ClassVar[str] = "circulation.policy-set-withdrawn"
    version: int


@dataclass(frozen=True, kw_only=True)
class PolicySetSaved(Event):
    """Rules were saved, in force from a day."""

    name: ClassVar[str] = "circulation.policy-set-saved"
    version: int
    effective_from: str
