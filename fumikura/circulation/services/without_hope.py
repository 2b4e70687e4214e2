"""Who waits in vain once a copy is lost or leaves the stock: they keep their places and are told."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from django.db.models import Q

from fumikura.circulation.models import Hold, HoldTitle
from fumikura.circulation.network_events import NoCopyLeft
from fumikura.circulation.services.copies import copies_that_could_serve
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item


def tell_who_waits_in_vain(item: Item, scene: Scene, *, besides: int = 0) -> None:
    """A step of the verbs by which a copy leaves the stock. The hold `besides` was told already that its copy is gone."""
    if holds := tuple(hold for hold in waiting_without_hope(item) if hold != besides):
        event = NoCopyLeft(item=item.pk, record=item.record_id, holds_without_copy=holds)
        scene.record(event, f"holdings.item:{item.pk}")


def waiting_without_hope(item: Item) -> tuple[int, ...]:
    """Open holds that this copy could have served and that no other copy can, in the order they were accepted."""
    wanted = Q(item=item) if item.origin == "interlibrary" else Q(item=None) | Q(item=item)
    titles = HoldTitle.objects.filter(wanted, record=item.record_id, done_at=None, hold__closed_at=None)
    waiting = titles.select_related("item", "hold").order_by("hold__accepted_at", "hold")

    # Thousands may wait for one title: each title, and each copy that somebody asked for, is looked up once.
    @cache
    def is_gone(record: int, copy: Item | None) -> bool:
        return set(copies_that_could_serve(record, date.max, only=copy)) <= {"gone"}

    return tuple(
        title.hold_id for title in waiting if all(is_gone(one.record_id, one.item) for one in _any_would_do(title))
    )


def _any_would_do(title: HoldTitle) -> Iterable[HoldTitle]:
    """The titles of which any would serve this hold."""
    if title.hold.kind != Hold.Kind.ANY_OF:
        return (title,)
    return HoldTitle.objects.filter(hold=title.hold_id, done_at=None).select_related("item")
