"""A pattern that would never end is stopped, and says so."""

import time

import pytest

from fumikura.catalogue.editing.operations import Operation, Unfit
from fumikura.catalogue.editing.patience import try_patterns


def replacing(find: str) -> list[Operation]:
    return [Operation(kind="replace", tag="245", code="a", find=find, text="x", pattern=True)]


def test_a_pattern_that_never_ends_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(Unfit) as unfit:
        try_patterns(replacing("(?:a|a|b?)(?:a|a)(?:(a|aa){1,40}){1,40}$"), ["a" * 60 + "!"], seconds=1.0)
    assert unfit.value.code == "slow-pattern" and time.monotonic() - began < 20


def test_one_that_is_quick_goes_through() -> None:
    try_patterns(replacing("第([0-9])巻"), ["資本論 第3巻"] * 2_000)
    try_patterns([], ["こころ"])
