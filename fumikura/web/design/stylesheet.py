"""One stylesheet out of many files. Each component keeps its own file; the browser asks once.

The parts stand in the order of the cascade. They are joined when first asked for (at every request while DEBUG is on),
and the address carries a digest of the text, so that it may be kept for ever.
"""

import gzip
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

FOLDER = Path(__file__).parent / "static" / "design"
COMPONENTS = (
    *("mast", "prefs", "foot", "button", "kbd", "field", "tick", "search", "suggest", "avail", "tag", "chip", "label3"),
    *("shelf", "hit", "facets", "notice", "panel", "table", "due", "line", "meter", "idcard", "date", "empty"),
    *(
        "progress",
        "doorway",
        "pages",
        "cover",
        "spines",
        "bar",
        "modes",
        "desk",
        "scan",
        "patron",
        "outcome",
        "reasons",
    ),
    *("keybar", "office", "sentence", "why", "slip", "gallery", "maps"),
)
PARTS = ("tokens", "reset", "base", "layout", *(f"components/{name}" for name in COMPONENTS), "print")


@dataclass(frozen=True)
class Sheet:
    text: bytes
    zipped: bytes
    digest: str


def sheet() -> Sheet:
    return _join() if settings.DEBUG else _joined_once()


@lru_cache(maxsize=1)
def _joined_once() -> Sheet:
    return _join()


def _join() -> Sheet:
    css = "\n".join((FOLDER / f"{part}.css").read_text() for part in PARTS)
    css = re.sub(r"url\((?:\.\./)?(patterns/[a-z]+\.svg)\)", lambda found: f"url({static('design/' + found[1])})", css)
    text = css.encode()
    return Sheet(text=text, zipped=gzip.compress(text, mtime=0), digest=sha256(text).hexdigest()[:12])
