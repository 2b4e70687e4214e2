"""Other institutions whose catalogues are in our index: their names, and the way to a record's page there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fumikura.catalogue.collected import holder_code, institution_of
from fumikura.catalogue.models import BibliographicRecord
from fumikura.harvest import queries
from fumikura.web.design.days import in_japanese


@dataclass(frozen=True)
class Origin:
    name: str
    link: str
    fresh_at: datetime | None


def names() -> dict[str, str]:
    """By the code under which the index knows them."""
    own = in_japanese()
    return {
        holder_code(code): name if own else name_en or name
        for code, (name, name_en) in queries.institution_names().items()
    }


def origins_of(records: Iterable[BibliographicRecord]) -> dict[int, Origin]:
    """Of those that were collected, by record; asks nothing when all are ours."""
    theirs = [record.pk for record in records if institution_of(record.source)]
    found = queries.origins_of(theirs) if theirs else {}
    own = in_japanese()
    return {
        pk: Origin(one.name if own else one.name_en or one.name, one.link, one.fresh_at) for pk, one in found.items()
    }
