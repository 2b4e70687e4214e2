"""Thrice as much of everything that a library gathers: each row twice more, joined among themselves as the first ones are."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection, models

ROOMS = {"patrons", "catalogue", "holdings", "circulation", "acquisitions", "stocktake", "programmes", "notices"}
OF_THE_CITY = {
    "Category", "PartnerService", "Postcode", "PolicySet", "PolicyDraft", "Route", "Closure", "TemporarySite", "UsualStay",
    "FrozenStock", "ShelvingLocation", "Floor", "Bookcase", "Compartment", "LockerStay", "Habit", "Wording",
}  # fmt: skip
"""What a larger library has no more of: places, rules, kinds of readers."""
APART = 10_000_000
"""Between the number of a row and that of its first double."""
OF_THE_FIRST = (
    ("holdings_item", "record_id"), ("circulation_holdtitle", "record_id"), ("circulation_loan", "patron_id"),
    ("circulation_hold", "patron_id"), ("acquisitions_suggestion", "patron_id"), ("holdings_itemsetmember", "set_id"),
    ("circulation_crateline", "crate_id"), ("circulation_reminder", "patron_id"), ("circulation_counternote", "patron_id"),
)  # fmt: skip
"""What leads to the first row again when a house is deepened: more copies of one title, more loans of one reader."""


def widen() -> None:
    """More titles, readers, copies, holds, sets … of the same size each."""
    doubled = [
        model for model in apps.get_models() if model._meta.app_label in ROOMS and model.__name__ not in OF_THE_CITY
    ]
    for model in doubled:
        rows = list(model._base_manager.all())
        for times in (1, 2):
            model._base_manager.bulk_create([_double(row, times, doubled) for row in rows])


def _double(row: models.Model, times: int, doubled: Iterable[type[models.Model]]) -> models.Model:
    values: dict[str, Any] = {}
    distinct = _distinct(type(row))
    for field in type(row)._meta.concrete_fields:
        value = getattr(row, field.attname)
        leads_to = field.remote_field.model if field.remote_field else type(row) if field.primary_key else None
        if isinstance(value, int) and leads_to in doubled:
            value += APART * times
        elif isinstance(value, str) and field.name in distinct and not field.remote_field:
            value += f"x{times}"
        values[field.attname] = value
    return type(row)(**values)


def _distinct(model: type[models.Model]) -> set[str]:
    named = [one.fields for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    alone = [field.name for field in model._meta.concrete_fields if field.unique]
    return {name for fields in (*named, *model._meta.unique_together, alone) for name in fields}


def deepen() -> None:
    """More of everything for each title, reader, set and crate instead."""
    widen()
    with connection.cursor() as cursor:
        for table, column in OF_THE_FIRST:
            cursor.execute(f"UPDATE {table} SET {column} = {column} % {APART} WHERE {column} > {APART}")


def more(before: Counter[str], after: Counter[str]) -> dict[str, str]:
    """What was asked oftener than before, for whoever reads the failure."""
    return {asked: f"{before[asked]} → {times}" for asked, times in after.items() if times > before[asked]}
