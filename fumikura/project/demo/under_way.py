"""Work that is half done: crates in the van, a shelf to clear, a stocktake, things that leave the stock, sets for classes and for rooms."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, islice

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Allotment, ShelfPlace, Transit
from fumikura.circulation.queries import states_of
from fumikura.holdings.models import Item, ShelvingLocation
from fumikura.holdings.services.sets import make_set
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility, User
from fumikura.project.demo.files import dice
from fumikura.project.demo.network import STOPS
from fumikura.project.demo.past import Stage, shown
from fumikura.stocktake import services as stocktake
from fumikura.stocktake.rules.order import shelf_key

CLEARED = 2
UNREAD = 4
LEAVING = 9
SET_SIZE = 6
DOORS = 8
ROUND = ("MINASEDAI", "MATSUBARA", "YAMATE", "SHINDEN")
ROUND_SETS, ROUND_SIZE, ROUND_WEEKS = 3, 5, 8
"""図書室めぐり文庫: so many sets of so many books move on after so many weeks; they moved last a week ago."""
SETS = (("7000000018", "国語6年 宮沢賢治を読む", "DAISAN-SHO"), ("7000000025", "総合 水瀬川と環境", "DAIICHI-SHO"))


def begin_work(stage: Stage, *, at: datetime) -> None:
    chuo = stage.places["CHUO"]
    fill_crates(stage, at=at)
    leave_on_hold_shelf(stage, chuo, at=at)
    free = _standing_free(stage, chuo, at=at)
    promise_sets(stage, chuo, free, at=at)
    let_leave(stage, chuo, free, at=at)
    send_round(stage, chuo, free, at=at)
    count_shelves(stage, chuo, at=at)
    locker = stage.places["LOCKER"]
    circulation.set_up_locker(facility=locker, doors=DOORS, by=stage.acting(locker), at=at)


def fill_crates(stage: Stage, *, at: datetime) -> None:
    """One crate is in the van, one is being filled, and one is on its way to 中央."""
    for number, code in enumerate(("CHUO", "KITA"), start=1):
        here = stage.acting(stage.places[code])
        rows = (
            Transit.objects.open()
            .filter(origin__code=code, destination__code__in=STOPS)
            .select_related("item", "destination")
        )
        by_way = groupby(rows.order_by("destination__code", "pk"), key=lambda row: row.destination.code)
        for turn, (_code, going) in enumerate(islice(by_way, 2), start=1):
            crate = None
            for row in going:
                crate = circulation.pack(item=row.item, crate=f"HAKO-{number}{turn}", by=here, at=at)
            if crate and turn == 1:
                circulation.send_crate(crate=crate, by=here, at=at)


def leave_on_hold_shelf(stage: Stage, place: Facility, *, at: datetime) -> None:
    """Some of those who waited want their books no longer: the shelf has to be cleared."""
    here = stage.acting(place)
    lying = ShelfPlace.objects.open().filter(facility=place).exclude(ready_on=None).values("item")
    for one in Allotment.objects.open().filter(item__in=lying).select_related("title__hold").order_by("pk")[:CLEARED]:
        with suppress(Refused):
            circulation.cancel_hold(hold=one.title.hold, by=here, at=at)


def _standing_free(stage: Stage, place: Facility, *, at: datetime) -> Iterator[Item]:
    rows = [item for item in stage.items[shown() :] if item.home_id == place.pk and not item.reference_only]
    states = states_of(rows, at)
    free = [item for item in rows if states[item.pk].kind == "on-shelf" and not states[item.pk].is_promised]
    dice("free copies").shuffle(free)
    return iter(free)


def promise_sets(stage: Stage, place: Facility, free: Iterator[Item], *, at: datetime) -> None:
    """学級セット: one is promised to a school for the next month, one stands there for the term."""
    here, made = stage.acting(place), []
    for number, name, _school in SETS:
        items = list(islice(free, SET_SIZE))
        made.append(make_set(number=number, name=name, home=place, items=items, by=here, at=at))
    first, last = stage.today + timedelta(days=21), stage.today + timedelta(days=50)
    promised, deposit = (stage.places[school] for _number, _name, school in SETS)
    with suppress(Refused):
        circulation.book_set(set=made[0], facility=promised, first_on=first, last_on=last, by=here, at=at)
    with suppress(Refused):
        circulation.place_set(set=made[1], facility=deposit, until=last, by=here, at=at)


def let_leave(stage: Stage, place: Facility, free: Iterator[Item], *, at: datetime) -> None:
    """除籍: some proposed, some approved by a second person for the citizens' day."""
    manager = User.objects.filter(username="shimizu").values_list("pk", flat=True).first()
    here, other = stage.acting(place), replace(stage.acting(place), ref=f"staff:{manager}")
    proposals = stocktake.propose_withdrawal(
        items=list(islice(free, LEAVING)), reason="double", way_out="recycling", by=here, at=at - timedelta(days=2)
    )
    for one in proposals[: LEAVING * 2 // 3]:
        with suppress(Refused):
            stocktake.approve_withdrawal(proposal=one, by=other, at=at - timedelta(days=1))
    stocktake.set_recycling_day(
        facility=place, name="秋のリサイクル市", held_on=stage.today + timedelta(days=24), by=here, at=at
    )


def send_round(stage: Stage, place: Facility, free: Iterator[Item], *, at: datetime) -> None:
    """巡回文庫: of three sets one has arrived, one is on its way, and one is still to be fetched from the shelves."""
    here = stage.acting(place)
    books = (item for item in free if item.material == "book" and not item.in_house_only)
    sets = [list(islice(books, ROUND_SIZE)) for _ in range(ROUND_SETS)]
    circulation.write_rotation(
        code="MEGURI",
        name="図書室めぐり文庫",
        stops=ROUND,
        first_on=stage.today - timedelta(weeks=ROUND_WEEKS + 1),
        weeks=ROUND_WEEKS,
        sets=[[item.barcode for item in one] for one in sets],
        by=here,
        at=at,
    )
    circulation.turn_rotations(by=here, at=at)
    arrived, travelling, _waiting = sets
    for item in (*arrived, *travelling):
        circulation.check_in(item=item, by=here, at=at)
    # It began at the first stop and has moved on once.
    stop = stage.acting(stage.places[ROUND[1]])
    for item in arrived:
        circulation.check_in(item=item, by=stop, at=at)


def count_shelves(stage: Stage, place: Facility, *, at: datetime) -> None:
    """蔵書点検: one shelf is being read, one was read and what was not found is being searched."""
    here = stage.acting(place)
    for turn, location in enumerate(_full_shelves(place)):
        began = at - timedelta(days=3 * turn, hours=2)
        one = stocktake.open_stocktake(facility=place, location=location, by=here, at=began)
        read = _as_read(stage, place, location, at=at)
        stocktake.take_batch(
            stocktake=one, numbers=read, key=f"demo-{turn}", shelf=f"{location.name} 1番の棚", by=here, at=began
        )
        if turn:
            stocktake.finish_counting(stocktake=one, by=here, at=began + timedelta(hours=1))
            for round_ in range(1, 3):
                stocktake.look_in_vain(stocktake=one, by=here, at=began + timedelta(hours=round_ + 1))


def _full_shelves(place: Facility) -> list[ShelvingLocation]:
    return list(ShelvingLocation.objects.filter(facility=place, code__in=("children", "picture")).order_by("-code"))


def _as_read(stage: Stage, place: Facility, location: ShelvingLocation, *, at: datetime) -> Sequence[str]:
    """The shelf in its order, but for some that were not read, one that stands elsewhere and a stranger among them."""
    rows = [item for item in stage.items if item.location_id == location.pk and item.home_id == place.pk]
    states = states_of(rows, at)
    standing = [item for item in rows if states[item.pk].kind == "on-shelf"]
    standing.sort(key=lambda item: (shelf_key(item.call_number), item.barcode))
    read = [item.barcode for item in standing][: -UNREAD or None]
    read.insert(len(read) // 2, read.pop(0))
    strangers = [item.barcode for item in stage.items if item.home_id != place.pk]
    return [*read, strangers[-1]]
