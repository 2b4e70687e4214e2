"""When a message may leave, and what a text may say."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fumikura.notices.rules import (
    KINDS,
    NEEDED,
    TRIES,
    VARIABLES,
    WITHOUT_SUBJECT,
    faults_of,
    filled,
    may_leave_at,
    next_try,
    slip_lines,
)
from fumikura.notices.words import KIND_NAMES, LANGUAGES, TEXT_NAMES, TEXTS, VARIABLE_NAMES

EIGHT, TWENTY = time(8), time(20)


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 5, day, hour, minute)


def test_by_day_a_message_leaves_at_once_and_by_night_it_waits_for_the_morning() -> None:
    assert may_leave_at(at(12, 30), EIGHT, TWENTY) == at(12, 30)
    assert may_leave_at(at(6), EIGHT, TWENTY) == at(8)
    assert may_leave_at(at(22, 15), EIGHT, TWENTY) == at(8, day=21)


@given(some.integers(1, TRIES - 1))
def test_pauses_between_tries_grow_and_after_the_last_it_is_given_up(tries: int) -> None:
    earlier, later = next_try(tries, at(9)), next_try(tries + 1, at(9))
    assert earlier is not None
    assert earlier > at(9)
    assert later is None or later >= earlier
    assert next_try(TRIES, at(9)) is None


@pytest.mark.parametrize("kind", TEXT_NAMES)
def test_every_kind_has_words_in_every_language_and_they_are_without_fault(kind: str) -> None:
    for language in LANGUAGES:
        subject, body = TEXTS[kind, language]
        assert (faults_of(kind, subject) == []) is (kind not in WITHOUT_SUBJECT), language
        assert faults_of(kind, body) == [], language
        assert f"{{{NEEDED[kind]}}}" in body if kind in NEEDED else True, language
    assert VARIABLES[kind] <= VARIABLE_NAMES.keys()
    assert set(KINDS) < KIND_NAMES.keys()


def test_a_slip_says_each_day_in_large_letters_and_leaves_out_what_is_empty() -> None:
    days = [{"day": "12月6日", "titles": "・こころ\n・草枕"}, {"day": "12月13日", "count": "3"}]
    lines = slip_lines(TEXTS["loan-slip", "ja"][1], {"place": "中央", "printed": "10:15"}, days)
    assert [(line.size, line.words) for line in lines] == [
        ("middle", "中央"),
        ("rule", ""),
        ("middle", "返す日"),
        ("large", "12月6日"),
        ("", "・こころ"),
        ("", "・草枕"),
        ("rule", ""),
        ("middle", "返す日"),
        ("large", "12月13日"),
        ("middle", "3点"),
        ("rule", ""),
        ("", "10:15"),
        ("", "返すと、借りた記録は消えます。"),
    ]
    assert [line.size for line in slip_lines(TEXTS["hold-slip", "ja"][1], {"slot": "0042", "until": "12月6日"})] == [
        "large", "rule", "middle", "large",
    ]  # fmt: skip


def test_faults_of_a_text_are_named() -> None:
    assert faults_of("due-soon", "{titel} と {place}") == ["titel", "place"]
    assert faults_of("due-soon", "{name") == ["{"]
    assert faults_of("due-soon", "  ") == ["empty"]
    assert faults_of("due-soon", "あ" * 4001) == ["long"]


def test_a_line_that_has_nothing_to_say_is_left_out() -> None:
    text = "{name} 様\n\n受け取る館：{place}\nおわり"
    assert filled(text, {"name": "水野 花子", "place": ""}) == "水野 花子 様\n\nおわり\n"


@given(some.text(max_size=60))
def test_no_text_breaks_the_writer(text: str) -> None:
    if not faults_of("due-soon", text):
        filled(text, {"name": "{until}"})


def test_a_name_with_braces_is_a_name() -> None:
    assert filled("{name}", {"name": "{link}", "link": "x"}) == "{link}\n"
