"""What circulation announces. Coarse facts only: nothing here leads to a reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fumikura.circulation.network_events import OverdueReminded
from fumikura.journal.events import Event
from fumikura.patrons.events import PatronBlocked


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
    """Somebody with the right passed over an objection; `why` and `words` are theirs. At a hold without a copy `item` is 0."""

    name: ClassVar[str] = "circulation.refusal-overridden"
    code: str
    item: int
    record: int
    why: str = ""
    """not-our-rule, agreed, mistake-of-ours, other; empty where it was not asked."""
    words: str = ""


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
class HoldPlaced(Event):
    """A hold was made."""

    name: ClassVar[str] = "circulation.hold-placed"
    hold: int
    records: tuple[int, ...]
    pickup: str


@dataclass(frozen=True, kw_only=True)
class HoldAllotted(Event):
    """A waiting hold received a copy, also when it is ready in the same moment."""

    name: ClassVar[str] = "circulation.hold-allotted"
    hold: int
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class AllotmentMoved(Event):
    """A bound hold changed from one copy to another."""

    name: ClassVar[str] = "circulation.allotment-moved"
    hold: int
    item: int
    record: int
    instead_of: int


@dataclass(frozen=True, kw_only=True)
class HoldRequeued(Event):
    """A bound hold lost its copy and waits at its old place."""

    name: ClassVar[str] = "circulation.hold-requeued"
    hold: int
    item: int
    record: int
    breaks_a_promise: bool
    """The copy cannot be had, and the reader is told."""


@dataclass(frozen=True, kw_only=True)
class HoldReady(Event):
    """The copy, or the whole set, can be collected."""

    name: ClassVar[str] = "circulation.hold-ready"
    hold: int
    items: tuple[int, ...]
    pickup: str
    until: str
    card_has_expired: bool


@dataclass(frozen=True, kw_only=True)
class HoldShelfExtended(Event):
    """A ready hold is kept longer."""

    name: ClassVar[str] = "circulation.hold-shelf-extended"
    hold: int
    until: str


@dataclass(frozen=True, kw_only=True)
class HoldUnready(Event):
    """It was announced and can no longer be collected."""

    name: ClassVar[str] = "circulation.hold-unready"
    hold: int
    item: int
    is_a_surprise: bool
    """The reader must be told; a reader who asked for the change knows."""


@dataclass(frozen=True, kw_only=True)
class HoldSuspended(Event):
    """A hold sleeps until a day."""

    name: ClassVar[str] = "circulation.hold-suspended"
    hold: int
    until: str


@dataclass(frozen=True, kw_only=True)
class HoldSetReordered(Event):
    """The reader changed the order of a set."""

    name: ClassVar[str] = "circulation.hold-set-reordered"
    hold: int


@dataclass(frozen=True, kw_only=True)
class HoldFulfilled(Event):
    """A hold was closed by a loan."""

    name: ClassVar[str] = "circulation.hold-fulfilled"
    hold: int
    record: int
    waited_days: int


@dataclass(frozen=True, kw_only=True)
class HoldPartFulfilled(Event):
    """One title of a set was lent."""

    name: ClassVar[str] = "circulation.hold-part-fulfilled"
    hold: int
    record: int


@dataclass(frozen=True, kw_only=True)
class HoldCancelled(Event):
    """A hold was closed by the reader or by staff."""

    name: ClassVar[str] = "circulation.hold-cancelled"
    hold: int
    why: str = ""  # why the library did; empty when the reader asked for it


@dataclass(frozen=True, kw_only=True)
class HoldExpired(Event):
    """A hold was closed because nobody collected it."""

    name: ClassVar[str] = "circulation.hold-expired"
    hold: int


@dataclass(frozen=True, kw_only=True)
class HoldLapsed(Event):
    """A hold was closed because the needed-by day passed."""

    name: ClassVar[str] = "circulation.hold-lapsed"
    hold: int


@dataclass(frozen=True, kw_only=True)
class ItemNotFound(Event):
    """A search on the shelf failed."""

    name: ClassVar[str] = "circulation.item-not-found"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class ReturnClaimed(Event):
    """The reader says it was returned."""

    name: ClassVar[str] = "circulation.return-claimed"
    loan: int
    item: int


@dataclass(frozen=True, kw_only=True)
class LoanDeclaredLost(Event):
    """The reader lost it."""

    name: ClassVar[str] = "circulation.loan-declared-lost"
    loan: int
    item: int
    record: int
    holds_without_copy: tuple[int, ...]
    """Holds that can now expect no copy; their readers are told."""


@dataclass(frozen=True, kw_only=True)
class CounterNoteWritten(Event):
    """The counter is to be told something when a card or an item is read."""

    name: ClassVar[str] = "circulation.counter-note-written"
    note: int


@dataclass(frozen=True, kw_only=True)
class CounterNoteRead(Event):
    """Somebody has read a note; it is not shown again."""

    name: ClassVar[str] = "circulation.counter-note-read"
    note: int


@dataclass(frozen=True, kw_only=True)
class LoanReplaced(Event):
    """A loan ended by replacement."""

    name: ClassVar[str] = "circulation.loan-replaced"
    loan: int
    item: int
    record: int


ENDINGS = (
    LoanReturned.name, LoanReplaced.name, HoldCancelled.name, HoldExpired.name, HoldLapsed.name,
    ClaimResolved.name, LostItemCameBack.name,
)  # fmt: skip
"""Events after which nothing may lead from the reader to the thing."""

TOLD_TO_PATRONS = {
    ClaimResolved.name: "claim-resolved",
    HoldExpired.name: "hold-expired",
    HoldLapsed.name: "hold-lapsed",
    HoldReady.name: "hold-ready",
    LoanDeclaredLost.name: "replacement-asked",
    LostItemCameBack.name: "replacement-not-needed",
}
"""Event to the message (kernel.reasons.PATRON) for the reader whose key the entry carries."""

SAID = {
    "site_closes": "pickup-moved", "card_has_expired": "card-needs-renewal", "breaks_a_promise": "hold-delayed",
    "is_a_surprise": "hold-not-ready-after-all",
}  # fmt: skip
"""Particular of an entry to the message that it means."""


PAUSES = ("loans-paused", "holds-paused")
CANCELLED_BY_STAFF, OVERDUE_BY = "hold-cancelled-by-staff", ("e-mail", "postcard", "letter")
MESSAGES = frozenset(
    {*TOLD_TO_PATRONS.values(), *SAID.values(), *PAUSES, CANCELLED_BY_STAFF, *(f"overdue:{way}" for way in OVERDUE_BY)}
)
"""Every word that `told` can say."""


def told(event: str, particulars: Mapping[str, Any]) -> tuple[str, ...]:
    """The messages that an entry means for the reader whose key it carries."""
    messages = [TOLD_TO_PATRONS[event]] if event in TOLD_TO_PATRONS else []
    if event == PatronBlocked.name and particulars["reason"] in PAUSES:
        messages.append(particulars["reason"])
    if event == OverdueReminded.name and particulars["channel"] in OVERDUE_BY:
        messages.append(f"overdue:{particulars['channel']}")
    if event == HoldCancelled.name and particulars.get("why"):
        messages.append(CANCELLED_BY_STAFF)
    return (*messages, *(message for said, message in SAID.items() if particulars.get(said)))
