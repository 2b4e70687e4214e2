"""A case with a word that nobody reads fails and names it; what must never be is looked at."""

from copy import deepcopy
from typing import Any

import pytest

from tests.specs import pure
from tests.specs.cases import all_cases, steps
from tests.specs.town.nevers import happened
from tests.specs.town.verbs import VERBS
from tests.specs.town.vocabulary import OF_VERBS, unknown_words

RETURN: dict[str, Any] = {
    "id": "A",
    "title": "A book comes back.",
    "given": {
        "items": {"K1": {"loan": "TARO", "lent": "2026-05-13", "due": "2026-05-27"}},
        "holds": {"H1": {"patron": "JIRO", "title": "R1", "pickup": "CHUO", "accepted": "2026-05-01T09:00"}},
    },
    "when": {"verb": "check_in", "item": "K1", "site": "CHUO", "at": "2026-05-20T10:00"},
    "then": {"items": {"K1": {"shelf": "CHUO"}}},
}


def with_word(path: str) -> dict[str, Any]:
    """The return with one more word, e.g. "given holds H1 colour"."""
    case = deepcopy(RETURN)
    *way, word = path.split()
    place: Any = case
    for name in way:
        place = place.setdefault(name, {})
    place[word] = "blue"
    return case


def test_a_case_of_known_words_has_none_that_is_unknown() -> None:
    assert unknown_words(RETURN, VERBS) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("given weather", "given weather"),
        ("given items K1 colour", "given row colour"),
        ("given holds H1 colour", "hold colour"),
        ("given holds H1 set colour", "set colour"),
        ("given patrons TARO colour", "fact colour"),
        ("given sites CHUO colour", "site colour"),
        ("given crates BOX colour", "crate colour"),
        ("given titles R1 colour", "title colour"),
        ("given rules loan colour", "rule loan.colour"),
        ("given rules counters bus colour", "counter colour"),
        ("given mode", "mode blue"),
        ("when colour", "check_in colour"),
        ("then colour", "then colour"),
        ("then items K1 colour", "row colour"),
    ],
)
def test_a_word_that_nobody_reads_is_named(path: str, said: str) -> None:
    assert unknown_words(with_word(path), VERBS) == [said]


def test_a_verb_that_nobody_plays_is_named() -> None:
    assert unknown_words({**RETURN, "when": {"verb": "paint"}}, VERBS) == ["verb paint"]


def test_every_verb_has_its_words() -> None:
    assert VERBS.keys() == OF_VERBS.keys()


def test_a_word_beside_rules_and_days_is_named() -> None:
    given = {"calendar": "MONDAY", "rules": {"period": 14, "colour": "blue"}}
    case = {"given": given, "when": {"verb": "due_date", "lent": "2026-05-20", "at": "noon"}}
    assert pure.unknown_words(case) == ["at", "colour"]


@pytest.mark.skipif(not all_cases(), reason="the published cases are not here: domain/cases (set FUMIKURA_SHARED)")
def test_every_published_word_is_known() -> None:
    of_rows = [case for case in all_cases() if steps(case)[0]["verb"] not in pure.VERBS]
    assert [case["id"] for case in of_rows if unknown_words(case, VERBS)] == []


@pytest.mark.parametrize(
    "never",
    [
        "event loan-made",
        "told send-home",
        "notice TARO hold-ready",
        "row shelf CHUO",
        "row transit K2",
        "row block TARO",
        "row allotted H1",
        "row loan HANAKO",
        "row transit KITA",
    ],
)
def test_what_must_never_be_is_found_when_it_has_come_to_be(never: str) -> None:
    actual = {
        "journal": ["loan-made"], "staff": ["send-home"], "patron": {"TARO": ["hold-ready"]},
        "items": {
            "K1": {"shelf": "CHUO", "allotted": "H1"}, "K2": {"transit": ["CHUO", "KITA"]},
            "K3": {"loan": "HANAKO", "lent": "2026-05-13", "due": "2026-05-27"},
        },
        "blocks": {"TARO": {}},
    }  # fmt: skip
    town: Any = None
    assert happened(never, actual, town)
    assert not happened(never, {"items": {"K2": {"shelf": "MINAMI"}}}, town)


@pytest.mark.parametrize("never", ["paint it", "row colour K1", "shown TARO somewhere"])
def test_what_must_never_be_in_words_that_nobody_knows_fails(never: str) -> None:
    town: Any = None
    with pytest.raises(AssertionError, match="not understood"):
        happened(never, {}, town)
