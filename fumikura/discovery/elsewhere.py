"""Where to ask when our libraries have nothing: the National Diet Library, and neighbours that the library names itself.

`elsewhere.toml` here is replaced by a file of that name in the instance's home.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

OWN_FILE = "elsewhere.toml"


@dataclass(frozen=True)
class Place:
    name: str
    name_en: str
    note: str
    note_en: str
    address: str


def addresses_for(text: str) -> list[Place]:
    """Catalogues elsewhere, each with the address that asks it for the words."""
    own = Path(settings.HOME) / OWN_FILE
    changed = own.stat().st_mtime_ns if own.exists() else 0
    return [
        Place(
            place.name, place.name_en, place.note, place.note_en, place.address.replace("{words}", quote(text, safe=""))
        )
        for place in _places(str(own) if changed else "", changed)
    ]


@lru_cache(maxsize=4)
def _places(own: str, _changed: int) -> tuple[Place, ...]:
    text = (Path(own) if own else files(__package__).joinpath(OWN_FILE)).read_text(encoding="utf-8")
    found = []
    for row in tomllib.loads(text).get("place", []):
        address = str(row.get("address", ""))
        # Shown as a link: only what a browser may safely follow.
        if address.startswith(("https://", "http://")) and row.get("name"):
            name = str(row["name"])
            note = str(row.get("note", ""))
            found.append(Place(name, str(row.get("name_en", name)), note, str(row.get("note_en", note)), address))
    return tuple(found)
