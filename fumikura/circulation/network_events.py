"""What circulation announces of the whole network: crates, closings, shifts, reminders, offline lists. Coarse facts only."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class HoldMerged(Event):
    """A hold was closed because the same reader holds an earlier one."""

    name: ClassVar[str] = "circulation.hold-merged"
    hold: int


@dataclass(frozen=True, kw_only=True)
class HoldTitleMerged(Event):
    """Two titles of a set turned out to be one: the hold waits for it once."""

    name: ClassVar[str] = "circulation.hold-title-merged"
    hold: int
    record: int
    item: int | None
    """The copy that was bound to the second of them and is free again."""


@dataclass(frozen=True, kw_only=True)
class CrateSeen(Event):
    """A crate was scanned; one entry for all that is in it."""

    name: ClassVar[str] = "circulation.crate-seen"
    crate: int
    items: tuple[int, ...]
    destination: str


@dataclass(frozen=True, kw_only=True)
class CrateClosed(Event):
    """Unpacking of a crate was finished; `not_in_it` was on its list and did not come out."""

    name: ClassVar[str] = "circulation.crate-closed"
    crate: int
    not_in_it: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RouteWritten(Event):
    """The van's ring, its runs and its days off were set."""

    name: ClassVar[str] = "circulation.route-written"
    route: str


@dataclass(frozen=True, kw_only=True)
class SiteClosed(Event):
    """A site closed outside its calendar; what waits there waits longer."""

    name: ClassVar[str] = "circulation.site-closed"
    closure: int
    facility: str
    first_on: str
    last_on: str
    holds_kept_longer: tuple[int, ...]
    """Holds whose last day moved; their readers are told."""


@dataclass(frozen=True, kw_only=True)
class PickupChanged(Event):
    """The reader collects elsewhere."""

    name: ClassVar[str] = "circulation.pickup-changed"
    hold: int
    pickup: str
    site_closes: bool = False
    """The pickup closes; the reader did not ask and is told."""
    instead_of: str = ""
    """The site that the reader asked for when it was closed already."""


@dataclass(frozen=True, kw_only=True)
class SiteReopened(Event):
    """A closure was taken back."""

    name: ClassVar[str] = "circulation.site-reopened"
    closure: int
    facility: str


@dataclass(frozen=True, kw_only=True)
class DueDatesShifted(Event):
    """Due dates of many loans were moved on at once; one entry for the whole batch. ShiftedLoan rows say which."""

    name: ClassVar[str] = "circulation.due-dates-shifted"
    shift: int
    loans: int
    new_due_on: str


@dataclass(frozen=True, kw_only=True)
class DueDatesShiftedBack(Event):
    """A shift was taken back, loan by loan; one entry for the whole batch."""

    name: ClassVar[str] = "circulation.due-dates-shifted-back"
    shift: int
    loans: int


@dataclass(frozen=True, kw_only=True)
class OverdueReminded(Event):
    """A stage was carried out; one entry for a message to a household. It names no item."""

    name: ClassVar[str] = "circulation.overdue-reminded"
    channel: str
    stage: int
    loans: int


@dataclass(frozen=True, kw_only=True)
class ReminderDone(Event):
    """Somebody telephoned, visited or posted what was printed."""

    name: ClassVar[str] = "circulation.reminder-done"
    channel: str
    stage: int


@dataclass(frozen=True, kw_only=True)
class ReminderReopened(Event):
    """It was the wrong line: it waits again to be done."""

    name: ClassVar[str] = "circulation.reminder-reopened"
    channel: str
    stage: int


@dataclass(frozen=True, kw_only=True)
class ReminderByLetter(Event):
    """Nobody can be telephoned: a letter is printed instead."""

    name: ClassVar[str] = "circulation.reminder-by-letter"
    stage: int


@dataclass(frozen=True, kw_only=True)
class RemindersExempted(Event):
    """A reader or a loan is not reminded through a day. The words beside the reason are not in the journal."""

    name: ClassVar[str] = "circulation.reminders-exempted"
    exemption: int
    why: str
    until: str


@dataclass(frozen=True, kw_only=True)
class ExemptionEnded(Event):
    """An exemption from reminders was ended before its day."""

    name: ClassVar[str] = "circulation.exemption-ended"
    exemption: int


@dataclass(frozen=True, kw_only=True)
class ReplayLineSetAside(Event):
    """An offline line waits for a person."""

    name: ClassVar[str] = "circulation.replay-line-set-aside"
    kind: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ReplayLineSettled(Event):
    """Somebody has looked at an offline line and settled it."""

    name: ClassVar[str] = "circulation.replay-line-settled"
    kind: str
    why: str
    settled_as: str = "accepted"


@dataclass(frozen=True, kw_only=True)
class TerminalPrepared(Event):
    """A browser was prepared to go on working without a line."""

    name: ClassVar[str] = "circulation.terminal-prepared"
    terminal: str


@dataclass(frozen=True, kw_only=True)
class TerminalRevoked(Event):
    """A browser that was lost or is no longer a counter: what it signs is quarantined from now on."""

    name: ClassVar[str] = "circulation.terminal-revoked"
    terminal: str


@dataclass(frozen=True, kw_only=True)
class OfflineListReceived(Event):
    """A stretch of an offline list has arrived and is the terminal's own."""

    name: ClassVar[str] = "circulation.offline-list-received"
    terminal: str
    count: int
    ahead_seconds: int


@dataclass(frozen=True, kw_only=True)
class OfflineListQuarantined(Event):
    """A list was not what its terminal signed: it is kept for a person, and nothing of it is entered."""

    name: ClassVar[str] = "circulation.offline-list-quarantined"
    terminal: str
    why: str


@dataclass(frozen=True, kw_only=True)
class HoldTermSet(Event):
    """Until when a hold is needed, or that it sleeps no longer, was said anew."""

    name: ClassVar[str] = "circulation.hold-term-set"
    hold: int
    needed_by: str


@dataclass(frozen=True, kw_only=True)
class HoldRestored(Event):
    """A hold cancelled by mistake waits again at its old place."""

    name: ClassVar[str] = "circulation.hold-restored"
    hold: int


@dataclass(frozen=True, kw_only=True)
class HoldReached(Event):
    """The reader of a ready hold was reached by telephone."""

    name: ClassVar[str] = "circulation.hold-reached"
    hold: int
    until: str


@dataclass(frozen=True, kw_only=True)
class RunNoted(Event):
    """The van of a run left, came to a stop, went on from it, or is back."""

    name: ClassVar[str] = "circulation.run-noted"
    run: int
    what: str
    """left, came, went, back or taken-back."""
    facility: str


@dataclass(frozen=True, kw_only=True)
class LockerFilled(Event):
    """What a hold waits for lies behind a door."""

    name: ClassVar[str] = "circulation.locker-filled"
    hold: int
    facility: str
    compartment: int


@dataclass(frozen=True, kw_only=True)
class LockerEmptied(Event):
    """A door holds nothing for its reader any more."""

    name: ClassVar[str] = "circulation.locker-emptied"
    hold: int
    facility: str
    compartment: int
    how: str
    """collected, expired or taken-out."""


@dataclass(frozen=True, kw_only=True)
class DoorNoted(Event):
    """A door of a locker does not work, or works again."""

    name: ClassVar[str] = "circulation.door-noted"
    facility: str
    compartment: int
    fault: str


@dataclass(frozen=True, kw_only=True)
class TemporarySiteOpened(Event):
    """A facility works from another place for a time."""

    name: ClassVar[str] = "circulation.temporary-site-opened"
    facility: str
    until: str


@dataclass(frozen=True, kw_only=True)
class TemporarySiteEnded(Event):
    """A facility is back in its own house."""

    name: ClassVar[str] = "circulation.temporary-site-ended"
    facility: str


@dataclass(frozen=True, kw_only=True)
class StaysCounted(Event):
    """It was counted how long things of each material stay with readers."""

    name: ClassVar[str] = "circulation.stays-counted"
    materials: int


@dataclass(frozen=True, kw_only=True)
class NoCopyLeft(Event):
    """The last copy that could have served them left the stock."""

    name: ClassVar[str] = "circulation.no-copy-left"
    item: int
    record: int
    holds_without_copy: tuple[int, ...]
    """Holds that go on waiting and can expect no copy; their readers are told."""


@dataclass(frozen=True, kw_only=True)
class CopySetAside(Event):
    """A copy waits in a place of its own for somebody's work: it came back damaged, or must be got ready."""

    name: ClassVar[str] = "circulation.copy-set-aside"
    item: int
    record: int
