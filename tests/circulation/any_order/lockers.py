"""予約ロッカー at the station: laid behind a door, opened with the code, collected or forgotten, taken out again."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from fumikura.circulation.models import LockerStay
from fumikura.holdings.models import Item
from tests.circulation.any_order.game import Game, items, numbers
from tests.circulation.any_order.town import DOORS, STATION


class Lockers(Game):
    @rule(which=items)
    def bring(self, which: int) -> None:
        self.act(services.bring_to_locker, item=self.item(which), facility=self.town.places[STATION], where=STATION)

    @rule(number=numbers)
    def behind_a_door(self, number: int) -> None:
        if ready := sorted(self.before.places):
            item = Item.objects.get(pk=ready[number % len(ready)])
            self.act(services.fill_locker, item=item, facility=self.town.places[STATION], where=STATION)

    def stay(self, number: int) -> LockerStay | None:
        open_now = list(LockerStay.objects.open().order_by("pk"))
        return open_now[number % len(open_now)] if open_now else None

    @rule(number=numbers)
    def open_the_door(self, number: int) -> None:
        """Every other reader is slow: other things happen before the machine says that the door is empty."""
        stay = self.stay(number)
        if stay is None or not stay.code:
            return
        place = self.town.places[STATION]
        opened = self.act(services.open_locker, code=stay.code, facility=place, where=STATION, door="locker")
        if opened is not None and number % 2:
            self.look_around()
            self.act(services.collect_from_locker, stay=opened, where=STATION, door="locker")

    @rule(number=numbers)
    def find_the_door_empty(self, number: int) -> None:
        stay = self.stay(number)
        if stay is not None and stay.opened_at is not None:
            self.act(services.collect_from_locker, stay=stay, where=STATION, door="locker")

    @rule(number=numbers)
    def take_out(self, number: int) -> None:
        if stay := self.stay(number):
            self.act(services.take_out_of_locker, stay=stay, where=STATION)

    @rule(number=st.integers(1, DOORS), luck=numbers)
    def a_door_sticks(self, number: int, luck: int) -> None:
        fault = "開かない" if luck == 0 else ""
        self.act(services.note_door, facility=self.town.places[STATION], number=number, fault=fault, where=STATION)
