"""What a description says about formats for those who cannot read print as usual, and about the series it belongs to."""

import re
from collections.abc import Sequence
from typing import Final

from fumikura.catalogue.description import Description
from fumikura.discovery.text import series_code

_IN_CARRIER: Final = (
    ("braille", re.compile("点字|点訳")),
    ("tactile", re.compile("さわる絵本|触る絵本|布の絵本|布絵本|触図|てんやく絵本")),
    ("large-print", re.compile("大活字|拡大写本|大きな活字|大きな文字")),
    ("daisy", re.compile("デイジー|DAISY", re.IGNORECASE)),
    ("easy", re.compile("LLブック|ＬＬブック|やさしく読める本")),
    ("audio", re.compile("録音図書|オーディオブック|朗読CD|音声読み上げ")),
    ("captions", re.compile("字幕")),
    ("audio-description", re.compile("音声ガイド|副音声|音声解説")),
)
"""Words of edition, extent, notes and series; not of titles and subjects, where they are what the work is about."""
_BY_KIND: Final = {"braille": "braille", "large-print": "large-print", "daisy": "daisy"}
_FILM: Final = ("dvd", "video")


def accessible_formats(description: Description) -> tuple[str, ...]:
    """Codes: braille, tactile, large-print, daisy, easy, audio, captions, audio-description."""
    carrier = " ".join((description.edition, description.extent, *description.notes, *description.series))
    found = {_BY_KIND[description.kind]} if description.kind in _BY_KIND else set()
    found |= {code for code, words in _IN_CARRIER if words.search(carrier)}
    if description.kind not in _FILM:
        found -= {"captions", "audio-description"}
    return tuple(code for code, _words in _IN_CARRIER if code in found)


_RESPONSIBILITY: Final = re.compile(r"\s/\s.*")
_NUMBERED: Final = re.compile(r"[0-9]|^(vol|no|v|第|別巻|その)\b", re.IGNORECASE)
LONGEST_SERIES: Final = 80


def series_titles(series: Sequence[str]) -> tuple[str, ...]:
    """Titles of series without the number in them: 岩波新書 新赤版1280 → 岩波新書; 新潮文庫 に-20-6 → 新潮文庫."""
    return tuple(dict.fromkeys(title for one in series if (title := _without_number(one))))


def _without_number(series: str) -> str:
    first, *others = _RESPONSIBILITY.sub("", series).replace(";", " ").split() or [""]
    kept = [first]
    for word in others:
        if _NUMBERED.search(word):
            break
        kept.append(word)
    return series_code(" ".join(kept))[:LONGEST_SERIES]
