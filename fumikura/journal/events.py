"""The shape of an announcement. Subclasses live in the room where it happens."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened. Fields are plain values (numbers, codes, ISO dates): they become JSON."""

    name: ClassVar[str]
    """`room.past-participle`, e.g. "circulation.loan-made"."""
