"""The shape of an announcement. Subclasses live in the room where it happens."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened. Fields are plain values (numbers, codes, ISO dates): they become JSON."""

    name: ClassVar[str]
    """`room.past-participle`, e.g. "circulation.loan-made"."""


@dataclass(frozen=True, kw_only=True)
class DataErased(Event):
    """A retention job erased what was no longer needed: which job, and how many rows or files."""

    name: ClassVar[str] = "journal.data-erased"
    job: str
    count: int
