"""Volumes however they are written: 上, 第3巻, 3, Ⅲ, 三 and 別巻 as one key that sorts. Pure."""

import re
from typing import Final

from fumikura.catalogue.works import bare_title
from fumikura.kernel.japanese import fold

_POSITIONS: Final = {"上": 1, "前": 1, "中": 2, "下": 3, "後": 3}
_DIGITS: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}
_NUMBER: Final = re.compile(r"[0-9]+")
_KANJI: Final = re.compile("[〇一二三四五六七八九十百千]+")
_ROMAN_NUMBER: Final = re.compile(r"\b[ivxl]{1,6}\b")


def volume_key(text: str) -> str:
    """A key by which volumes sort and are compared; empty for no volume. 第3巻, 三, Ⅲ and Vol. 3 have the same."""
    folded = fold(text)
    if not folded:
        return ""
    extra = "z" if any(word in folded for word in ("別巻", "別冊", "補巻", "続巻", "総索引", "索引")) else ""
    if numbers := [int(found) for found in _NUMBER.findall(folded)]:
        return extra + "-".join(f"{number:06}" for number in numbers[:3])
    if (found := _KANJI.search(folded)) and (number := kanji_value(found[0])):
        return f"{extra}{number:06}"
    if roman := _ROMAN_NUMBER.search(folded):
        return f"{extra}{_roman_value(roman[0]):06}"
    plain = folded.replace(" ", "")
    if plain[0] in _POSITIONS and plain[1:] in {"", "巻", "かん", "冊", "編", "篇"}:
        return f"{extra}{_POSITIONS[plain[0]]:06}p"
    return extra + plain[:40]


def volume_of(title: str, volume: str) -> str:
    """The key of the volume, wherever the record says it: in its place, or at the end of the title."""
    if key := volume_key(volume):
        return key
    folded, bare = fold(title), bare_title(title)
    kept, rest = "", folded
    for position, letter in enumerate(folded):
        if kept == bare:
            rest = folded[position:]
            break
        kept += letter if letter != " " else ""
    else:
        return ""
    tail = re.sub(
        "(?:新装|文庫|改訂|改定|増補|新|改|決定|愛蔵|普及|完全|大活字|第?[0-9一二三四五六七八九十]+)版", "", rest
    )
    return volume_key(tail)


def kanji_value(text: str) -> int:
    """三 → 3, 十二 → 12, 一〇 → 10, 百二十 → 120."""
    if not any(unit in text for unit in "十百千"):
        return int("".join(str(_DIGITS[digit]) for digit in text))
    total, current = 0, 0
    for letter in text:
        if letter in _DIGITS:
            current = _DIGITS[letter]
        else:
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[letter]
            current = 0
    return total + current


def _roman_value(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    return sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True))
