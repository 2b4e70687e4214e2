"""What a tag can say, whichever way it is written."""

from dataclasses import dataclass
from typing import Final

ON_LOAN: Final = 0xC2
IN_STOCK: Final = 0x07
"""Application family identifiers of ISO 28560-1: what a gate looks at."""


class UnreadableTag(Exception):
    """`why` is short, checksum, encoding, layout or too-long (when writing)."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, kw_only=True)
class Tag:
    item: str
    """Primary item identifier: the number on the label."""
    owner: str = ""
    """ISIL with its hyphen: JP-1001234."""
    usage: int = 1
    """0 acquisition, 1 circulating, 2 not lent, 5 unknown, 7 discarded, 8 a patron's card, 9 equipment."""
    parts: int = 1
    part: int = 1
    layout: str = "fixed"
    """fixed (28560-3), objects (28560-2), or the name of a described one."""
