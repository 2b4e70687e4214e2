"""What the rules of the day say to a hold and a copy."""

from typing import Any

from fumikura.circulation.models import Hold
from fumikura.circulation.queries import mode_for, place_path, rules_in_force
from fumikura.circulation.rules.policies import HoldPolicy, plain, reaches
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.patrons.queries import lending_facts
from fumikura.patrons.rules import PatronFacts


def hold_policy(hold: Hold, item: Item, scene: Scene) -> HoldPolicy:
    """The rules of the day for this hold and copy."""
    assert hold.patron is not None
    rules = rules_in_force(scene.on).rule_set
    subject = waiting_subject(hold, item, lending_facts(hold.patron, scene.on), mode=mode_for(rules))
    return HoldPolicy.of(plain(rules.decide(subject, scene.on)))


def waiting_subject(hold: Hold, item: Item, facts: PatronFacts, *, mode: str) -> dict[str, Any]:
    """What the rules are asked of a copy that waits for its reader."""
    return {
        "mode": mode,
        "origin": item.origin,
        "collection": item.collection or None,
        "material": item.material,
        "category": facts.categories,
        "residency": facts.residency,
        "service": facts.services,
        "age": facts.age,
        "owner": place_path(item.home),
        "pickup": place_path(hold.pickup),
        "channel": hold.via,
    }


def serves_its_own_first(item: Item, hold: Hold, scene: Scene) -> bool:
    """Whether the copy is so new that readers who collect at its own library go before this one, where a rule says so."""
    if hold.pickup_id == item.home_id or not any_rule_keeps_new_copies(scene):
        return False
    return not reaches((scene.on - item.added_on).days, hold_policy(hold, item, scene).new_item_days)


def any_rule_keeps_new_copies(scene: Scene) -> bool:
    """In most cities no rule does, and nothing more need be asked."""
    rules = rules_in_force(scene.on).rule_set.rules
    return any(rule.gives.get("hold.new_item_days", 0) not in {0, "inherit"} for rule in rules)
