"""A day of birth as people write it."""

from datetime import date

import pytest

from fumikura.kernel.days import day_written, years_written

WAYS = ["1985-04-03", "1985/4/3", "1985.4.3", "1985年4月3日", "１９８５年４月３日", "19850403", "昭和60年4月3日"]


@pytest.mark.parametrize("written", [*WAYS, "昭和６０年 4月 3日", "S60.4.3", "s60-4-3", "昭60.4.3", " 1985ー4ー3 "])
def test_one_day_in_many_ways(written: str) -> None:
    assert day_written(written) == date(1985, 4, 3)


def test_the_first_year_of_an_era() -> None:
    assert day_written("平成元年1月8日") == date(1989, 1, 8)
    assert day_written("令和1年5月1日") == date(2019, 5, 1)
    assert day_written("大正15年1月2日") == date(1926, 1, 2)


@pytest.mark.parametrize(
    "written", ["", "きのう", "60年4月3日", "昭和0年1月1日", "1985-13-01", "19851301", "昭和六十年"]
)
def test_what_is_no_day(written: str) -> None:
    assert day_written(written) is None


def test_years_and_tens_of_years_are_read_in_eras_too() -> None:
    assert years_written("昭和２０年") == years_written("1945年") == (1945, 1945)
    assert years_written("令和元年") == (2019, 2019)
    assert years_written("1990年代") == (1990, 1999)
    assert years_written("昭和50年代") == (1975, 1984)
    assert [years_written(text) for text in ("45年", "昭和0年", "1995年代", "昭和", "百年")] == [None] * 5
