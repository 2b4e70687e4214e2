"""Pure rules: the order of a shelf, verdicts, ghosts, presence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.holdings.rules import presence
from fumikura.stocktake.rules.leaving import Leaving, objections_to_approval
from fumikura.stocktake.rules.order import RFID_HANDS, out_of_order, shelf_key
from fumikura.stocktake.rules.verdicts import Hearing, Sight, ghost_score, verdict

NOW = datetime(2026, 5, 20, 1, tzinfo=UTC)

IN_ORDER = ["007/ア", "210.1/カ", "91/ナ", "913.6/ア", "913.6/ナ/2", "913.6/ナ/10", "913.6/ナ/上", "92/シ", "E/ア"]


def test_call_numbers_stand_as_on_the_shelf() -> None:
    shuffled = sorted(IN_ORDER, reverse=True)
    assert sorted(shuffled, key=shelf_key) != shuffled
    by_key = sorted(["913.6/ナ/10", "92/シ", "913.6/ナ/2", "91/ナ", "913.6/ア"], key=shelf_key)
    assert by_key == ["91/ナ", "913.6/ア", "913.6/ナ/2", "913.6/ナ/10", "92/シ"]


def test_volumes_in_words_stand_as_upper_middle_lower() -> None:
    assert sorted(["913/ナ/下", "913/ナ/上", "913/ナ/中"], key=shelf_key) == ["913/ナ/上", "913/ナ/中", "913/ナ/下"]


def test_one_book_among_strangers_is_the_one_that_must_move() -> None:
    shelf = ["210/ア", "210/カ", "913.6/ナ", "210/サ", "210/タ"]
    assert [(one.place, one.goes_after) for one in out_of_order(shelf)] == [(2, "210/タ")]


def test_a_tag_reader_may_hear_a_neighbour_too_early() -> None:
    shelf = ["210/ア", "210/サ", "210/カ", "210/タ"]
    assert len(out_of_order(shelf)) == 1
    assert out_of_order(shelf, slack=RFID_HANDS) == ()


@given(st.lists(st.sampled_from(IN_ORDER), max_size=30))
def test_what_is_not_told_to_move_stands_in_order(shelf: list[str]) -> None:
    moving = {one.place for one in out_of_order(shelf)}
    rest = [shelf_key(number) for place, number in enumerate(shelf) if place not in moving]
    assert rest == sorted(rest)


@given(st.lists(st.text(alphabet="0123456789./アカナ上下E ", max_size=12), max_size=20))
def test_a_sorted_shelf_has_nobody_out_of_order_whatever_is_on_the_labels(labels: list[str]) -> None:
    assert out_of_order(sorted(labels, key=shelf_key)) == ()


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        ({}, "right"),
        ({"was_read_before": True}, "double"),
        ({"state": "on-loan"}, "on-loan"),
        ({"state": "on-loan", "is_received": True}, "received"),
        ({"state": "in-transit"}, "in-transit"),
        ({"state": "on-hold-shelf"}, "held"),
        ({"state": "withdrawn"}, "withdrawn"),
        ({"state": "missing"}, "found"),
        ({"stands_at": "KITA"}, "other-site"),
        ({"location": 9}, "other-place"),
        ({"location": None}, "right"),
        ({"is_in_range": False}, "other-range"),
        ({"stands_at": "KITA", "ghost_score": 95}, "ghost"),
        ({"stands_at": "KITA", "ghost_score": 60}, "other-site"),
    ],
)
def test_a_reading_means_what_staff_would_say(sight: dict[str, object], expected: str) -> None:
    facts = {"state": "on-shelf", "stands_at": "CHUO", "location": 1, **sight}
    assert verdict(Sight(**facts), here="CHUO", location=1) == expected


def test_only_radio_hears_through_boards_and_its_own_shelf_proves_it() -> None:
    def score(**facts: object) -> int:
        return ghost_score(Hearing(**{"by_radio": True, "belongs_here": False, **facts}), at=NOW)

    before = NOW - timedelta(minutes=4)
    assert score(heard_elsewhere_at=before, belonged_there=True) == 95
    assert score(heard_elsewhere_at=before) == 60
    assert score(heard_elsewhere_at=NOW - timedelta(hours=2), belonged_there=True) == 40
    assert score(neighbours_fit=False) == 10
    assert score(belongs_here=True, heard_elsewhere_at=before) == 0
    assert score(by_radio=False, heard_elsewhere_at=before, belonged_there=True) == 0


def test_what_is_said_of_a_copy_grows_less_sure_with_time() -> None:
    today = date(2026, 5, 20)

    def level(days: int | None, vain: int = 0) -> str:
        seen = today - timedelta(days=days) if days is not None else None
        return presence(seen_on=seen, searched_in_vain=vain, today=today).level

    assert [level(3), level(120), level(121), level(730), level(731)] == [
        "fresh", "fresh", "likely", "likely", "doubtful",
    ]  # fmt: skip
    assert (level(None), level(3, vain=1)) == ("unknown", "doubtful")


def test_nobody_approves_what_they_proposed_unless_the_house_is_small() -> None:
    both = Leaving(reason="worn", way_out="pulp", proposed_by="staff:1", decided_by="staff:1")
    (reason,) = objections_to_approval(both)
    assert (reason.code, reason.overridable_with) == ("withdrawal-own-proposal", "stocktake.approve-own")


def test_what_is_not_there_cannot_be_given_away() -> None:
    gone = Leaving(reason="missing", way_out="recycling", proposed_by="staff:1", decided_by="staff:2")
    assert [reason.code for reason in objections_to_approval(gone)] == ["withdrawal-not-there"]
