"""Readers who wait: for a title, a copy, any of several, a set; and what they change meanwhile."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from fumikura.circulation.models import Hold
from tests.circulation.any_order.game import Game, days, items, numbers, people, records, sites


class Holding(Game):
    @rule(
        who=people, what=records, where=sites, late=st.integers(0, 3000), contact=st.sampled_from(["e-mail", "telephone"])
    )  # fmt: skip
    def ask_for(self, who: int, what: int, where: int, late: int, contact: str) -> None:
        self.act(
            services.place_hold, patron=self.reader(who), want=services.Want((self.title(what),)),
            pickup=self.town.places[where], accepted_at=self.now - timedelta(minutes=late), contact=contact,
        )  # fmt: skip

    @rule(who=people, which=items, where=sites)
    def ask_for_this_copy(self, who: int, which: int, where: int) -> None:
        only = self.item(which)
        self.act(
            services.place_hold, patron=self.reader(who), want=services.Want((only.record,), item=only),
            pickup=self.town.places[where],
        )  # fmt: skip

    @rule(who=people, kind=st.sampled_from(["any-of", "ordered", "together"]), where=sites)
    def ask_for_a_set(self, who: int, kind: str, where: int) -> None:
        self.act(
            services.place_hold, patron=self.reader(who), want=services.Want(tuple(map(self.title, range(3))), kind=kind),
            pickup=self.town.places[where],
        )  # fmt: skip

    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        if hold := self.hold(number):
            reader = hold.patron
            if self.act(services.cancel_hold, hold=hold) is not None and number % 2:
                self.look_around()
                self.act(services.undo_cancel_hold, hold=hold, patron=reader)

    @rule(number=numbers, days=days)
    def suspend(self, number: int, days: int) -> None:
        if hold := self.hold(number):
            self.act(services.suspend_hold, hold=hold, until=(self.now + timedelta(days=days)).date())

    @rule(number=numbers)
    def wake(self, number: int) -> None:
        if hold := self.hold(number):
            self.act(services.wake_hold, hold=hold)

    @rule(number=numbers, days=days)
    def need_by(self, number: int, days: int) -> None:
        if hold := self.hold(number):
            self.act(services.set_needed_by, hold=hold, needed_by=(self.now + timedelta(days=days)).date())

    @rule(number=numbers, where=sites)
    def collect_elsewhere(self, number: int, where: int) -> None:
        if hold := self.hold(number):
            self.act(services.change_pickup, hold=hold, pickup=self.town.places[where])

    @rule(number=numbers, is_reached=st.booleans())
    def keep_longer(self, number: int, is_reached: bool) -> None:
        ready = [
            one.hold
            for title, one in self.before.wishes.items()
            if self.before.promised.get(title) in self.before.places
        ]
        if ready:
            hold = Hold.objects.select_related("patron", "pickup").get(pk=sorted(ready)[number % len(ready)])
            self.act(services.note_reached if is_reached else services.extend_shelf, hold=hold)

    @rule(number=numbers)
    def turn_a_set_round(self, number: int) -> None:
        if hold := self.hold(number, "ordered"):
            rows = hold.titles.order_by("-place", "-pk").values_list("record", flat=True)
            self.act(services.reorder_set, hold=hold, records=list(rows))

    @rule(number=numbers, what=records)
    def this_one_sooner(self, number: int, what: int) -> None:
        if hold := self.hold(number, "ordered"):
            self.act(services.move_up_in_set, hold=hold, record=self.town.titles[what].pk)
