"""Days as people write them on a form."""

import re
from datetime import date
from typing import Final
from unicodedata import normalize

_BEFORE_FIRST_YEAR: Final = {
    **dict.fromkeys(("明治", "明", "M"), 1867),
    **dict.fromkeys(("大正", "大", "T"), 1911),
    **dict.fromkeys(("昭和", "昭", "S"), 1925),
    **dict.fromkeys(("平成", "平", "H"), 1988),
    **dict.fromkeys(("令和", "令", "R"), 2018),
}
"""The year before the first of each era."""
_WRITTEN: Final = re.compile(
    rf"({'|'.join(_BEFORE_FIRST_YEAR)})?\s*(\d{{1,4}}|元)\s*[年./-]\s*(\d{{1,2}})\s*[月./-]\s*(\d{{1,2}})\s*日?"
)
_YEARS: Final = re.compile(r"(明治|大正|昭和|平成|令和)?\s*(\d{1,4}|元)\s*年(代)?")
_EIGHT_DIGITS: Final = re.compile(r"(\d{4})(\d\d)(\d\d)")


def day_written(text: str) -> date | None:
    """1985-4-3, 1985年4月3日, 19850403, 昭和60年4月3日, S60.4.3, in letters of any width; None when it is no day."""
    tidy = re.sub(r"[‐‑–—−ー]", "-", normalize("NFKC", text).strip().upper())
    found = _EIGHT_DIGITS.fullmatch(tidy)
    if found:
        return _day(*map(int, found.groups()))
    found = _WRITTEN.fullmatch(tidy)
    if not found:
        return None
    era, year, month, day = found.groups()
    number = 1 if year == "元" else int(year)
    if era:
        return _day(_BEFORE_FIRST_YEAR[era] + number, int(month), int(day)) if number else None
    return _day(number, int(month), int(day)) if len(year) == 4 else None


def years_written(text: str) -> tuple[int, int] | None:
    """The first and last year of 1945年, 昭和20年, 令和元年, 1990年代, 昭和50年代; None when it is neither a year nor ten of them."""
    found = _YEARS.fullmatch(normalize("NFKC", text).strip())
    if not found:
        return None
    era, number, are_ten = found.groups()
    year = 1 if number == "元" else int(number)
    if not year or (not era and len(number) != 4) or (are_ten and year % 10):
        return None
    first = year + _BEFORE_FIRST_YEAR.get(era, 0)
    return first, first + 9 if are_ten else first


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
