"""Keeping which columns of a supplier's tables are what."""

from datetime import datetime

from django.db import transaction

from fumikura.catalogue.events import ColumnMappingForgotten, ColumnMappingSaved
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.models import ColumnMapping
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

LONGEST_NAME = 60


@transaction.atomic
def save_mapping(name: str, plan: ColumnPlan, *, by: Actor, at: datetime) -> ColumnMapping:
    """Keep it under the name, over an earlier one. Refused: mapping-unnamed, mapping-without-title."""
    by.require("catalogue.import")
    name = " ".join(name.split())[:LONGEST_NAME]
    reasons = [Reason.of("mapping-unnamed")] if not name else []
    if "title" not in plan.columns.values():
        reasons.append(Reason.of("mapping-without-title"))
    if reasons:
        raise Refused(*reasons)
    facts = {**plan.facts(), "saved_at": at, "saved_by": by.ref}
    saved, _is_new = ColumnMapping.objects.update_or_create(name=name, defaults=facts)
    write_down(ColumnMappingSaved(mapping=name), by=by, at=at, subject=f"catalogue.column-mapping:{saved.pk}")
    return saved


@transaction.atomic
def forget_mapping(name: str, *, by: Actor, at: datetime) -> None:
    """Throw it away; a second time does nothing."""
    by.require("catalogue.import")
    found = ColumnMapping.objects.filter(name=name).first()
    if found is not None:
        number = found.pk
        found.delete()
        write_down(ColumnMappingForgotten(mapping=name), by=by, at=at, subject=f"catalogue.column-mapping:{number}")
