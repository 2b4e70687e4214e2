"""How long a copy stays with one reader: of a title from its last loans, of a material as it was counted last night."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from fumikura.circulation.models import Loan, LoanQuerySet, UsualStay
from fumikura.circulation.network_events import StaysCounted
from fumikura.circulation.rules.expecting import FEWEST, Turn, turn_of
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.statements.reads import prepared

OF_THE_TITLE, OF_THE_MATERIAL = 60, 300
"""How many past loans are looked at."""


def usual_turn(record: int, material: str) -> Turn | None:
    """How long this title stays with a reader; where it was hardly lent, things of its kind. None when nobody can tell.

    A material that no night has counted yet is looked at now.
    """
    of_title = [(returned - lent).days for lent, returned in _past_of_title(record=record) if returned]
    if len(of_title) >= FEWEST:
        return turn_of(of_title)
    for quick, slow in _counted(material=material):
        return None if quick is None or slow is None else Turn(quick, slow)
    return _turn_of_material(material)


def count_stays(*, by: Actor, at: datetime) -> int:
    """The night job: how long things of each material stayed with readers of late. Answers how many materials there are."""
    by.require("circulation.check-in")
    materials = list(Item.objects.in_stock().order_by("material").values_list("material", flat=True).distinct())
    # All past loans are looked through for each: before the transaction, so that meanwhile nobody waits at the write gate.
    turns = {material: _turn_of_material(material) for material in materials}
    with transaction.atomic():
        for material, turn in turns.items():
            found = {"quick": turn.quick if turn else None, "slow": turn.slow if turn else None, "counted_at": at}
            UsualStay.objects.update_or_create(material=material, defaults=found)
        Scene(by, at).record(StaysCounted(materials=len(turns)), "circulation.usual-stay")
    return len(turns)


def _turn_of_material(material: str) -> Turn | None:
    return turn_of([(returned - lent).days for lent, returned in _past_of_material(material=material) if returned])


@prepared
def _counted(material: str) -> "QuerySet[UsualStay, tuple[int | None, int | None]]":
    return UsualStay.objects.filter(material=material).values_list("quick", "slow")


@prepared
def _past_of_title(record: int) -> "QuerySet[Loan, tuple[datetime, datetime | None]]":
    return _past().filter(item__record=record).values_list("lent_at", "returned_at")[:OF_THE_TITLE]


@prepared
def _past_of_material(material: str) -> "QuerySet[Loan, tuple[datetime, datetime | None]]":
    return _past().filter(item__material=material).values_list("lent_at", "returned_at")[:OF_THE_MATERIAL]


def _past() -> LoanQuerySet:
    return Loan.objects.exclude(returned_at=None).filter(kind="loan").order_by("-returned_at")
