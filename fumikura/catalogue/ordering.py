"""五十音 order for lists of words that nobody gave a reading: kept searches, series, shelves, names of column plans."""

import re
from functools import lru_cache
from typing import Final

from fumikura.catalogue.drafting import draft_title, needs_reading
from fumikura.kernel.japanese import fold, sort_key

_DIGITS: Final = re.compile("[0-9]+")


@lru_cache(maxsize=8192)
def as_read(words: str) -> str:
    """A key that sorts words as they are probably read, numbers by their size: 棚2, 棚10. As written without a dictionary."""
    draft = draft_title(words) if needs_reading(words) else None
    read = draft.text if draft else words
    return sort_key(_DIGITS.sub(lambda number: number[0].zfill(6), fold(read)))
