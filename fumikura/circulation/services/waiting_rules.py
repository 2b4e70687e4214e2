"""What the rules of the day say to a hold and a copy."""

from typing import Any

from fumikura.circulation.models import Hold
from fumikura.circulation.queries import mode_for, place_path
from fumikura.circulation.rules.policies import HoldPolicy, plain
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.subjects import copy_in_dimensions, reader_in_dimensions
from fumikura.holdings.models import Item
from fumikura.patrons.queries import find_standing
from fumikura.patrons.rules import Standing


def hold_policy(hold: Hold, item: Item, scene: Scene) -> HoldPolicy:
    """The rules of the day for this hold and copy."""
    assert hold.patron is not None
    rules = scene.rules.rule_set
    subject = waiting_subject(hold, item, find_standing(hold.patron, scene.on), mode=mode_for(rules))
    return HoldPolicy.of(plain(rules.decide(subject, scene.on)))


def waiting_subject(hold: Hold, item: Item, facts: Standing, *, mode: str) -> dict[str, Any]:
    """What the rules are asked of a copy that waits for its reader."""
    return {
        "mode": mode,
        **copy_in_dimensions(item),
        **reader_in_dimensions(facts),
        "pickup": place_path(hold.pickup),
        "channel": hold.via,
    }
