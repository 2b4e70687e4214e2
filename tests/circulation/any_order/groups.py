"""団体貸出 and 巡回文庫: a set lent, placed, promised, sent home; what a class lends on; books that move from stop to stop."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from fumikura.circulation.models import Rotation, SetBooking
from tests.circulation.any_order.game import WAYS_ROUND, Game, days, items, numbers, people, sites

SET_WAYS_ROUND = WAYS_ROUND | {"set-booked", "set-for-one-person"}


class Groups(Game):
    @rule(days=days, where=sites, dares=st.booleans())
    def lend_the_set(self, days: int, where: int, dares: bool) -> None:
        overriding = SET_WAYS_ROUND if dares else frozenset[str]()
        self.act(
            services.lend_set, set=self.town.box, patron=self.town.pupils, until=self.on + timedelta(days=days),
            overriding=overriding, where=where,
        )  # fmt: skip

    @rule(which=items, where=sites)
    def lend_to_the_class(self, which: int, where: int) -> None:
        self.act(services.check_out, item=self.item(which), patron=self.town.pupils, where=where)

    @rule(where=sites, by_mistake=st.booleans())
    def the_set_comes_back(self, where: int, by_mistake: bool) -> None:
        before = services.loans_before(self.town.box)
        if self.act(services.return_set, set=self.town.box, where=where) and by_mistake and before:
            self.look_around()
            self.act(services.undo_return_set, before=before, where=where)

    @rule(days=days, where=sites, to=sites, dares=st.booleans())
    def place_the_set(self, days: int, where: int, to: int, dares: bool) -> None:
        overriding = SET_WAYS_ROUND if dares else frozenset[str]()
        self.act(
            services.place_set, set=self.town.box, facility=self.town.places[to], until=self.on + timedelta(days=days),
            overriding=overriding, where=where,
        )  # fmt: skip

    @rule(where=sites, packs=st.booleans())
    def its_term_ends(self, where: int, packs: bool) -> None:
        self.act(services.send_set_home if packs else services.recall_set, set=self.town.box, where=where)

    @rule(first=days, days=days, to=sites, who=st.integers(0, 1))
    def promise_the_set(self, first: int, days: int, to: int, who: int) -> None:
        whom = {"facility": self.town.places[to]} if who else {"patron": self.town.pupils}
        first_on = self.on + timedelta(days=first)
        self.act(
            services.book_set, set=self.town.box, first_on=first_on, last_on=first_on + timedelta(days=days), **whom
        )

    @rule(number=numbers)
    def take_the_promise_back(self, number: int) -> None:
        open_now = list(SetBooking.objects.open().select_related("patron").order_by("pk"))
        if not open_now:
            return
        booking = open_now[number % len(open_now)]
        whose = booking.patron
        self.act(services.cancel_set_booking, booking=booking)
        if number % 2:
            self.look_around()
            self.act(services.restore_set_booking, booking=booking, patron=whose)

    @rule(which=items, comes_back=st.booleans())
    def the_class_lends_on(self, which: int, comes_back: bool) -> None:
        if comes_back:
            self.act(services.take_back_onward, item=self.item(which))
        else:
            self.act(services.lend_on, item=self.item(which), holder="たろう")

    @rule(which=items, weeks=st.integers(1, 3), ends=st.booleans())
    def books_go_round(self, which: int, weeks: int, ends: bool) -> None:
        rotation = Rotation.objects.first()
        if ends and rotation:
            sets = self.act(services.end_rotation, rotation=rotation)
            if sets and which % 2:
                self.look_around()
                self.act(services.resume_rotation, rotation=rotation, sets=sets)
            return
        self.act(
            services.write_rotation, code="EHON", name="えほん巡回", stops=["CHUO", "KITA"], first_on=self.on,
            weeks=weeks, sets=[[self.town.items[which].barcode]],
        )  # fmt: skip

    @rule(which=items, who=people)
    def a_set_for_one_person(self, which: int, who: int) -> None:
        self.act(services.lend_set, set=self.town.box, patron=self.reader(who), until=self.on + timedelta(days=which))
