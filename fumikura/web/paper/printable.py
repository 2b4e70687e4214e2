"""Whose letters can be printed here: Japanese comes with the house, Chinese and Korean from the fonts of the machine."""

import re
from functools import lru_cache
from typing import Final

import typst

from fumikura.notices.words import LANGUAGES
from fumikura.web.paper.sheets import fonts

SAMPLES: Final = {"zh-hans": "们这为", "ko": "한글가"}
"""Letters that no Japanese font has."""
_GLYPH: Final = re.compile(rb"<symbol ")


@lru_cache(maxsize=1)
def printable() -> tuple[str, ...]:
    """The languages that can be printed. Who reads another is written to in English. Looked up once a process."""
    return tuple(language for language in LANGUAGES if _has_letters(SAMPLES.get(language, "")))


def _has_letters(sample: str) -> bool:
    """Each letter is drawn in its own way, not all as one empty box."""
    drawn = typst.compile(sample.encode(), font_paths=typst.Fonts(font_paths=fonts()), format="svg") if sample else b""
    return len(_GLYPH.findall(drawn)) == len(sample)
