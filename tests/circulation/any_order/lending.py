"""At the counter: lent, taken back, renewed, and what was done by mistake taken back."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from tests.circulation.any_order.game import WAYS_ROUND, Game, items, people, sites


class Lending(Game):
    @rule(which=items, who=people, where=sites, kind=st.sampled_from(["loan", "loan", "loan", "in-house", "overnight"]))
    def lend(self, which: int, who: int, where: int, kind: str) -> None:
        self.act(services.check_out, item=self.item(which), patron=self.reader(who), where=where, kind=kind)

    @rule(which=items, who=people, where=sites)
    def lend_against_the_limit(self, which: int, who: int, where: int) -> None:
        self.act(
            services.check_out, item=self.item(which), patron=self.reader(who), where=where,
            overriding=WAYS_ROUND,
        )  # fmt: skip

    @rule(which=items, who=people, where=sites)
    def lend_by_mistake(self, which: int, who: int, where: int) -> None:
        loan = self.act(services.check_out, item=self.item(which), patron=self.reader(who), where=where)
        if loan:
            self.look_around()
            self.act(services.undo_check_out, loan=loan, where=where)

    @rule(which=items, where=sites, door=st.sampled_from(["desk", "book-post"]))
    def take_back(self, which: int, where: int, door: str) -> None:
        self.act(services.check_in, item=self.item(which), where=where, door=door)

    @rule(which=items, where=sites)
    def take_back_by_mistake(self, which: int, where: int) -> None:
        loan = self.loan_of(which)
        if loan and self.act(services.check_in, item=self.item(which), where=where):
            self.look_around()
            self.act(
                services.undo_check_in, loan=loan, patron=loan.patron, due_on=loan.due_on, renewals=loan.renewals,
                where=where,
            )  # fmt: skip

    @rule(which=items, where=sites)
    def into_a_machine(self, which: int, where: int) -> None:
        self.act(services.check_in, item=self.item(which), where=where, mode="provisional")

    @rule(which=items)
    def renew(self, which: int) -> None:
        loan = self.loan_of(which)
        if loan and self.act(services.renew, loan=loan) and which % 2:
            self.look_around()
            self.act(services.undo_renew, loan=loan, due_on=loan.due_on, renewals=loan.renewals)
