"""Where an item stands when nobody wants it: the facts for rules.returning.resting_place."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from fumikura.circulation.queries import mode_for, place_path
from fumikura.circulation.rules.policies import plain
from fumikura.circulation.rules.returning import Resting, resting_place
from fumikura.circulation.services.copies import standing_at
from fumikura.circulation.services.scene import Scene, Whereabouts
from fumikura.circulation.subjects import copy_in_dimensions
from fumikura.holdings.models import Deposit, FrozenStock, Item
from fumikura.holdings.services import end_deposit
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared


@dataclass(frozen=True)
class Rest:
    at: str
    messages: tuple[str, ...] = ()


def asked_rest(item: Item) -> tuple[Asked, ...]:
    """What `rest_of` reads, for `read_ahead`."""
    return _deposits_of.asked(item=item.pk), _frozen.asked(facility=item.home_id)


def rest_of(where: Whereabouts, scene: Scene) -> Rest:
    """A term elsewhere that is over ends at this scan. What is to have a new home goes on there, wherever it was meanwhile."""
    item, here = where.item, scene.site
    if where.new_home:
        return Rest(where.new_home)
    deposit = _deposits_of.first(item=item.pk)
    over = deposit is not None and deposit.until < scene.on
    if deposit and over:
        end_deposit(deposit, by=scene.by, at=scene.at)
    resting = Resting(
        here=here.code,
        home=item.home.code,
        here_holds_stock=here.holds_stock,
        deposit=deposit.facility.code if deposit and not over else "",
        deposit_is_frozen=bool(deposit and not over and _frozen(facility=deposit.facility_id)),
        **(_away_from_home(item, scene) if item.home_id != here.pk else {}),
    )
    place, remark = resting_place(resting)
    return Rest(place, (*(["deposit-over"] if over else []), *([remark] if remark else [])))


def _away_from_home(item: Item, scene: Scene) -> dict[str, Any]:
    """Asked only when the item is not at home: most returns are."""
    rules = scene.rules.rule_set
    subject = {
        "mode": mode_for(rules),
        **copy_in_dimensions(item),
        "transaction": place_path(scene.site),
    }
    values = plain(rules.decide(subject, scene.on))
    group = values["floating.group"]
    return {
        "floating_group": () if group == "none" else tuple(group),
        "most_per_title": values["floating.most_per_title"],
        "copies_here": 0 if group == "none" else standing_at(item.record_id, scene.site, besides=item),
        "home_is_frozen": bool(_frozen(facility=item.home_id)),
        "here_is_frozen": group != "none" and bool(_frozen(facility=scene.site.pk)),
    }


@prepared
def _deposits_of(item: int) -> "QuerySet[Deposit]":
    return Deposit.objects.filter(item=item, ended_at=None).select_related("facility", "item")


@prepared
def _frozen(facility: int) -> "QuerySet[FrozenStock, tuple[int]]":
    return FrozenStock.objects.filter(facility=facility, ended_at=None).values_list("pk")
