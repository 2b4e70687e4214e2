"""Time that passes, and what the worker does every night."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from tests.cast import SYSTEM
from tests.circulation.any_order.game import Game
from tests.circulation.any_order.watching import look, starving

JOBS = (
    services.expire_shelf,
    services.expire_holds,
    services.begin_suspensions,
    services.forget_onward,
    services.find_stuck,
    services.turn_rotations,
    services.remind,
)
"""What circulation.jobs does, in its order, before copies are allotted."""


class Nights(Game):
    @rule(minutes=st.integers(1, 6000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def night(self) -> None:
        if self.on == self.last_night:
            return
        self.last_night = self.on
        for job in JOBS:
            self.act(job, by=SYSTEM)
        self.look_around()
        self.act(services.allot_everywhere, by=SYSTEM)
        self.act(services.unite_sets, by=SYSTEM)
        left = starving(look(), self.on)
        assert not left, f"after the night somebody waits beside a free copy of {left}"
