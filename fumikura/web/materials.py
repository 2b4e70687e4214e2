"""Kinds of material in words, as rules and readers' pages name them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

MATERIALS: Mapping[str, Promise] = {
    "any": gettext_lazy("すべての資料"),
    "print": gettext_lazy("図書・雑誌"),
    "book": gettext_lazy("図書"),
    "comic": gettext_lazy("まんが"),
    "picture-book": gettext_lazy("絵本"),
    "large-picture-book": gettext_lazy("大型絵本"),
    "large-print": gettext_lazy("大きな活字の本"),
    "score": gettext_lazy("楽譜"),
    "map": gettext_lazy("地図"),
    "magazine": gettext_lazy("雑誌"),
    "newspaper": gettext_lazy("新聞"),
    "av": gettext_lazy("視聴覚資料"),
    "cd": gettext_lazy("CD"),
    "dvd": gettext_lazy("DVD"),
    "video": gettext_lazy("ビデオ"),
    "other": gettext_lazy("そのほかの資料"),
    "braille": gettext_lazy("点字の本"),
    "daisy": gettext_lazy("DAISY"),
}
