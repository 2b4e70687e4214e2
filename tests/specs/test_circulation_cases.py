"""The published circulation cases, played. A case with a word that this town does not understand fails and names it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from fumikura.circulation.rules.states import MOVES
from tests.specs import pure
from tests.specs.cases import all_cases, moment, steps
from tests.specs.town.founding import founded
from tests.specs.town.nevers import happened
from tests.specs.town.playing import Town, same
from tests.specs.town.words import listed

pytestmark = pytest.mark.shared_data
CASES = all_cases()


def is_pure(case: dict[str, Any]) -> bool:
    return steps(case)[0]["verb"] in pure.VERBS


@pytest.fixture(scope="module")
def town_stands(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), founded():
        yield


@pytest.mark.skipif(not CASES, reason="the published cases are not here: domain/cases (set FUMIKURA_SHARED)")
def test_there_are_320_cases() -> None:
    assert len(CASES) == 320


@pytest.mark.parametrize("case", [case for case in CASES if is_pure(case)], ids=lambda case: case["id"])
def test_case_without_rows(case: dict[str, Any]) -> None:
    assert pure.play(case) == case["then"], case["title"]


@pytest.mark.django_db
@pytest.mark.parametrize("case", [case for case in CASES if not is_pure(case)], ids=lambda case: case["id"])
def test_case(case: dict[str, Any], town_stands: None) -> None:
    town = Town()
    town.lay_out(case)
    compare(case, town.play(case), town)
    assert town.moves <= MOVES, town.moves - MOVES


def compare(case: dict[str, Any], actual: dict[str, Any], town: Town) -> None:
    then, title = case["then"], case["title"]
    assert not [never for never in listed(then.get("never")) if happened(never, actual, town)], title
    if "refused" in then or "refused" in actual:
        assert actual.get("refused") == sorted(listed(then.get("refused"))), title
        assert actual.get("offer", []) == then.get("offer", []), title
        if "items" in then:
            assert town.rows() == expected_rows(then["items"]), title
        return
    assert same(listed(then.get("journal")), actual["journal"]), (title, actual["journal"])
    assert same(listed(then.get("staff")), actual["staff"]), (title, actual["staff"])
    assert actual["items"] == expected_rows(then.get("items", {})), title
    assert {name: sorted(codes) for name, codes in actual["patron"].items()} == {
        name: sorted(listed(codes)) for name, codes in then.get("patron", {}).items() if codes
    }, title
    assert actual["holds"] == then.get("holds", {}), title
    assert actual["blocks"] == then.get("blocks", {}), title
    if "order" in then:
        assert actual["order"] == then["order"], title
    if "pickups" in then:
        assert {name: town.pickup(name) for name in then["pickups"]} == then["pickups"], title
    for key in (
        "next",
        "would_refuse",
        "position",
        "pick_list",
        "explains",
        "counts",
        "arrives",
        "lines",
        "refused_kinds",
        "onward",
    ):
        assert actual.get(key) == then.get(key), (title, key)
    told = {name: codes for name, codes in then.get("refused_items", {}).items() if codes}
    assert actual.get("refused_items", {}) == told, title
    for name, line in then.get("queue", {}).items():
        assert town.queue(name, last_day(case)) == line, title
    for name, day in then.get("returned_on", {}).items():
        assert town.returned_on(name) == day, title
    for name in actual["items"]:
        assert not town.leads_to_a_reader(name), title
    compare_beside(then, town)


def expected_rows(items: dict[str, Any]) -> dict[str, Any]:
    return {name: {key: value for key, value in row.items() if key not in BESIDE} for name, row in items.items()}


BESIDE = {"at", "parts", "location", "call_number", "added", "sent", "rules_version", "shifted_from", "desk"}
"""Facts that may stand beside a row: a case need not repeat them, and those it names are looked at one by one."""


def last_day(case: dict[str, Any]) -> date:
    return moment(steps(case)[-1]["at"]).date()


def compare_beside(then: dict[str, Any], town: Town) -> None:
    for name, row in then.get("items", {}).items():
        told = {key: value for key, value in row.items() if key in BESIDE}
        assert {key: town.beside(name, key) for key in told} == told, name
