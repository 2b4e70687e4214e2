"""A case may write one thing where others write a list, leave out what is empty, and say the same in other forms."""

from datetime import date, datetime

import pytest

from tests.specs.cases import TOKYO, moment
from tests.specs.town.words import listed


@pytest.mark.parametrize(
    ("written", "meant"), [(None, []), ("none", []), ([], []), ("loan", ["loan"]), (["loan"], ["loan"]), (7, [7])]
)
def test_one_thing_is_a_list_of_one_and_nothing_is_a_list_of_none(written: object, meant: list[object]) -> None:
    assert listed(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-20T00:00",
        "2026-05-20T00:00:00+09:00",
        "2026-05-19T15:00Z",
        date(2026, 5, 20),
        datetime(2026, 5, 20),
        datetime(2026, 5, 20, tzinfo=TOKYO),
    ],
)
def test_a_moment_is_local_time_however_it_is_written(written: str | date) -> None:
    assert moment(written) == datetime(2026, 5, 20, tzinfo=TOKYO)
    assert moment(written).date() == date(2026, 5, 20)
