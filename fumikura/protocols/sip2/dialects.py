"""What makers do differently, as data. A terminal names its dialect; nothing else in the door asks who made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fumikura.organisation.models import Device


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one family of terminals wants its answers."""

    note: str
    one_message: bool = False
    """Shows only the first AF: all sentences go into it."""
    longest_message: int = 0
    """Letters of one AF that fit its screen; 0: as long as it is."""
    due_format: str = "%Y%m%d    235959"
    """AH: how it prints the due day."""
    without: frozenset[str] = frozenset()
    """Fields that make it stumble."""
    empty_screen: bool = False
    """Wants AF and AG even when there is nothing to say."""
    titles_in_lists: bool = False
    """AS, AT, AU, CD carry titles rather than numbers."""
    renews_by_lending: bool = False
    """Sends Checkout again for a renewal, whatever its renewal policy says."""
    always_counted: bool = False
    """Wants AY and AZ also after a request that had none."""


DIALECTS: Final[Mapping[str, Dialect]] = {
    "standard": Dialect(note="規格のとおり"),
    "one-line": Dialect(
        note="画面に1文だけ出す機種", one_message=True, longest_message=60, due_format="%Y-%m-%d", empty_screen=True
    ),
    "slip-printer": Dialect(note="一覧に書名を印字する機種", titles_in_lists=True, due_format="%Y/%m/%d"),
    "bare": Dialect(
        note="拡張の項目を読めない古い機種", without=frozenset({"CV", "CT", "CL", "CM", "CF", "BX"}), one_message=True
    ),
    "lends-again": Dialect(note="延長を貸出で送る機種", renews_by_lending=True),
    "counted": Dialect(note="検査数字をいつも求める機種", always_counted=True),
}


def dialect_of(device: Device) -> Dialect:
    """How this device wants its answers; by the standard when its dialect is no longer in the table."""
    return DIALECTS.get(device.dialect, DIALECTS["standard"])
