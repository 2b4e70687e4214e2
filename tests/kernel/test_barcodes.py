"""Scanned numbers are cleaned, and check digits agree with worked examples of the trade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.ean import calc_check_digit as ean_check

from fumikura.kernel.barcodes import SCHEMES, check_digit, clean, is_valid, with_check

DIGITS = st.text("0123456789", min_size=1, max_size=24)
CHECKING = sorted(set(SCHEMES) - {"none"})


@pytest.mark.parametrize(
    ("scanned", "number"),
    [
        ("A20004318A\r", "20004318"),
        ("a20004318b", "20004318"),
        ("２０００　４３１８", "20004318"),
        ("  2000 4318\t\n", "20004318"),
        ("ａ２０００４３１８ａ", "20004318"),
        ("t20004318n", "20004318"),
        ("A12-34$A", "12-34$"),
        ("12−34", "12-34"),
        ("CHUO0001", "CHUO0001"),
        ("A1234", "A1234"),
        ("AbcA", "ABCA"),
        ("", ""),
        ("AA", "AA"),
    ],
)
def test_what_scanners_and_keyboards_add_is_folded_off(scanned: str, number: str) -> None:
    assert clean(scanned) == number


@given(st.text("0123456789０１２ABCDabcdＡtnXY-$:/.+ー　 \t\r", max_size=30))
def test_cleaning_twice_changes_nothing_more(scanned: str) -> None:
    assert clean(clean(scanned)) == clean(scanned)


@given(DIGITS, st.sampled_from("ABCDabcd"), st.sampled_from("ABCDabcd"))
def test_any_pair_of_start_and_stop_letters_is_the_same_number(number: str, start: str, stop: str) -> None:
    assert clean(f"{start}{number}{stop}\r") == number


@pytest.mark.parametrize(
    ("scheme", "body", "check"),
    [
        ("7dr", "123456", "4"),
        ("7dr", "99991234567", "0"),
        ("7dsr", "123456", "3"),
        ("7dsr", "99991234567", "0"),
        ("9dr", "123456", "3"),
        ("9dsr", "123456", "6"),
        ("m10w2", "12345678", "2"),
        ("m10w2-whole", "12345678", "4"),
        ("m10w3", "000009999", "8"),
        ("m10w3", "400763000011", "6"),
        ("m11", "157396", "9"),
        ("m11w10", "488380478", "X"),
        ("m16", "01234", "6"),
    ],
)
def test_worked_examples_of_the_trade(scheme: str, body: str, check: str) -> None:
    assert check_digit(scheme, body) == check


@given(DIGITS)
def test_m10w2_is_luhn_and_m10w3_is_jan(body: str) -> None:
    assert check_digit("m10w2", body) == luhn.calc_check_digit(body)
    assert check_digit("m10w3", body) == ean_check(body)


@given(st.sampled_from(CHECKING), DIGITS)
def test_a_number_with_its_check_is_valid_and_with_any_other_is_not(scheme: str, body: str) -> None:
    number = with_check(scheme, body)
    assert is_valid(scheme, number)
    assert [last for last in "0123456789X" if is_valid(scheme, body + last)] in ([number[-1]], [])
    assert is_valid(scheme, clean(f"A{number}A")) or not number.isdigit()


@given(st.sampled_from(["m10w2", "m10w2-whole", "m10w3", "m11w10", "m16", "7dr", "7dsr"]), DIGITS, st.data())
def test_one_wrong_digit_is_noticed(scheme: str, body: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, min(len(body), 9) - 1))
    other = data.draw(st.sampled_from("0123456789"))
    wrong = body[:place] + other + body[place + 1 :]
    if wrong != body and not (scheme.startswith("7") and abs(int(other) - int(body[place])) == 7):
        weak_even = scheme == "m10w2-whole" and abs(int(other) - int(body[place])) == 5
        assert weak_even or not is_valid(scheme, wrong + check_digit(scheme, body))


@given(st.sampled_from(CHECKING), st.text(max_size=12))
def test_nothing_that_is_scanned_raises(scheme: str, scanned: str) -> None:
    assert is_valid(scheme, clean(scanned)) in (True, False)


def test_without_a_scheme_every_number_but_none_is_valid() -> None:
    assert is_valid("none", "20004318")
    assert not is_valid("none", "")
    assert with_check("none", "20004318") == "20004318"
