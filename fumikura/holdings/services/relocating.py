"""移管: a copy is to have another home, and has it once it has come there. Steps of verbs above."""

from datetime import datetime

from fumikura.holdings.events import ItemRelocated
from fumikura.holdings.models import Item, Relocation
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.organisation.models import Facility


def promise_home(item: Item, *, home: Facility, at: datetime) -> None:
    """It is on its way to a new home, and goes on there after whomever it serves meanwhile. What was said before is over."""
    end_relocation(item, at=at)
    Relocation.objects.create(item=item, home=home, since=at)


def end_relocation(item: Item, *, at: datetime) -> bool:
    """It moves no further: it is there, or belongs elsewhere after all. Answers whether it was to move."""
    return bool(Relocation.objects.filter(item=item, ended_at=None).update(ended_at=at))


def relocate(item: Item, *, home: Facility, by: Actor, at: datetime) -> None:
    """It arrived to stay: the new home is where it is."""
    end_relocation(item, at=at)
    Item.objects.filter(pk=item.pk).update(home=home, stands_at=None)
    item.home, item.stands_at = home, None
    record(
        ItemRelocated(item=item.pk, record=item.record_id, home=home.code),
        by=by,
        at=at,
        subject=f"holdings.item:{item.pk}",
    )
