"""Numbers in titles, in every writing."""

import pytest

from fumikura.discovery.numerals import kanji_number, number_of, spelled_number, volume_numbers, with_other_numerals


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("第3巻", {"第三巻"}),
        ("一九八四年", {"1984年", "千九百八十四年"}),
        ("100年", {"百年", "一〇〇年"}),
        ("千一夜", {"1001夜", "一〇〇一夜"}),
        ("007", {"七"}),
        ("こころ", set()),
        ("資料編ii", {"資料編2", "資料編二"}),
        ("資料編2", {"資料編ii", "資料編二"}),
        ("資料編xyz", set()),
    ],
)
def test_a_number_is_also_looked_for_in_its_other_writings(text: str, others: set[str]) -> None:
    assert set(with_other_numerals(text)) == others


def test_a_number_alone_may_be_that_of_a_volume() -> None:
    assert volume_numbers("第三巻") == ("3", "iii", "三", "第三", "三巻")
    assert volume_numbers("iii") == ("3", "三", "第三", "三巻")
    assert volume_numbers("v") == () == volume_numbers("0") == volume_numbers("三四郎")


@pytest.mark.parametrize("number", [1, 10, 11, 20, 99, 100, 101, 110, 999, 1000, 2026, 9999])
def test_what_is_written_in_kanji_is_read_back(number: int) -> None:
    assert number_of(kanji_number(number)) == number == number_of(spelled_number(number))


def test_what_is_no_number_is_none() -> None:
    assert number_of("十千") is None
    assert number_of("二三十") is None
    assert number_of("") is None
