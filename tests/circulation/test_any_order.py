"""Any verbs in any order: a small network is played by Hypothesis, and after every step what must hold is looked at.

`FUMIKURA_STEPS=50000 pytest tests/circulation/test_any_order.py` plays so many steps instead of a few; bin/check does.
`FUMIKURA_SEED=7` plays others; the steps of one seed are always the same.
"""

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from fumikura.holdings.models import Item
from fumikura.patrons.models import Patron
from tests.circulation.any_order.carrying import Carrying
from tests.circulation.any_order.coming_home import ComingHome
from tests.circulation.any_order.game import Game
from tests.circulation.any_order.groups import Groups
from tests.circulation.any_order.holding import Holding
from tests.circulation.any_order.houses import Houses
from tests.circulation.any_order.joining import Joining
from tests.circulation.any_order.lending import Lending
from tests.circulation.any_order.lockers import Lockers
from tests.circulation.any_order.nights import Nights
from tests.circulation.any_order.serving import Serving
from tests.circulation.any_order.stock import Stock
from tests.circulation.any_order.town import Town

STEPS = int(os.environ.get("FUMIKURA_STEPS", "800"))
SEED = int(os.environ.get("FUMIKURA_SEED", "0"))
SHARES = 4
"""The steps are shared by so many tests, for parallel test processes."""
LENGTH = 200
GAMES_A_ROUND = max(3, min(40, STEPS // SHARES // LENGTH))
MACHINE = settings(
    max_examples=GAMES_A_ROUND,
    stateful_step_count=LENGTH,
    deadline=None,
    phases=[Phase.generate] if os.environ.get("FUMIKURA_SHRINK") == "no" else list(Phase),
    suppress_health_check=list(HealthCheck),
    database=None,
)


class Network(Lending, Holding, Serving, Stock, Carrying, Lockers, Groups, Joining, ComingHome, Houses, Nights):
    """Every verb of circulation that changes what somebody has, waits for, or finds on a shelf."""


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_people_do_in_whatever_order_nothing_is_lost_or_doubled(share: int) -> None:
    with transaction.atomic():
        Game.town, Game.played, rounds = Town(), 0, 0
        while Game.played < STEPS // SHARES:
            run_state_machine_as_test(seed(1_000_000 * SEED + 1000 * share + rounds)(Network), settings=MACHINE)
            rounds += 1
        transaction.set_rollback(True)
    assert Patron.objects.count() == 0
    assert Item.objects.count() == 0
