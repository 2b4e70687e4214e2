"""What programmes announces."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class ProgrammeWritten(Event):
    """An event was announced, or what is said of it was changed."""

    name: ClassVar[str] = "programmes.programme-written"
    programme: int
    sessions: int
    """On so many days."""


@dataclass(frozen=True, kw_only=True)
class ProgrammeEnded(Event):
    """An event is no longer shown; or, `again`, it is."""

    name: ClassVar[str] = "programmes.programme-ended"
    programme: int
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class AnnouncementWritten(Event):
    """Something was made known to everybody, or its words were changed."""

    name: ClassVar[str] = "programmes.announcement-written"
    announcement: int


@dataclass(frozen=True, kw_only=True)
class AnnouncementEnded(Event):
    """An announcement is no longer shown; or, `again`, it is."""

    name: ClassVar[str] = "programmes.announcement-ended"
    announcement: int
    again: bool = False
