"""How long a copy stays with one reader: of a title from its last loans, of a material as it was counted last night."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from fumikura.circulation.models import Loan, LoanQuerySet, UsualStay
from fumikura.circulation.network_events import StaysCounted
from fumikura.circulation.rules.expecting import FEWEST, Turn, turn_of
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.statements.among import Among, AmongWords, listed
from fumikura.statements.reads import prepared

OF_THE_TITLE, OF_THE_MATERIAL = 60, 300
"""How many past loans are looked at."""


def turns_of_titles(records: Collection[int]) -> dict[int, Turn]:
    """How long each of these titles stays with a reader; those that were hardly lent are left out. One question for all."""
    stays: defaultdict[int, list[int]] = defaultdict(list)
    for record, lent, returned in _past_of_titles(records=listed(records)):
        if returned:
            stays[record].append((returned - lent).days)
    turns = {record: turn_of(days) for record, days in stays.items() if len(days) >= FEWEST}
    return {record: turn for record, turn in turns.items() if turn}


def turns_of_materials(materials: Collection[str]) -> dict[str, Turn | None]:
    """The same of things of a kind, None where nobody can tell. What no night has counted yet is looked at now."""
    counted = {material: (quick, slow) for material, quick, slow in _counted(materials=listed(materials))}
    return {
        material: _turn(*counted[material]) if material in counted else _turn_of_material(material)
        for material in materials
    }


def _turn(quick: int | None, slow: int | None) -> Turn | None:
    return None if quick is None or slow is None else Turn(quick, slow)


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
def _counted(materials: str) -> "QuerySet[UsualStay, tuple[str, int | None, int | None]]":
    return UsualStay.objects.filter(AmongWords("material", materials)).values_list("material", "quick", "slow")


@prepared
def _past_of_titles(records: str) -> "QuerySet[Loan, tuple[int, datetime, datetime | None]]":
    latest = Window(RowNumber(), partition_by=F("item__record"), order_by=F("returned_at").desc())
    loans = _past().filter(Among("item__record", records)).order_by().annotate(nth=latest).filter(nth__lte=OF_THE_TITLE)
    return loans.values_list("item__record", "lent_at", "returned_at")


@prepared
def _past_of_material(material: str) -> "QuerySet[Loan, tuple[datetime, datetime | None]]":
    return _past().filter(item__material=material).values_list("lent_at", "returned_at")[:OF_THE_MATERIAL]


def _past() -> LoanQuerySet:
    return Loan.objects.exclude(returned_at=None).filter(kind="loan").order_by("-returned_at")
