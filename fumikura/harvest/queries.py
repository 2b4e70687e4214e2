"""What doors ask of the harvest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, QuerySet

from fumikura.harvest.models import Harvest, HarvestedRecord, HarvestFault, HarvestSource


@dataclass(frozen=True)
class Origin:
    """Where a record came from, for readers."""

    code: str
    name: str
    name_en: str
    link: str
    """Its page there; empty when nobody knows it."""
    fresh_at: datetime | None
    """When the institution's catalogue was last collected to its end."""


def sources() -> QuerySet[HarvestSource]:
    return HarvestSource.objects.filter(ended_at=None).order_by("name", "pk")


def find_source(code: str) -> HarvestSource | None:
    return sources().filter(code=code).first()


def institution_names() -> dict[str, tuple[str, str]]:
    """Name, and English name or "", by code."""
    return {code: (name, en) for code, name, en in sources().values_list("code", "name", "name_en")}


def last_harvests() -> dict[int, Harvest]:
    """The newest run of each source, by source."""
    newest = Harvest.objects.values("source").annotate(last=Max("pk")).values_list("last", flat=True)
    return {run.source_id: run for run in Harvest.objects.filter(pk__in=list(newest))}


def record_counts() -> dict[int, int]:
    """How many records of each source are in our catalogue."""
    there = HarvestedRecord.objects.filter(record__deleted_at=None)
    return dict(there.values("source").annotate(n=Count("pk")).values_list("source", "n"))


def harvests_of(source: HarvestSource) -> QuerySet[Harvest]:
    return Harvest.objects.filter(source=source).order_by("-pk")


def faults_of(source: HarvestSource) -> QuerySet[HarvestFault]:
    return HarvestFault.objects.filter(source=source).order_by("-came_at", "-pk")


def fault_counts() -> dict[int, int]:
    return dict(HarvestFault.objects.values("source").annotate(n=Count("pk")).values_list("source", "n"))


def origins_of(records: Iterable[int]) -> dict[int, Origin]:
    """Of those of the records that were collected, in two queries for however many."""
    found = list(HarvestedRecord.objects.filter(record_id__in=list(records)).select_related("source"))
    done = Harvest.objects.filter(source__in={one.source_id for one in found}).exclude(finished_at=None)
    fresh = dict(done.values("source").annotate(at=Max("finished_at")).values_list("source", "at")) if found else {}
    return {
        one.record_id: Origin(one.source.code, one.source.name, one.source.name_en, one.link, fresh.get(one.source_id))
        for one in found
    }
