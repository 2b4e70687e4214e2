"""Ages, last days of cards, and what cannot be a password."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.patrons.rules import age_on, card_expiry, objections_to_password

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("born_on", "on", "age"),
    [
        (date(2018, 5, 20), date(2026, 5, 19), 7),
        (date(2018, 5, 20), date(2026, 5, 20), 8),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (None, date(2026, 5, 20), None),
    ],
)
def test_age_is_counted_in_full_years(born_on: date | None, on: date, age: int | None) -> None:
    assert age_on(born_on, on) == age


@given(DAYS, st.integers(0, 40_000))
def test_age_never_falls_as_days_go_by(born_on: date, days: int) -> None:
    on = born_on + timedelta(days=days)
    first, next_day = age_on(born_on, on), age_on(born_on, on + timedelta(days=1))
    assert first is not None and next_day is not None
    assert 0 <= first <= next_day <= first + 1


@given(DAYS, st.integers(1, 20))
def test_a_card_is_good_for_its_years_to_the_day(issued_on: date, years: int) -> None:
    last = card_expiry(issued_on, years)
    assert last.year == issued_on.year + years
    assert last.month == issued_on.month
    assert last.day == issued_on.day or (issued_on.day, last.day) == (29, 28)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("こころの友です。", []),
        ("short", ["password-too-short"]),
        ("20004318", ["password-guessable"]),
        ("2000-4318", ["password-guessable"]),
        ("1985-03-09", ["password-guessable"]),
        ("aaaaaaaaaa", ["password-guessable"]),
        ("あ" * 129, ["password-too-long", "password-guessable"]),
    ],
)
def test_what_can_be_read_off_the_card_is_no_password(password: str, codes: list[str]) -> None:
    found = objections_to_password(password, card_numbers=("20004318",), born_on=date(1985, 3, 9))
    assert [reason.code for reason in found] == codes
