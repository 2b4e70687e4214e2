"""The order of call numbers on a shelf, and who stands out of it."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from fumikura.kernel.japanese import sort_key

RFID_HANDS = 6
"""A hand-held reader hears the books beside the one it passes: a book this many places off is not yet out of order."""

_PART = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^0-9]+")
_VOLUMES = {"上": 1, "前": 1, "中": 2, "下": 3, "後": 3}

Key = tuple[tuple[int, float, str], ...]


def shelf_key(call_number: str) -> Key:
    """What is compared: 分類 as a decimal fraction (91 < 913.6 < 92), then kana in 五十音 order, then volumes as whole numbers (2 < 10).

    Lines are separated by "/" as on the spine. Nothing stands before everything.
    """
    lines = unicodedata.normalize("NFKC", call_number).strip().upper().split("/")
    return tuple(part for place, line in enumerate(lines) for part in (*_line(line.strip(), place), (-1, 0.0, "")))


def _line(line: str, place: int) -> list[tuple[int, float, str]]:
    if line in _VOLUMES and place:
        return [(0, float(_VOLUMES[line]), "")]
    return [_part(part, place) for part in _PART.findall(line)]


def _part(part: str, place: int) -> tuple[int, float, str]:
    if not part[0].isdigit():
        return (1, 0.0, sort_key(part))
    return (0, 0.0, part) if place == 0 else (0, float(part), "")


@dataclass(frozen=True)
class OutOfOrder:
    """One that must move: where it was read, and after which call number it belongs ("" = first on the shelf)."""

    place: int
    goes_after: str


def out_of_order(call_numbers: Sequence[str], *, slack: int = 0) -> tuple[OutOfOrder, ...]:
    """The fewest books that must move so that the rest stands in order; in the order of reading.

    `slack`: places by which a reading may come early or late without meaning anything (RFID_HANDS for a tag reader).
    What has no call number is not judged.
    """
    judged = [place for place, number in enumerate(call_numbers) if number.strip()]
    keys = [shelf_key(call_numbers[place]) for place in judged]
    standing = _longest_in_order(keys)
    kept = sorted(standing)
    kept_keys = [keys[one] for one in kept]
    found = []
    for one in range(len(judged)):
        if one in standing:
            continue
        left = bisect_right(kept_keys, keys[one])
        belongs_at = kept[left - 1] if left else 0
        if abs(belongs_at - one) > slack:
            after = call_numbers[judged[kept[left - 1]]] if left else ""
            found.append(OutOfOrder(judged[one], after))
    return tuple(found)


def _longest_in_order(keys: Sequence[Key]) -> frozenset[int]:
    """Places of a longest run, not necessarily side by side, in which nothing goes back."""
    tails: list[Key] = []
    at: list[int] = []
    before: list[int] = []
    for place, key in enumerate(keys):
        length = bisect_right(tails, key)
        before.append(at[length - 1] if length else -1)
        if length == len(tails):
            tails.append(key)
            at.append(place)
        else:
            tails[length] = key
            at[length] = place
    run = []
    place = at[-1] if at else -1
    while place >= 0:
        run.append(place)
        place = before[place]
    return frozenset(run)
