"""Which fields of an index hold what a question asks for. The same for every engine."""

import re
from typing import Final

from fumikura.discovery.text import Way

FIELDS: Final = {
    "any": ("title", "reading", "draft", "name", "subject", "publisher", "collection", "contents", "rest"),
    "title": ("title", "reading", "draft"),
    "name": ("name",),
    "subject": ("subject",),
    "publisher": ("publisher",),
    "series": ("collection",),
    "contents": ("contents",),
    "rest": ("rest",),
}
HEADING_FIELDS: Final = ("title", "reading", "draft", "name")
_KANA: Final = re.compile("[ぁ-ゖ]")


def fields_of_way(way: Way, field: str) -> tuple[str, ...]:
    """Where to look when somebody asks for `field` and typed something that may stand there in this way."""
    if way.by == "sound":
        return ("sound",) if field in ("any", "title", "name") else ()
    names = (name for name in FIELDS[field] if way.by == "words" or name in HEADING_FIELDS)
    return tuple(name for name in names if is_worth_asking(name, way.cut))


def fields_begun(field: str) -> tuple[str, ...]:
    """Where what is still being typed may begin."""
    return FIELDS["title" if field == "title" else "name"]


def is_worth_asking(name: str, cut: tuple[str, ...]) -> bool:
    """Drafted readings are all kana, letters and digits: a kanji cannot be found there, which spares most questions the field."""
    return name != "draft" or any(_KANA.match(unit) for unit in cut)
