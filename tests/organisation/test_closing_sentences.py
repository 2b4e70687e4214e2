"""Closing rules typed as people write them; what is not understood comes back word for word."""

import json
from itertools import product
from typing import Any

import pytest

from fumikura.organisation.closing_sentences import read_closing_rules
from fumikura.organisation.rules import LAST, WEEKDAYS, problems
from fumikura.web.closing_words import ON_HOLIDAY, rule_in_words

MONDAY = {"weekday": "monday", "on_holiday": "next-weekday"}
THIRD_THURSDAY = {"weekday": "thursday", "nth": 3, "on_holiday": "closed"}
NEW_YEAR = {"yearly_from": "12-29", "yearly_to": "01-03"}


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        ("毎週月曜日（祝日の場合は翌平日）、第3木曜日、年末年始（12月29日〜1月3日）", [MONDAY, THIRD_THURSDAY, NEW_YEAR]),
        ("Mondays, but if a holiday the next weekday; third Thursday; 12/29–1/3", [MONDAY, THIRD_THURSDAY, NEW_YEAR]),
        ("every Mon (on a holiday open, and closed on the next weekday)", [MONDAY]),
        ("月曜日、ただし祝日にあたるときは開館し、翌平日は休館", [MONDAY]),
        ("月曜日が祝日のときは翌日", [MONDAY]),
        ("休館日：月曜日（祝日・休日にあたるときは開館し、次の平日が休館）、祝日", [MONDAY, {"national_holidays": "closed"}]),
        ("毎月第2、第4金曜日", [{"weekday": "friday", "nth": n, "on_holiday": "closed"} for n in (2, 4)]),
        ("第1・第3水曜日（祝日を除く）", [{"weekday": "wednesday", "nth": n, "on_holiday": "open"} for n in (1, 3)]),
        ("毎月最終木曜日は館内整理日", [{"weekday": "thursday", "nth": LAST, "on_holiday": "closed", "note": "館内整理日"}]),
        ("last Friday", [{"weekday": "friday", "nth": LAST, "on_holiday": "closed"}]),
        ("月・火曜日", [{"weekday": name, "on_holiday": "closed"} for name in ("monday", "tuesday")]),
        ("議会で決めた日 2026年6月11日、9月9日", [{"closed_on": ["2026-06-11", "2026-09-09"], "note": "議会で決めた日"}]),
        ("令和8年6月1日～10日（特別整理期間）", [{"closed_from": "2026-06-01", "closed_to": "2026-06-10", "note": "特別整理期間"}]),
        ("2026年5月4日は開館", [{"open_on": ["2026-05-04"]}]),
        ("2026年4月3日から2週間ごとに開く", [{"open_every_days": 14, "first": "2026-04-03"}]),
        ("every 14 days from 2026-04-03", [{"open_every_days": 14, "first": "2026-04-03"}]),
        ("2026-06-11 2026-06-12", [{"closed_on": ["2026-06-11", "2026-06-12"]}]),
    ],
)  # fmt: skip
def test_a_notice_is_read_as_it_stands(written: str, rules: list[dict[str, Any]]) -> None:
    read = read_closing_rules(written, this_year=2026)
    assert (read.rules, read.not_understood) == (rules, [])
    assert problems(read.rules) == ()


@pytest.mark.parametrize(
    "written",
    ["満月の夜", "2026年2月30日", "月曜日（祝日は館長が決める）", "第3", "2026年4月3日から0週間ごと", "令和99999999999年4月3日", "第0月曜日", "6th Friday"],
)  # fmt: skip
def test_what_is_not_understood_is_never_guessed(written: str) -> None:
    read = read_closing_rules(f"第3木曜日\n{written}", this_year=2026)
    assert (read.rules, read.not_understood) == ([THIRD_THURSDAY], [written.replace("（", "(").replace("）", ")")])


def test_the_house_reads_its_own_sentences() -> None:
    rules: list[dict[str, Any]] = [NEW_YEAR, {"national_holidays": "closed"}]
    rules += [
        {"closed_from": "2031-06-01", "closed_to": "2031-06-10", "note": "特別整理"},
        {"closed_on": ["2031-06-11", "2031-06-12"], "note": "議会の日"},
        {"open_on": ["2031-05-04", "2031-05-05"]},
        {"open_every_days": 14, "first": "2031-04-03"},
    ]
    for weekday, nth, holiday in product(WEEKDAYS, (0, 1, 5, LAST), ON_HOLIDAY):
        rules.append({"weekday": weekday, **({"nth": nth} if nth else {}), "on_holiday": holiday})
    for rule in rules:
        read = read_closing_rules(rule_in_words(rule), this_year=2026)
        assert json.dumps([*read.rules, *read.not_understood], sort_keys=True) == json.dumps([rule], sort_keys=True)
