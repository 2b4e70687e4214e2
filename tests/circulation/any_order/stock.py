"""Copies that are not where they should be, lost, replaced, withdrawn."""

from hypothesis.stateful import rule

from fumikura.circulation import services
from tests.circulation.any_order.game import Game, items, numbers, sites


class Stock(Game):
    @rule(which=items)
    def not_on_its_shelf(self, which: int) -> None:
        self.act(services.not_found, item=self.item(which))

    @rule(which=items)
    def missing(self, which: int) -> None:
        self.act(services.mark_missing, item=self.item(which))

    @rule(which=items)
    def say_it_was_returned_or_lost(self, which: int) -> None:
        if loan := self.loan_of(which):
            self.act(services.claim_returned if which % 2 else services.declare_lost, loan=loan)

    @rule(which=items)
    def pay_for_it(self, which: int) -> None:
        loan = self.loan_of(which)
        if loan and len(self.before.withdrawn) < 2:
            self.act(services.accept_replacement, loan=loan)

    @rule(which=items, luck=numbers)
    def withdraw(self, which: int, luck: int) -> None:
        if luck == 0 and len(self.before.withdrawn) < 2:
            self.act(services.withdraw, item=self.item(which), reason="worn")

    @rule(which=items, where=sites)
    def damaged(self, which: int, where: int) -> None:
        self.act(services.set_aside, item=self.item(which), where=where)

    @rule(which=items)
    def nowhere_at_either_end(self, which: int) -> None:
        self.act(services.lose_on_the_way, item=self.item(which))
