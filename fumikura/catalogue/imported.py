"""What an import did, record by record: reads for showing the differences and for undoing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from django.db.models import PROTECT, Count, QuerySet

from fumikura.catalogue.editing.differences import Change, differences
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.arrivals import Faulty
from fumikura.catalogue.marc.content import Content
from fumikura.catalogue.models import BibliographicRecord, ImportBatch, ImportedRecord, RecordVersion

NOTHING = Content("", [])


def mark_of(marc: bytes) -> str:
    """Short digest of a record's bytes."""
    return blake2b(marc, digest_size=8).hexdigest()


@dataclass(frozen=True)
class Difference:
    """One record of an import: what it said before and after, field by field."""

    line: ImportedRecord
    record: BibliographicRecord
    created: bool
    changes: tuple[Change, ...]


def lines_of(batch: ImportBatch, *, kind: str = "") -> QuerySet[ImportedRecord]:
    """The records an import touched, in the order of arrival. `kind`: created, updated, or left (by undoing)."""
    lines = ImportedRecord.objects.filter(batch=batch).select_related("record").order_by("pk")
    match kind:
        case "created":
            return lines.filter(version=None)
        case "updated":
            return lines.exclude(version=None)
        case "left":
            return lines.exclude(outcome__in=("", "deleted", "restored"))
    return lines


def outcomes_of(batch: ImportBatch) -> dict[str, int]:
    """How many lines there are of each outcome; the empty one is what undoing has not come to."""
    counted = ImportedRecord.objects.filter(batch=batch).values("outcome").annotate(number=Count("pk"))
    return {found["outcome"]: found["number"] for found in counted}


def differences_of(lines: Iterable[ImportedRecord]) -> list[Difference]:
    """Two queries for any number of lines."""
    lines = list(lines)
    versions: dict[int, dict[int, bytes]] = {}
    rows = RecordVersion.objects.filter(record_id__in=[line.record_id for line in lines])
    for record, number, marc in rows.values_list("record_id", "number", "marc"):
        versions.setdefault(record, {})[number] = bytes(marc)
    return [_difference(line, versions.get(line.record_id, {})) for line in lines]


def _difference(line: ImportedRecord, versions: dict[int, bytes]) -> Difference:
    before = _content(versions.get(line.version, b"")) if line.version is not None else NOTHING
    states = [bytes(line.record.marc), *versions.values()]
    after = next((state for state in states if mark_of(state) == line.after), states[0])
    changes = differences(before, _content(after)) if line.version is not None else []
    return Difference(line, line.record, line.version is None, tuple(changes))


def _content(marc: bytes) -> Content:
    try:
        return iso2709.decode(marc).content
    except Faulty:
        return NOTHING


def records_in_use(records: Iterable[int]) -> set[int]:
    """Those that anything in the house points to and that must not go: copies, holds, orders …

    The rooms above are not named here: every foreign key that protects the record counts.
    """
    wanted = list(records)
    found: set[int] = set()
    for relation in BibliographicRecord._meta.related_objects:
        if relation.on_delete is PROTECT:
            name = relation.field.attname
            pointing = relation.related_model._default_manager.filter(**{f"{name}__in": wanted})
            found.update(pointing.values_list(name, flat=True))
    return found
