"""Who was passed over when a copy was bound: remembered with the allotment, because tomorrow the queue looks otherwise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from fumikura.circulation.models import Allotment, HoldTitle
from fumikura.circulation.rules.explaining import MOST_SEEN, passed_over
from fumikura.circulation.services.queue import waiting_rows
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared


def turn_seen(title: HoldTitle, item: Item, scene: Scene, before: Allotment | None) -> dict[str, Any]:
    """What an allotment remembers of the queue: each wish without a copy that was asked for earlier, and by what it was
    passed over. One copy for another keeps what was seen when the turn was decided. No reader is in it."""
    if before:
        return {name: before.snapshot[name] for name in ("ahead", "turn_at") if name in before.snapshot}
    hold = title.hold
    ahead = _asked_before(record=item.record_id, accepted_at=hold.accepted_at, hold=hold.pk)
    return {"turn_at": scene.at.isoformat(), "ahead": _reasons(title, ahead, item, scene) if ahead else []}


def asked_turn(title: HoldTitle) -> Asked:
    """What `turn_seen` reads first of a wish that had no copy before, for `read_ahead`."""
    hold = title.hold
    return _asked_before.asked(record=title.record_id, accepted_at=hold.accepted_at, hold=hold.pk)


def _reasons(title: HoldTitle, ahead: Sequence[HoldTitle], item: Item, scene: Scene) -> list[list[Any]]:
    chosen, *others = waiting_rows([title, *ahead])
    return [
        [other.hold, passed_over(other, chosen, on=scene.on, wants_this_copy=one.item_id in {None, item.pk})]
        for one, other in zip(ahead, others, strict=True)
    ]


@prepared
def _asked_before(record: int, accepted_at: datetime, hold: int) -> "QuerySet[HoldTitle]":
    wanted = Q(record=record, done_at=None, hold__closed_at=None, hold__accepted_at__lte=accepted_at)
    bound = Exists(Allotment.objects.open().filter(title=OuterRef("pk")))
    titles = HoldTitle.objects.filter(wanted).exclude(hold=hold).filter(~bound).select_related("hold__pickup")
    return titles.order_by("hold__accepted_at", "hold__entered_at", "hold")[:MOST_SEEN]
