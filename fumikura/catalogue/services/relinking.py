"""Old records under new authorities: a name that only records said until now is found to be another form of somebody known.

夏目, 金之助 stood alone until the authority of 夏目, 漱石 came and named it among its forms. Nothing is decided that years of life
or readings speak against, nor where two authorities claim the same form; each step is a merge that can be taken back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from fumikura.catalogue.headings import may_be_one
from fumikura.catalogue.models import Authority, AuthorityImport, AuthorityLink, AuthorityVariant, ImportedAuthority
from fumikura.catalogue.services.authorities import merge_authorities
from fumikura.catalogue.services.linking import said_reading
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused

CHUNK = 500


@dataclass(slots=True)
class Relinked:
    """What was done: names that went over, with how many records; and those that a person must decide."""

    names: int = 0
    records: int = 0
    doubtful: int = 0


def relink_authorities(
    *,
    by: Actor,
    at: datetime,
    batch: AuthorityImport | None = None,
    progress: Callable[[int, int], None] = lambda _looked_at, _of: None,
) -> Relinked:
    """Bring records over to the authorities whose other forms they name: those of one import, else all. May be broken off."""
    by.require("catalogue.change-authority")
    done = Relinked()
    forms = AuthorityVariant.objects.filter(authority__merged_into=None)
    if batch is not None:
        forms = forms.filter(authority__in=batch.lines.values("authority"))
    total, looked_at = forms.count(), 0
    for chunk in _chunks(forms):
        for kept, gone in _pairs(chunk, done):
            records = AuthorityLink.objects.filter(authority=gone).values("record").distinct().count()
            try:
                merge_authorities(kept=kept, gone=gone, by=by, at=at)
            except Refused:
                continue  # somebody merged one of them a moment ago
            done.names, done.records = done.names + 1, done.records + records
        looked_at += len(chunk)
        progress(looked_at, total)
    return done


def _chunks(forms: QuerySet[AuthorityVariant]) -> Iterator[list[AuthorityVariant]]:
    last = 0
    while chunk := list(forms.filter(pk__gt=last).select_related("authority").order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        yield chunk


def _pairs(forms: list[AuthorityVariant], done: Relinked) -> Iterator[tuple[Authority, Authority]]:
    """(the known one, the name that only records say) wherever they are one for certain."""
    keys = {form.key for form in forms}
    alone: dict[tuple[str, str], list[Authority]] = defaultdict(list)
    for row in _only_said_by_records(keys):
        alone[row.kind, row.key].append(row)
    claimed: dict[tuple[str, str], set[int]] = defaultdict(set)
    for claim in AuthorityVariant.objects.filter(key__in=keys, authority__merged_into=None).select_related("authority"):
        claimed[claim.authority.kind, claim.key].add(claim.authority_id)
    doubtful: set[int] = set()
    for form in forms:
        place = (form.authority.kind, form.key)
        fitting = [other for other in alone.get(place, []) if other.pk != form.authority_id and _fits(other, form)]
        if len(claimed[place]) == 1 == len(fitting):
            yield form.authority, fitting[0]
        else:
            doubtful.update(other.pk for other in fitting)
    done.doubtful += len(doubtful)


def _only_said_by_records(keys: set[str]) -> QuerySet[Authority]:
    """Headings that nobody but records vouches for: no number, no file, no tie to the city."""
    rows = Authority.objects.filter(key__in=keys, merged_into=None, is_local=False, scheme="", note="")
    from_files = ImportedAuthority.objects.filter(batch__undone_at=None, authority__key__in=keys).values("authority")
    rows = rows.exclude(pk__in=from_files)
    return rows.filter(identifiers=None, ties=None, links__isnull=False).distinct()


def _fits(other: Authority, form: AuthorityVariant) -> bool:
    return may_be_one(other.dates, said_reading(other), form.dates or form.authority.dates, form.reading)
