"""The kana board, as the poster on a classroom wall: columns from the right. Without a script it is not shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COLUMNS = [
    "あいうえお",
    "かきくけこ",
    "さしすせそ",
    "たちつてと",
    "なにぬねの",
    "はひふへほ",
    "まみむめも",
    "や_ゆ_よ",
    "らりるれろ",
    "わ_を_ん",
]
OPERATIONS: tuple[tuple[str, str, Promise], ...] = (
    ("voiced", "゛", _("てんてん")),
    ("half", "゜", _("まる")),
    ("small", "小", _("ちいさく")),
    ("back", "⌫", _("もどす")),
    ("clear", "✕", _("ぜんぶ けす")),
)
"""What acts on the last letter: code, sign, words."""


def rows() -> list[str]:
    """Letters in reading order, column by column; an underscore is a gap."""
    return [letter for column in COLUMNS for letter in column] + ["ー"]
