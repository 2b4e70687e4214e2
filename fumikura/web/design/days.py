"""Days as people say them: weekday always, the year only when it is not this year."""

from datetime import date
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from fumikura.web.design.choices import eras


def in_japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


def _in_figures() -> tuple[str, str] | None:
    """How Chinese and Korean write after a month and a day; None elsewhere."""
    language = get_language() or ""
    return {"zh": ("月", "日"), "ko": ("월", "일")}.get(language[:2])


def _written(on: date, pattern: str) -> str:
    """A counter's page writes the same few days at every scan."""
    return _kept(on, pattern, get_language() or "") if type(on) is date else date_format(on, pattern)


@lru_cache(maxsize=2000)
def _kept(on: date, pattern: str, language: str) -> str:
    return date_format(on, pattern)


def day(on: date, today: date | None = None) -> str:
    """12月4日（金） / Fri 4 December."""
    if in_japanese():
        words = _written(on, "n月j日（D）")
        return words if on.year == (today or timezone.localdate()).year else f"{year(on)}{words}"
    if (get_language() or "").startswith(("zh", "ko")):
        words = _written(on, "n月j日（D）" if (get_language() or "").startswith("zh") else "n월 j일 (D)")
        return words if on.year == (today or timezone.localdate()).year else f"{on.year}. {words}"
    words = _written(on, "D j F")
    return words if on.year == (today or timezone.localdate()).year else f"{words} {on.year}"


ERAS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和"))


def year(on: date) -> str:
    """2026年; 令和8年 for a reader who has chosen so."""
    if eras.get():
        for first, name in ERAS:
            if on >= first:
                count = on.year - first.year + 1
                return f"{name}{'元' if count == 1 else count}年"
    return f"{on.year}年"


def month_day(on: date) -> str:
    """12/4 / 4 Dec."""
    return _written(on, "n/j" if in_japanese() or _in_figures() else "j M")


def month_only(on: date) -> str:
    if figures := _in_figures():
        return f"{on.month}{figures[0]}"
    return _written(on, "n月" if in_japanese() else "M")


def week_day(on: date) -> str:
    """金曜 / Friday."""
    return _written(on, "l").removesuffix("日") if in_japanese() else _written(on, "D")


def year_month(on: date) -> str:
    """2026年12月 / December 2026."""
    if figures := _in_figures():
        return f"{on.year}년 {on.month}월" if figures[0] == "월" else f"{on.year}年{on.month}月"
    return f"{year(on)}{on.month}月" if in_japanese() else _written(on, "F Y")


def week_letter(on: date) -> str:
    """金 / Fri."""
    return _written(on, "D")
