"""What circulation announces of 団体貸出 and 巡回文庫: sets promised, placed, sent home, lent on. Not to whom."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class RotationWritten(Event):
    """A rotation's stops, first day, rhythm or sets were set; it was ended, or goes on after that."""

    name: ClassVar[str] = "circulation.rotation-written"
    rotation: str
    items: int


@dataclass(frozen=True, kw_only=True)
class RotationTurned(Event):
    """A set belongs to its next stop from now on; one entry for all that is in it."""

    name: ClassVar[str] = "circulation.rotation-turned"
    rotation: str
    number: int
    facility: str
    items: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SetBooked(Event):
    """A set of items was promised for a term."""

    name: ClassVar[str] = "circulation.set-booked"
    booking: int
    set: int
    first_on: str
    last_on: str


@dataclass(frozen=True, kw_only=True)
class SetBookingEnded(Event):
    """A booking of a set became a loan or a deposit, or was cancelled."""

    name: ClassVar[str] = "circulation.set-booking-ended"
    booking: int
    set: int
    ended_as: str


@dataclass(frozen=True, kw_only=True)
class SetPlaced(Event):
    """A set belongs to another place of the network for a term."""

    name: ClassVar[str] = "circulation.set-placed"
    set: int
    facility: str
    until: str
    items: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SetRecalled(Event):
    """The term of a set elsewhere ended: it belongs home again."""

    name: ClassVar[str] = "circulation.set-recalled"
    set: int
    facility: str
    items: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OnwardLent(Event):
    """A group lent a thing on to one of its own people. Not to whom."""

    name: ClassVar[str] = "circulation.onward-lent"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class OnwardReturned(Event):
    """A thing that a group had lent on is back with the group."""

    name: ClassVar[str] = "circulation.onward-returned"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class OnwardCounted(Event):
    """A group said how often it lent things on in a month."""

    name: ClassVar[str] = "circulation.onward-counted"
    month: str
    told: int
