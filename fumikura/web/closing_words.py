"""Closing rules in sentences: what a site's calendar says, for readers and for whoever edits it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fumikura.organisation.rules import LAST, WEEKDAYS, as_day
from fumikura.web.design.days import day, in_japanese, week_day

ON_HOLIDAY = {
    "closed": _("祝日も休み"),
    "open": _("祝日なら開く"),
    "next-weekday": _("祝日なら開いて、次の平日が休み"),
    "closed-and-next-weekday": _("祝日も休み、次の平日も休み"),
}
"""What becomes of a weekday off that is a holiday."""
MOST_DAYS = 6


def weekday_name(weekday: str) -> str:
    """月曜 / Mon."""
    return week_day(date(2024, 1, 1) + timedelta(days=WEEKDAYS.index(weekday)))


def rule_in_words(rule: Mapping[str, Any]) -> str:
    """One rule as one sentence; the note that was written with it follows."""
    sentence = _sentence(rule)
    note = str(rule.get("note", ""))
    return f"{sentence}（{note}）" if note and in_japanese() else f"{sentence} ({note})" if note else sentence


def _sentence(rule: Mapping[str, Any]) -> str:
    if "weekday" in rule:
        name = weekday_name(rule["weekday"])
        nth = int(rule.get("nth", 0))
        how_often = gettext("第{nth}{weekday}") if nth > 0 else gettext("毎週{weekday}")
        which = (gettext("毎月最後の{weekday}") if nth == LAST else how_often).format(nth=nth, weekday=name)
        return gettext("{days}（{holiday}）").format(days=which, holiday=ON_HOLIDAY[rule.get("on_holiday", "closed")])
    if "yearly_from" in rule:
        return gettext("毎年{first}から{last}まで").format(
            first=_month_day(rule["yearly_from"]), last=_month_day(rule["yearly_to"])
        )
    if "national_holidays" in rule:
        return gettext("国民の祝日")
    if "open_every_days" in rule:
        return gettext("{first}から{n}日ごとだけ開く").format(
            first=day(as_day(rule["first"])), n=rule["open_every_days"]
        )
    if "closed_from" in rule:
        return gettext("{first}から{last}まで休み").format(
            first=day(as_day(rule["closed_from"])), last=day(as_day(rule["closed_to"]))
        )
    if "open_on" in rule:
        return gettext("かならず開く日：{days}").format(days=_days(rule["open_on"]))
    return gettext("決めた休みの日：{days}").format(days=_days(rule.get("closed_on", ())))


def _month_day(written: str) -> str:
    month, _dash, number = written.partition("-")
    return gettext("{month}月{day}日").format(month=int(month), day=int(number))


def _days(written: Iterable[str]) -> str:
    days = sorted(as_day(one) for one in written)
    told = ("、" if in_japanese() else ", ").join(day(one) for one in days[:MOST_DAYS])
    return told if len(days) <= MOST_DAYS else gettext("{days} ほか{n}日").format(days=told, n=len(days) - MOST_DAYS)
