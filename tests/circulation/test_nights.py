"""The night shift closes holds one by one: a night that is killed in the middle has done what it did, and goes on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from fumikura.circulation import services
from fumikura.circulation.models import Hold, Transit
from fumikura.circulation.services import movement
from fumikura.circulation.services.scene import Whereabouts
from fumikura.holdings.models import Item, Missing
from fumikura.journal.models import Entry
from tests import cast
from tests.cast import AT, SYSTEM, kita
from tests.circulation.cast import at_desk, item, kokoro

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """As if the process had been ended."""


def killed_at(event: str, time: int) -> Callable[..., Any]:
    """Ends everything when an entry of this event is written for the n-th time."""
    seen = 0

    def look(execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if event in str(params) and "INSERT" in statement:
            seen += 1
            if seen == time:
                raise Killed
        return execute(statement, params, many, context)

    return look


def held(number: int, **wish: object) -> Hold:
    """A hold of one of two readers for a copy of their own."""
    copy = item(f"3000020{number}")
    reader = cast.hanako() if number == 0 else cast.taro()
    want = services.Want((copy.record,), item=copy)
    return services.place_hold(patron=reader, want=want, pickup=cast.chuo(), by=at_desk(), at=AT, **wish)


def test_a_killed_night_has_expired_whole_holds_and_the_next_goes_on() -> None:
    kokoro()
    holds = [held(0), held(1)]
    for hold in holds:
        services.check_in(item=hold.titles.get().item, by=at_desk(), at=AT)
    night = AT + timedelta(days=30)
    with connection.execute_wrapper(killed_at("circulation.hold-expired", 2)), pytest.raises(Killed):
        services.expire_shelf(by=SYSTEM, at=night)
    assert sorted(Hold.objects.values_list("closed_as", flat=True)) == ["", "expired"]
    assert Entry.objects.filter(event="circulation.hold-expired").count() == 1
    assert services.expire_shelf(by=SYSTEM, at=night) == ["take-off-hold-shelf"]
    assert set(Hold.objects.values_list("closed_as", flat=True)) == {"expired"}


def test_a_killed_night_has_lapsed_whole_holds_and_the_next_goes_on() -> None:
    kokoro()
    for number in (0, 1):
        held(number, needed_by=AT.date())
    night = AT + timedelta(days=2)
    with connection.execute_wrapper(killed_at("circulation.hold-lapsed", 2)), pytest.raises(Killed):
        services.expire_holds(by=SYSTEM, at=night)
    assert sorted(Hold.objects.values_list("closed_as", flat=True)) == ["", "lapsed"]
    assert services.expire_holds(by=SYSTEM, at=night) == []
    assert set(Hold.objects.values_list("closed_as", flat=True)) == {"lapsed"}
    assert Entry.objects.filter(event="circulation.hold-lapsed").count() == 2


def test_a_killed_night_has_lost_whole_journeys_and_what_was_seen_meanwhile_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    books = [item(f"3000001{n}", home=kita()) for n in range(3)]
    for book in books:
        services.send(item=book, to=kita(), purpose="relocate", by=at_desk(), at=AT)
    night = AT + timedelta(days=30)
    with connection.execute_wrapper(killed_at("holdings.item-missing", 2)), pytest.raises(Killed):
        services.find_stuck(by=SYSTEM, at=night)
    assert list(Missing.objects.values_list("item", flat=True)) == [books[0].pk]
    look = movement.find

    def seen_at_the_last_moment(thing: Item) -> Whereabouts:
        Transit.objects.filter(item=books[1], seen_at=None).update(seen_at=night)
        return look(thing)

    monkeypatch.setattr(movement, "find", seen_at_the_last_moment)
    assert services.find_stuck(by=SYSTEM, at=night) == ["missing-in-transit"]
    assert list(Transit.objects.open().values_list("item", flat=True)) == [books[1].pk]
