"""巡回文庫: which set is where, and how it gets to the next stop."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fumikura.circulation import services as circulation
from fumikura.circulation.models import RotatingItem, Rotation
from fumikura.circulation.rules.rotating import last_day, move_day, stop_of, turn_on
from fumikura.holdings.models import Deposit
from fumikura.holdings.services import withdraw_item
from fumikura.kernel.refusals import Refused
from tests import cast
from tests.cast import AT, SYSTEM, TODAY, chuo, facility, kita
from tests.circulation.cast import at_desk, item
from tests.web.desk.conftest import enter


@given(st.integers(0, 400), st.integers(1, 104), st.integers(1, 6), st.integers(2, 6))
def test_no_two_sets_stand_at_one_stop_and_every_day_belongs_to_one_turn(
    days: int, weeks: int, sets: int, stops: int
) -> None:
    first = date(2026, 4, 1)
    day = first + timedelta(days=days)
    turn = turn_on(day, first_on=first, weeks=weeks)
    assert move_day(turn, first_on=first, weeks=weeks) <= day <= last_day(turn, first_on=first, weeks=weeks)
    names = [f"S{number}" for number in range(stops)]
    places = [stop_of(names, number=number, turn=turn) for number in range(1, min(sets, stops) + 1)]
    assert len(set(places)) == len(places)


def test_before_the_first_day_nothing_has_moved() -> None:
    assert turn_on(date(2026, 3, 31), first_on=date(2026, 4, 1), weeks=8) == -1


def rotation(sets: list[list[str]], **facts: object) -> Rotation:
    facility("MINAMI", "南図書館")
    fields = {"stops": ["KITA", "MINAMI"], "first_on": TODAY, "weeks": 8, **facts}
    return circulation.write_rotation(
        code="EHON", name="えほん巡回", sets=sets, by=at_desk(), at=AT, **fields
    )  # fmt: skip


@pytest.mark.django_db
def test_a_set_goes_where_its_turn_says_and_on_when_the_weeks_are_over() -> None:
    kita()
    book = item("30000017")
    rotation([["30000017"]])
    assert circulation.turn_rotations(by=at_desk(), at=AT) == 1
    assert circulation.turn_rotations(by=at_desk(), at=AT) == 0
    assert [one.barcode for one in circulation.to_move_on(chuo())] == ["30000017"]
    assert circulation.check_in(item=book, by=at_desk(), at=AT).stop.to == "KITA"
    assert circulation.to_move_on(chuo()) == []
    circulation.check_in(item=book, by=at_desk("KITA"), at=AT + timedelta(days=1))
    assert circulation.to_move_on(kita()) == []
    later = AT + timedelta(weeks=8)
    assert circulation.turn_rotations(by=at_desk(), at=later) == 1
    assert [one.barcode for one in circulation.to_move_on(kita())] == ["30000017"]
    assert circulation.check_in(item=book, by=at_desk("KITA"), at=later).stop.to == "MINAMI"
    again = AT + timedelta(weeks=16)
    circulation.check_in(item=book, by=at_desk("MINAMI"), at=later + timedelta(days=1))
    circulation.turn_rotations(by=at_desk(), at=again)
    assert circulation.check_in(item=book, by=at_desk("MINAMI"), at=again).stop.to == "KITA"


@pytest.mark.django_db
def test_an_ended_rotation_sends_everything_home() -> None:
    kita()
    book = item("30000017")
    row = rotation([["30000017"]])
    circulation.turn_rotations(by=at_desk(), at=AT)
    circulation.check_in(item=book, by=at_desk("KITA"), at=AT)
    circulation.end_rotation(rotation=row, by=at_desk(), at=AT)
    assert not Deposit.objects.filter(ended_at=None).exists()
    assert circulation.check_in(item=book, by=at_desk("KITA"), at=AT).stop.to == "CHUO"


@pytest.mark.django_db
def test_a_rotation_ended_by_mistake_goes_on_where_it_was() -> None:
    kita()
    book, gone = item("30000017"), item("30000025")
    row = rotation([["30000017"], ["30000025"]])
    circulation.turn_rotations(by=at_desk(), at=AT)
    sets = circulation.end_rotation(rotation=row, by=at_desk(), at=AT)
    withdraw_item(gone, reason="worn", by=SYSTEM, at=AT)
    row.refresh_from_db()
    circulation.resume_rotation(rotation=row, sets=sets, by=at_desk(), at=AT)
    assert circulation.turn_rotations(by=at_desk(), at=AT) >= 1
    assert circulation.check_in(item=book, by=at_desk(), at=AT).stop.to == "KITA"
    assert list(RotatingItem.objects.values_list("item", flat=True)) == [book.pk]
    row.refresh_from_db()
    with pytest.raises(Refused, match="not-undoable"):
        circulation.resume_rotation(rotation=row, sets=sets, by=at_desk(), at=AT)


@pytest.mark.django_db
def test_a_book_is_in_one_set_only_and_a_plan_needs_two_stops() -> None:
    kita(), item("30000017")
    with pytest.raises(Refused) as refused:
        rotation([["30000017"], ["30000017"]])
    assert [one.kind for one in refused.value.reasons] == ["item-in-other-set"]
    with pytest.raises(Refused) as refused:
        rotation([["30000017"]], stops=["KITA"])
    assert [one.kind for one in refused.value.reasons] == ["rotation-incomplete"]


@pytest.mark.django_db
def test_the_plan_is_made_and_read_in_the_office(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    kita(), facility("MINAMI", "南図書館"), item("30000017"), item("30000025")
    manager = enter(client, cast.staff("shimizu", "circulation.set-route"))
    assert "巡回文庫はまだありません" in manager.get("/office/rotations").content.decode()
    form = {
        "code": "EHON", "name": "えほん巡回", "first_on": "2026-05-20", "weeks": "8",
        "stop0": "KITA", "set0": "30000017", "stop1": "MINAMI", "set1": "30000025", "request_key": "k",
    }  # fmt: skip
    page = manager.post("/office/rotations", form, follow=True).content.decode()
    assert "「えほん巡回」を保存しました" in page and "7月15日（水）" in page and "2組（1冊）" in page
    assert Deposit.objects.filter(ended_at=None).count() == 2
    assert "30000025" in manager.get("/office/rotations?code=EHON").content.decode()
    wrong = manager.post("/office/rotations", {**form, "weeks": "often", "request_key": "w"})
    assert wrong.status_code == 422 and "えほん巡回" in wrong.content.decode()
    page = manager.post("/office/rotations", {"end": "EHON", "request_key": "e"}, follow=True).content.decode()
    assert "終えました" in page and 'name="undo" value="e"' in page
    assert Deposit.objects.filter(ended_at=None).count() == 0
    page = manager.post("/office/rotations", {"undo": "e", "request_key": "u"}, follow=True).content.decode()
    assert "「えほん巡回」をまた始めました" in page and "2組（1冊）" in page and 'name="undo"' not in page
    assert Deposit.objects.filter(ended_at=None).count() == 2
    assert manager.post("/office/rotations", {"undo": "e", "request_key": "u2"}).status_code == 422
