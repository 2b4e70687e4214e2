"""Our own cases come out as they are written down, and the page that tells them is the one in docs/reference."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fumikura.circulation.rules.states import MOVES
from tests.circulation.own_cases.play import play, play_without_rows, world
from tests.circulation.own_cases.told import page
from tests.circulation.own_cases.written import OUTCOMES, cases, outcomes, read, told_cases
from tests.specs import pure
from tests.specs.cases import steps
from tests.specs.test_circulation_cases import compare
from tests.specs.town.founding import founded

pytestmark = pytest.mark.django_db
PAGE = Path("docs/reference/circulation-cases.md")


@pytest.fixture(scope="module")
def town_stands(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), founded(world()):
        yield


TOLD = told_cases()
SHORT = [case for case in cases() if "then" not in case]


def is_pure(case: dict[str, Any]) -> bool:
    return steps(case)[0]["verb"] in pure.VERBS


@pytest.mark.parametrize("case", [one for one in TOLD if is_pure(one)], ids=lambda case: case["id"])
def test_a_case_without_rows_comes_out_as_told(case: dict[str, Any]) -> None:
    assert play_without_rows(case) == case["then"], case["title"]


@pytest.mark.parametrize("case", [one for one in TOLD if not is_pure(one)], ids=lambda case: case["id"])
def test_the_case_comes_out_as_told(case: dict[str, Any], town_stands: None) -> None:
    outcome, town = play(case)
    nothing = {"items": {}, "holds": {}, "journal": [], "blocks": {}, "staff": [], "patron": {}}
    compare(case, {**nothing, **outcome}, town)
    assert town.moves <= MOVES, town.moves - MOVES


@pytest.mark.parametrize("case", SHORT, ids=lambda case: case["id"])
def test_the_case_comes_out_as_written(case: dict[str, Any], town_stands: None, request: pytest.FixtureRequest) -> None:
    outcome, town = play(case)
    plain = yaml.safe_load(yaml.safe_dump(outcome))
    if request.config.getoption("--write-outcomes", default=False):
        OUTCOMES.write_text(
            yaml.safe_dump({**read.__wrapped__("outcomes.yaml"), case["id"]: plain}, allow_unicode=True, width=120)
        )
        return
    assert plain == outcomes()[case["id"]]
    assert town.moves <= MOVES


def test_every_case_has_its_outcome_and_its_sentence() -> None:
    assert {case["id"] for case in cases()} == set(outcomes())
    assert PAGE.read_text() == page(), "python -m tests.circulation.own_cases.told writes it anew"
