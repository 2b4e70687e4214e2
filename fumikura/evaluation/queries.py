"""Reading the facts."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from django.db.models import Sum

from fumikura.evaluation.models import Fact

Axis = Literal["on", "hour", "facility", "via", "material", "ndc", "category", "age_band", "district"]


def total(measure: str, *, since: date, until: date, facility: str = "") -> int:
    """How many of `measure` from `since` through `until`, at one facility or everywhere."""
    facts = Fact.objects.filter(measure=measure, on__gte=since, on__lte=until)
    if facility:
        facts = facts.filter(facility=facility)
    return int(facts.aggregate(sum=Sum("amount"))["sum"] or 0)


def totals_by(axis: Axis, measure: str, *, since: date, until: date) -> dict[str, int]:
    """The same, divided along one axis; keys in order."""
    rows = (
        Fact.objects.filter(measure=measure, on__gte=since, on__lte=until)
        .values(axis)
        .annotate(sum=Sum("amount"))
        .order_by(axis)
    )
    return {str(row[axis]): int(row["sum"]) for row in rows}


def loans_alike(*, since: date, until: date) -> Iterator[tuple[date, str, str, str, str, int]]:
    """(day, facility, material, category, age band, how many) of the loans made from `since` through `until`."""
    facts = Fact.objects.filter(measure="loans", on__gte=since, on__lte=until)
    rows = facts.values_list("on", "facility", "material", "category", "age_band").annotate(sum=Sum("amount"))
    for on, facility, material, category, band, count in rows.order_by().iterator(chunk_size=2000):
        yield on, facility, material, category, band, int(count)
