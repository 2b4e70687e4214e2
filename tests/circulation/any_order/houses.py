"""Houses that close, move out for a time, and days on which everything is due later."""

from datetime import time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from fumikura.circulation.models import Closure, DueShift
from fumikura.organisation.models import Facility
from tests.circulation.any_order.game import Game, sites


class Houses(Game):
    @rule(days=st.integers(1, 9), where=sites, to=sites)
    def close(self, days: int, where: int, to: int) -> None:
        first = self.now.date() + timedelta(days=1)
        closure: Closure | None = self.act(
            services.close_site, facility=self.town.places[where], first_on=first, last_on=first + timedelta(days=days),
            substitute=self.town.places[to] if days % 2 else None,
        )  # fmt: skip
        if closure is not None and days % 3:
            self.look_around()
            self.act(services.undo_close_site, closure=closure)

    @rule(days=st.integers(1, 20))
    def shift(self, days: int) -> None:
        first = self.now.date()
        shift: DueShift | None = self.act(
            services.shift_due_dates, first_on=first, last_on=first + timedelta(days=days),
            new_due_on=first + timedelta(days=days + 7),
        )  # fmt: skip
        if shift is not None and days % 2:
            self.look_around()
            self.act(services.undo_shift, shift=shift)

    @rule(where=sites, stock=st.sampled_from(["stays", "moves"]), ends=st.booleans())
    def move_out(self, where: int, stock: str, ends: bool) -> None:
        house = Facility.objects.get(pk=self.town.places[where].pk)
        if ends:
            self.act(services.end_temporary_site, facility=house, where=where)
            return
        self.act(
            services.open_temporary_site, facility=house, until=self.on + timedelta(days=60), address="水瀬市仮町1-1",
            opens=time(10), closes=time(17), stock=stock, where=where,
        )  # fmt: skip
