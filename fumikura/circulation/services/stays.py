"""How long a copy stays with one reader: of a title from its last loans, of a material as it was counted last night."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

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
EVER = datetime(1900, 1, 1, tzinfo=UTC)
OF_LATE = timedelta(days=60)
"""What is often lent has ended so many loans within that time. There is no index on the end of loans: each return would
pay for it, and nobody but the night asks (to look through 2,000,000 loans takes PostgreSQL a second)."""


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
    counted = {material: _turn(quick, slow) for material, quick, slow in _counted(materials=listed(materials))}
    unknown = [material for material in materials if material not in counted]
    return counted | (_turns_of(_past_stays(unknown)) if unknown else {})


def _turn(quick: int | None, slow: int | None) -> Turn | None:
    return None if quick is None or slow is None else Turn(quick, slow)


def count_stays(*, by: Actor, at: datetime) -> int:
    """The night job: how long things of each material stayed with readers of late. Answers how many materials there are."""
    by.require("circulation.check-in")
    materials = list(Item.objects.in_stock().order_by("material").values_list("material", flat=True).distinct())
    # Past loans are looked through before the transaction, so that meanwhile nobody waits at the write gate: those of late
    # for all materials, and all there are for what is seldom lent.
    stays = _past_stays(materials, since=at - OF_LATE)
    if seldom := [material for material in materials if len(stays[material]) < OF_THE_MATERIAL]:
        stays |= _past_stays(seldom)
    counted = [
        UsualStay(
            material=material, quick=turn.quick if turn else None, slow=turn.slow if turn else None, counted_at=at
        )
        for material, turn in _turns_of(stays).items()
    ]
    with transaction.atomic():
        UsualStay.objects.bulk_create(
            counted, update_conflicts=True, unique_fields=["material"], update_fields=["quick", "slow", "counted_at"]
        )
        Scene(by, at).record(StaysCounted(materials=len(counted)), "circulation.usual-stay")
    return len(counted)


def _turns_of(stays: Mapping[str, Sequence[int]]) -> dict[str, Turn | None]:
    return {material: turn_of(days) for material, days in stays.items()}


def _past_stays(materials: Collection[str], since: datetime = EVER) -> dict[str, list[int]]:
    """Days of the last loans of each material that ended since then: one question for all."""
    stays: dict[str, list[int]] = {material: [] for material in materials}
    for material, lent, returned in _past_of_materials(materials=listed(materials), since=since):
        if returned:
            stays[material].append((returned - lent).days)
    return stays


@prepared
def _counted(materials: str) -> "QuerySet[UsualStay, tuple[str, int | None, int | None]]":
    return UsualStay.objects.filter(AmongWords("material", materials)).values_list("material", "quick", "slow")


@prepared
def _past_of_titles(records: str) -> "QuerySet[Loan, tuple[int, datetime, datetime | None]]":
    latest = Window(RowNumber(), partition_by=F("item__record"), order_by=F("returned_at").desc())
    loans = _past().filter(Among("item__record", records)).annotate(nth=latest).filter(nth__lte=OF_THE_TITLE)
    return loans.values_list("item__record", "lent_at", "returned_at")


@prepared
def _past_of_materials(materials: str, since: datetime) -> "QuerySet[Loan, tuple[str, datetime, datetime | None]]":
    latest = Window(RowNumber(), partition_by=F("item__material"), order_by=F("returned_at").desc())
    loans = _past().filter(AmongWords("item__material", materials), returned_at__gte=since).annotate(nth=latest)
    return loans.filter(nth__lte=OF_THE_MATERIAL).values_list("item__material", "lent_at", "returned_at")


def _past() -> LoanQuerySet:
    return Loan.objects.exclude(returned_at=None).filter(kind="loan")
