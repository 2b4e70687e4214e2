"""An edition in words, as it stands beside others of its work: on readers' pages and where staff see what readers will see."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fumikura.catalogue.works import bare_title

KINDS: Mapping[str, Promise] = {
    "book": _("本"),
    "large-print": _("大きな活字の本"),
    "picture-book": _("絵本"),
    "comic": _("まんが"),
    "magazine": _("雑誌"),
    "newspaper": _("新聞"),
    "map": _("地図"),
    "score": _("楽譜"),
    "cd": _("CD"),
    "dvd": _("DVD"),
    "video": _("ビデオ"),
    "e-book": _("電子書籍"),
    "braille": _("点字"),
    "daisy": _("耳で読む本（DAISY）"),
    "other": _("そのほか"),
}


def of_kind(code: str) -> str:
    return str(KINDS.get(code, KINDS["other"]))


def of_special_kind(code: str) -> str:
    """Empty for an ordinary book."""
    return of_kind(code) if code != "book" else ""


def edition_words(*, title: str, volume: str, publisher: str, year: int | None, beside: str) -> str:
    """What tells an edition from the title that it stands `beside`: its volume, publisher and year; its own title first
    where that is another one, as that of a translation."""
    name = "" if bare_title(title) == bare_title(beside) else title
    said = " ".join(part for part in (name, volume, publisher, str(year or "")) if part)
    return said or title
