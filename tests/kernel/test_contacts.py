"""Telephone numbers and postcodes are read as hands type them, and written in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.kernel.contacts import from_abroad, postcode, telephone


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("071-000-1001", "071-000-1001"),
        ("０７１（０００）１００１", "071-000-1001"),
        ("071ー000−1001", "071-000-1001"),
        (" 071 000 1001 ", "071-000-1001"),
        ("+81 71 000 1001", "071-000-1001"),
        ("+81 (0)71-000-1001", "071-000-1001"),
        ("0312345678", "03-1234-5678"),
        ("09000000000", "090-0000-0000"),
        ("0120000000", "0120-000-000"),
        ("08000000000", "0800-000-0000"),
        ("0710001001", "0710001001"),
        ("", ""),
        ("　", ""),
    ],
)
def test_a_number_is_written_in_one_way_however_it_was_typed(typed: str, number: str) -> None:
    assert telephone(typed) == number


@pytest.mark.parametrize("typed", ["000-1001", "00-1234-5678", "071-000-100", "071-000-10011", "090-0000-000", "+81", "内線 25"])  # fmt: skip
def test_what_cannot_be_dialled_from_anywhere_is_no_number(typed: str) -> None:
    with pytest.raises(ValueError):
        telephone(typed)


def test_the_world_dials_another_number_but_the_free_ones_stay() -> None:
    assert [from_abroad(one) for one in ("071-000-1001", "0120-000-000", "")] == ["+81-71-000-1001", "0120-000-000", ""]


@pytest.mark.parametrize(("typed", "written"), [("〒９９９０００１", "999-0001"), ("999 0001", "999-0001"), ("", "")])
def test_a_postcode_has_seven_digits(typed: str, written: str) -> None:
    assert postcode(typed) == written
    with pytest.raises(ValueError):
        postcode("999-001")


@given(st.text("0123456789０１２-ー()（） +〒８a", max_size=16))
def test_what_was_written_once_is_not_written_differently_again(typed: str) -> None:
    for read in (telephone, postcode):
        try:
            written = read(typed)
        except ValueError:
            continue
        assert read(written) == written
