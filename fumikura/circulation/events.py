"""What circulation announces. Coarse facts only: nothing here leads to a reader."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class LoanMade(Event):
    """A loan began."""

    name: ClassVar[str] = "circulation.loan-made"
    loan: int
    item: int
    record: int
    due_on: str
    kind: str
    material: str
    ndc: str
    category: str
    age_band: str
    district: str


@dataclass(frozen=True, kw_only=True)
class LoanUndone(Event):
    """A loan was taken back as if it had not been made."""

    name: ClassVar[str] = "circulation.loan-undone"
    loan: int
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class LoanRenewed(Event):
    """A due date was moved on for one loan."""

    name: ClassVar[str] = "circulation.loan-renewed"
    loan: int
    item: int
    record: int
    due_on: str
    material: str
    ndc: str


@dataclass(frozen=True, kw_only=True)
class RenewalUndone(Event):
    """A renewal was taken back."""

    name: ClassVar[str] = "circulation.renewal-undone"
    loan: int
    item: int
    due_on: str


@dataclass(frozen=True, kw_only=True)
class ReturnReceived(Event):
    """A machine received an item provisionally; the loan stays open."""

    name: ClassVar[str] = "circulation.return-received"
    loan: int
    item: int


@dataclass(frozen=True, kw_only=True)
class LoanReturned(Event):
    """A loan ended by final return; the reader's key is blanked in the same transaction."""

    name: ClassVar[str] = "circulation.loan-returned"
    loan: int
    item: int
    record: int
    returned_on: str
    days_overdue: int
    material: str
    ndc: str


@dataclass(frozen=True, kw_only=True)
class ReturnUndone(Event):
    """A return was taken back; the loan is open again."""

    name: ClassVar[str] = "circulation.return-undone"
    loan: int
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class ClaimResolved(Event):
    """A claimed return is settled. It names the reader to be told, and therefore no item."""

    name: ClassVar[str] = "circulation.claim-resolved"


@dataclass(frozen=True, kw_only=True)
class LostItemCameBack(Event):
    """A loan declared lost ended by return. It names the reader to be told, and therefore no item."""

    name: ClassVar[str] = "circulation.lost-item-came-back"


@dataclass(frozen=True, kw_only=True)
class RefusalOverridden(Event):
    """Somebody with the right passed over an objection."""

    name: ClassVar[str] = "circulation.refusal-overridden"
    code: str
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class TransitStarted(Event):
    """A journey began."""

    name: ClassVar[str] = "circulation.transit-started"
    item: int
    record: int
    origin: str
    destination: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class TransitSeen(Event):
    """An item was scanned on its way, or before leaving."""

    name: ClassVar[str] = "circulation.transit-seen"
    item: int
    record: int
    destination: str


@dataclass(frozen=True, kw_only=True)
class TransitEnded(Event):
    """A journey ended at its destination, where a reader collects, or by a loan."""

    name: ClassVar[str] = "circulation.transit-ended"
    item: int
    record: int
    destination: str


@dataclass(frozen=True, kw_only=True)
class TransitRedirected(Event):
    """A journey was cut short here and a new one starts here."""

    name: ClassVar[str] = "circulation.transit-redirected"
    item: int
    record: int
    origin: str
    destination: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class PolicySetSaved(Event):
    """Rules were saved, in force from a day."""

    name: ClassVar[str] = "circulation.policy-set-saved"
    version: int
    effective_from: str


TOLD_TO_PATRONS = {
    ClaimResolved.name: "claim-resolved",
    LostItemCameBack.name: "replacement-not-needed",
}
"""Event to the message (kernel.reasons.PATRON) for the reader whose key the entry carries."""
