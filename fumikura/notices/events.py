"""What notices announces. Never what was said, nor to which address."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class NoticeSent(Event):
    """A message left the house."""

    name: ClassVar[str] = "notices.notice-sent"
    kind: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class NoticeGivenUp(Event):
    """A message could not be delivered after the last try."""

    name: ClassVar[str] = "notices.notice-given-up"
    kind: str
    channel: str
    trouble: str


@dataclass(frozen=True, kw_only=True)
class ChoiceMade(Event):
    """A reader chose by which ways to be told of a kind; none: not at all."""

    name: ClassVar[str] = "notices.choice-made"
    kind: str
    channels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HabitSet(Event):
    """A reader said in which hours messages may come, and whether one a day is enough."""

    name: ClassVar[str] = "notices.habit-set"


@dataclass(frozen=True, kw_only=True)
class NoticeHanded(Event):
    """Staff told a reader by hand: telephoned, or posted a letter. `outcome`: reached, message-left, not-reached, posted."""

    name: ClassVar[str] = "notices.notice-handed"
    kind: str
    channel: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class WordingChanged(Event):
    """The library's words for a kind of notice were changed, or taken back to those of the house."""

    name: ClassVar[str] = "notices.wording-changed"
    kind: str
    language: str


@dataclass(frozen=True, kw_only=True)
class AddressFailed(Event):
    """Messages to a reader's address came back."""

    name: ClassVar[str] = "notices.address-failed"
    channel: str
