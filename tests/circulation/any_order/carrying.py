"""Between sites: journeys begun by hand, crates and what lies in them."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from fumikura.circulation.models import Crate
from tests.circulation.any_order.game import Game, items, numbers, sites


class Carrying(Game):
    @rule(which=items, where=sites, to=sites, purpose=st.sampled_from(["relocate", "home"]))
    def send(self, which: int, where: int, to: int, purpose: str) -> None:
        if where != to:
            place = self.town.places[to]
            self.act(services.send, item=self.item(which), to=place, purpose=purpose, where=where)

    @rule(which=items, number=st.integers(0, 2), where=sites)
    def pack(self, which: int, number: int, where: int) -> None:
        self.act(services.pack, item=self.item(which), crate=f"BOX-{number}", where=where)

    @rule(which=items, number=numbers, where=sites, what=st.sampled_from(["send", "receive", "unpack", "close"]))
    def carry(self, which: int, number: int, where: int, what: str) -> None:
        crates = list(Crate.objects.open().order_by("pk"))
        if not crates:
            return
        crate = crates[number % len(crates)]
        if what == "unpack":
            self.act(services.unpack, item=self.item(which), crate=crate, where=where)
        else:
            verbs = {"send": services.send_crate, "receive": services.receive_crate, "close": services.close_crate}
            self.act(verbs[what], crate=crate, where=where)

    @rule(number=numbers, where=sites)
    def unpack_all(self, number: int, where: int) -> None:
        """At a 図書館ターミナル one scan receives the whole crate."""
        crates = list(Crate.objects.open().order_by("pk"))
        if crates:
            self.act(services.receive_whole_crate, crate=crates[number % len(crates)], where=where)

    @rule(which=items, where=sites)
    def take_back_into_a_crate(self, which: int, where: int) -> None:
        self.act(services.return_into_crate, item=self.item(which), facility=self.town.places[where], where=where)
