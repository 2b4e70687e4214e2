"""Reading the facts."""

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
