"""Numbers as Japanese titles write them: 3, 三, Ⅲ, 第三巻; 1984, 一九八四; 100, 百. Works on folded text."""

import re
from typing import Final

_DIGITS: Final = "〇一二三四五六七八九"
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_FIGURES: Final = re.compile("[0-9]{1,4}")
_KANJI: Final = re.compile("[〇一二三四五六七八九十百千]+")
_VOLUME: Final = re.compile("第?(?P<number>[0-9]{1,4}|[〇一二三四五六七八九十百]+|[ivx]+)[巻集冊号部編篇輯]?")
_ROMAN: Final = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_LETTERS: Final = ("i", "v", "x")
_ROMAN_AT_END: Final = re.compile("(?<=[^\x00-\u02ff])[ivx]{2,4}$")
_FIGURES_AT_END: Final = re.compile("(?<=[^\x00-\u02ff])(?:[2-9]|1[0-2])$")
"""資料編Ⅱ, 資料編2. A single letter is seldom a number."""
LARGEST_VOLUME: Final = 999


def kanji_number(number: int) -> str:
    """3 → 三, 12 → 十二, 30 → 三十, 1984 → 千九百八十四; empty for 0 and from 10,000."""
    if not 0 < number < 10_000:
        return ""
    found = ""
    for sign, worth in (("千", 1000), ("百", 100), ("十", 10)):
        count, number = divmod(number, worth)
        found += (_DIGITS[count] if count > 1 else "") + sign if count else ""
    return found + (_DIGITS[number] if number else "")


def spelled_number(number: int) -> str:
    """Digit by digit: 1984 → 一九八四, 20 → 二〇."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def number_of(kanji: str) -> int | None:
    """十二, 二〇〇一 and 千九百八十四 as numbers; None for what is no number, such as 三千三."""
    if not _UNITS.keys() & set(kanji):
        return (
            int("".join(str(_DIGITS.index(sign)) for sign in kanji)) if kanji and set(kanji) <= set(_DIGITS) else None
        )
    total, count, before = 0, 0, 10_000
    for sign in kanji:
        if sign in _UNITS:
            if _UNITS[sign] >= before:
                return None
            before = _UNITS[sign]
            total += (count or 1) * before
            count = 0
        elif count or sign not in _DIGITS:
            return None
        else:
            count = _DIGITS.index(sign)
    return total + count


def with_other_numerals(text: str) -> tuple[str, ...]:
    """The text with its numbers in the other writings: 第3巻 → 第三巻; 資料編Ⅱ → 資料編2; 1984年 → 一九八四年, 千九百八十四年."""

    def in_figures(found: re.Match[str]) -> str:
        number = number_of(found[0])
        return found[0] if number is None else str(number)

    def in_kanji(found: re.Match[str]) -> str:
        return kanji_number(int(found[0])) or found[0]

    def spelled(found: re.Match[str]) -> str:
        return spelled_number(int(found[0])) if found[0][0] != "0" else found[0]

    def from_roman(found: re.Match[str]) -> str:
        return str(_ROMAN.index(found[0])) if found[0] in _ROMAN else found[0]

    figures = _ROMAN_AT_END.sub(from_roman, _KANJI.sub(in_figures, text))
    others = [figures, *(_FIGURES.sub(writing, figures) for writing in (in_kanji, spelled))]
    others.append(_FIGURES_AT_END.sub(lambda found: _ROMAN[int(found[0])], figures))
    return tuple(dict.fromkeys(other for other in others if other != text))


def volume_numbers(text: str) -> tuple[str, ...]:
    """When the text is nothing but a volume's number, that number as other volumes carry it: 第三巻 → 3, iii, 三, 第三, 三巻."""
    found = _VOLUME.fullmatch(text)
    number = _number(found["number"]) if found else None
    if found is None or number is None or text in _LETTERS or not 0 < number <= LARGEST_VOLUME:
        return ()
    kanji = kanji_number(number)
    roman = [_ROMAN[number]] if 1 < number < len(_ROMAN) else []
    return tuple(one for one in [str(number), *roman, kanji, f"第{kanji}", f"{kanji}巻"] if one != text)


def _number(written: str) -> int | None:
    if written.isdigit() and written.isascii():
        return int(written)
    return _ROMAN.index(written) if written in _ROMAN else number_of(written)
