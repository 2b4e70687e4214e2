"""How sure it is that a copy stands on its shelf, and what the number of an IC tag looks like."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

FRESH_DAYS = 120
LIKELY_DAYS = 730
TAG_NUMBER = re.compile("[0-9A-F]{16,32}")
"""64 bits of ISO/IEC 15693 up to 128 of others; a number on a label is shorter."""

LIKE_ITS_RECORD = frozenset(
    {"comic", "picture-book", "large-print", "score", "map", "magazine", "newspaper", "cd", "dvd", "video", "braille"}
    | {"daisy"}
)


def material_of(kind: str) -> str:
    """What a copy of a record of this kind is lent as: by the rule of the same name where there is one, else as a book."""
    return kind if kind in LIKE_ITS_RECORD else "book"


@dataclass(frozen=True)
class Presence:
    """`level`: fresh, likely, unknown (nothing was ever noted), or doubtful; with the day it was last seen."""

    level: str
    seen_on: date | None = None


def presence(*, seen_on: date | None, searched_in_vain: int, today: date) -> Presence:
    """What may honestly be said to somebody who sets out for a copy that "should be there".

    A search in vain outweighs everything before it. After two years without a return or a stocktake the copy is doubtful:
    a yearly loss of about 2 % (what open shelves lose, and what bench/city reckons with) and shelves that are counted
    each year make one that was passed over twice more likely gone than there. Seen within four months it is as good as there.
    Without any sighting, as after a take-over from a former system, nothing is claimed either way.
    """
    if searched_in_vain:
        return Presence("doubtful", seen_on)
    if seen_on is None:
        return Presence("unknown")
    days = (today - seen_on).days
    if days > LIKELY_DAYS:
        return Presence("doubtful", seen_on)
    return Presence("fresh" if days <= FRESH_DAYS else "likely", seen_on)


def tag_number(scanned: str) -> str:
    """The number of a tag as it is stored, however a reader writes it (e0:04:01 …); empty when it is none."""
    folded = unicodedata.normalize("NFKC", scanned).upper()
    number = "".join(letter for letter in folded if letter.isalnum())
    return number if TAG_NUMBER.fullmatch(number) else ""
