"""Asked for while it is closed: another site stands in for a pickup, for whoever asks now as for whoever waited there before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from fumikura.circulation.models import Closure
from fumikura.circulation.services.scene import Scene
from fumikura.organisation.models import Facility
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared


@dataclass(frozen=True)
class StandIn:
    """Where somebody collects who asked for `asked`: there, when it is not closed."""

    asked: Facility
    pickup: Facility
    closures: Sequence[Closure] = field(default=())
    """Those that moved the reader on, under lock: taken back, they move the hold back too."""

    @property
    def instead_of(self) -> str:
        """The code of the site that is closed; empty when the one that was asked for is open."""
        return self.asked.code if self.closures else ""

    def keep(self, hold: int) -> None:
        """The hold is one of those that the closing moved, as if it had waited there before."""
        for closure in self.closures:
            if hold not in closure.moved_holds:
                closure.moved_holds = [*closure.moved_holds, hold]
                closure.save(update_fields=["moved_holds"])


def stand_in_for(pickup: Facility, scene: Scene) -> StandIn:
    """Who stands in for it today, and for that one if it is closed too. Locks the closures: before items and holds."""
    there, closures, seen = pickup, list[Closure](), {pickup.pk}
    while found := _standing_closures(facility=there.pk, on=scene.on):
        row = Closure.objects.select_for_update(of=("self",)).select_related("substitute").get(pk=found[0])
        if row.undone_at is not None or row.substitute is None or row.substitute.pk in seen:
            break
        there = row.substitute
        closures.append(row)
        seen.add(there.pk)
    return StandIn(pickup, there, closures)


def asked_stand_in_for(pickup: Facility, scene: Scene) -> Asked:
    """What `stand_in_for` reads of a site that is not closed, for `read_ahead`."""
    return _standing_closures.asked(facility=pickup.pk, on=scene.on)


@prepared
def _standing_closures(facility: int, on: date) -> "QuerySet[Closure, int]":
    """Those with a substitute: also of one that has not begun, which has moved everybody already. The last word first."""
    rows = Closure.objects.filter(facility=facility, undone_at=None, last_on__gte=on).exclude(substitute=None)
    return rows.order_by("-made_at", "-pk").values_list("pk", flat=True)
