"""One honest line for all copies of a title."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fumikura.circulation.queries import ItemState
from fumikura.web.opac.availability import standing_of, standing_of_copy

TODAY = date(2026, 5, 20)
NAMES = {"CHUO": "中央図書館", "KITA": "北図書館", "MINAMI": "南図書館"}


def state(kind: str = "on-shelf", facility: str = "CHUO", **facts: object) -> ItemState:
    return ItemState(kind=kind, facility=facility, **facts)


def line(*states: ItemState) -> tuple[str, str]:
    standing = standing_of(states, NAMES, TODAY)
    return standing.kind, standing.words


def test_a_copy_on_the_shelf_is_named_with_its_place() -> None:
    assert line(state()) == ("here", "中央図書館の棚にあるはずです")


def test_several_places_are_counted_as_places_not_as_copies() -> None:
    assert line(state(), state(), state(facility="KITA")) == ("here", "中央図書館ほか1館の棚にあるはずです")


def test_a_copy_on_loan_says_when_it_is_due() -> None:
    assert line(state("on-loan", due_on=date(2026, 6, 3))) == ("wait", "貸出中・6月3日（水）まで")


def test_the_nearest_honest_date_is_given_not_one_that_has_passed() -> None:
    late, coming = state("on-loan", due_on=date(2026, 5, 1)), state("on-loan", due_on=date(2026, 5, 28))
    assert line(late, coming) == ("wait", "貸出中・5月28日（木）まで")
    assert line(late) == ("wait", "貸出中（返す日をすぎています）")


def test_a_copy_that_is_only_read_here_is_not_called_available() -> None:
    assert line(state(reference_only=True)) == ("none", "中央図書館の館内で読めます")


def test_a_copy_that_is_fetched_for_a_hold_is_neither_here_nor_to_be_read_here() -> None:
    promised = state(is_promised=True)
    told = "予約の方のために、棚から取り出すところです"
    assert line(promised) == ("wait", told)
    assert standing_of_copy(promised, NAMES, TODAY).words == told
    assert line(promised, state(facility="KITA"))[0] == "here"


def test_a_copy_to_read_here_is_told_beside_the_one_on_loan() -> None:
    standing = standing_of([state(reference_only=True), state("on-loan", due_on=date(2026, 6, 3))], NAMES, TODAY)
    assert (standing.kind, standing.figures) == ("wait", "中央図書館の館内で読めます")


def test_a_journey_is_named_with_its_end() -> None:
    assert line(state("in-transit", "KITA", destination="CHUO")) == ("near", "中央図書館へ運んでいます")


def test_a_copy_on_a_shelf_that_nobody_can_get_at_is_not_said_to_be_there() -> None:
    resting = state(is_resting=True)
    assert standing_of([resting], NAMES, TODAY).words == "中央図書館の工事や移転のあいだは、利用できません"
    assert standing_of_copy(resting, NAMES, TODAY).kind == "none"
    assert standing_of([resting, state("on-loan", due_on=date(2026, 6, 3))], NAMES, TODAY).kind == "wait"


def test_nothing_is_promised_of_missing_withdrawn_or_no_copies() -> None:
    assert line(state("missing")) == ("none", "見あたらず、さがしています")
    assert line(state("withdrawn")) == line() == ("none", "所蔵の登録はありません")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (state(), ("here", "棚にあるはずです", "")),
        (state(reference_only=True), ("none", "館内で読めます", "")),
        (state("on-loan", due_on=date(2026, 6, 3)), ("wait", "貸出中", "6月3日（水）まで")),
        (state("on-loan", due_on=date(2026, 5, 19)), ("wait", "貸出中", "返す日をすぎています")),
        (state("on-loan", due_on=date(2026, 6, 3), is_received=True), ("near", "返ってきて、棚に戻すところです", "")),
        (state("in-transit", "KITA", destination="CHUO"), ("near", "中央図書館へ運んでいます", "")),
        (state("set-aside"), ("near", "手入れや準備をしています", "")),
        (state("on-hold-shelf"), ("near", "取り置いています", "")),
        (state("missing"), ("none", "見あたらず、さがしています", "")),
        (state("withdrawn"), ("none", "いまはありません", "")),
    ],
)
def test_each_copy_has_its_line(one: ItemState, expected: tuple[str, str, str]) -> None:
    standing = standing_of_copy(one, NAMES, TODAY)
    assert (standing.kind, standing.words, standing.figures) == expected


def seen(days: int, **facts: object) -> ItemState:
    return state(last_seen_at=datetime(2026, 5, 20, 1, tzinfo=UTC) - timedelta(days=days), **facts)


def test_a_copy_that_should_be_there_says_when_it_was_last_seen() -> None:
    assert standing_of_copy(seen(3), NAMES, TODAY).words == "棚にあるはずです（3日前に確認）"
    assert standing_of_copy(seen(0), NAMES, TODAY).words == "棚にあるはずです（きょう確認）"
    assert standing_of_copy(seen(150), NAMES, TODAY).words == "棚にあるはずです（5か月前に確認）"
    assert line(seen(400), seen(9, facility="KITA"))[1] == "中央図書館ほか1館の棚にあるはずです（9日前に確認）"


def test_a_copy_that_nobody_has_seen_for_years_or_was_searched_in_vain_is_not_promised() -> None:
    for doubtful in (seen(1000), seen(3, searched_in_vain=1)):
        standing = standing_of_copy(doubtful, NAMES, TODAY)
        assert (standing.kind, standing.words) == ("none", "しばらく確認されていません — 係におたずねください")
        assert line(doubtful) == ("none", "中央図書館：しばらく確認されていません — 係におたずねください")
    assert line(seen(1000), seen(3, facility="KITA")) == ("here", "北図書館の棚にあるはずです（3日前に確認）")
