"""Who waits in vain once a copy is lost or leaves the stock: they keep their places and are told."""

from collections import defaultdict

from django.db.models import Q

from fumikura.circulation.models import Hold, HoldTitle
from fumikura.circulation.network_events import NoCopyLeft
from fumikura.circulation.services.copies import items_not_gone, records_not_gone
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item


def tell_who_waits_in_vain(item: Item, scene: Scene, *, besides: int = 0) -> None:
    """A step of the verbs by which a copy leaves the stock. The hold `besides` was told already that its copy is gone."""
    if holds := tuple(hold for hold in waiting_without_hope(item) if hold != besides):
        event = NoCopyLeft(item=item.pk, record=item.record_id, holds_without_copy=holds)
        scene.record(event, f"holdings.item:{item.pk}")


def waiting_without_hope(item: Item) -> tuple[int, ...]:
    """Open holds that this copy could have served and that no other copy can, in the order they were accepted.

    Thousands may wait for one title: what is left of it, and of the other titles of which any would do, is asked once.
    """
    wanted = Q(item=item) if item.origin == "interlibrary" else Q(item=None) | Q(item=item)
    titles = HoldTitle.objects.filter(wanted, record=item.record_id, done_at=None, hold__closed_at=None)
    waiting = list(titles.select_related("hold").order_by("hold__accepted_at", "hold"))
    any_of = {title.hold_id for title in waiting if title.hold.kind == Hold.Kind.ANY_OF}
    any_would_do: defaultdict[int, list[HoldTitle]] = defaultdict(list)
    for title in HoldTitle.objects.filter(hold__in=any_of, done_at=None) if any_of else ():
        any_would_do[title.hold_id].append(title)
    all_of = [one for title in waiting for one in any_would_do[title.hold_id] or [title]]
    titles_left = records_not_gone({one.record_id for one in all_of if one.item_id is None})
    copies_left = items_not_gone({one.item_id for one in all_of if one.item_id})

    def is_gone(one: HoldTitle) -> bool:
        return one.item_id not in copies_left if one.item_id else one.record_id not in titles_left

    return tuple(title.hold_id for title in waiting if all(map(is_gone, any_would_do[title.hold_id] or [title])))
