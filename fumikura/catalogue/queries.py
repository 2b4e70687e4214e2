"""Reads of the catalogue for doors and the rooms above."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import BigAutoField, Count, Max, QuerySet

from fumikura.catalogue.description import Description, describe
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.models import (
    BatchEdit,
    BibliographicRecord,
    ColumnMapping,
    DuplicatePair,
    ImportBatch,
    QuarantinedRecord,
    RecordIdentifier,
    RecordMerge,
    RecordVersion,
    SourceRule,
    UnsavedEdit,
)
from fumikura.catalogue.ordering import as_read
from fumikura.statements.among import Among, AmongWords, listed
from fumikura.statements.reads import prepared


def get_record(record_id: int) -> BibliographicRecord:
    """The record, deleted or not. Raises BibliographicRecord.DoesNotExist."""
    return BibliographicRecord.objects.get(pk=record_id)


def describe_record(record: BibliographicRecord) -> Description:
    """What the record says, with the reading that was confirmed or drafted for its title."""
    said = describe(bytes(record.marc))
    if not record.reading or (record.reading == said.title_reading and not record.reading_is_draft):
        return said
    return replace(said, title_reading=record.reading, title_reading_is_draft=record.reading_is_draft)


def records_by_id(ids: Iterable[int]) -> dict[int, BibliographicRecord]:
    """The records that are in the catalogue now, in one query; deleted and unknown ones are left out."""
    possible = [number for number in ids if 0 < number <= BigAutoField.MAX_BIGINT]
    return BibliographicRecord.objects.filter(deleted_at=None).in_bulk(possible)


def records_to_list(ids: Iterable[int]) -> dict[int, BibliographicRecord]:
    """The same for a list that shows what their rows say: without the records' own bytes, in a statement worded once."""
    possible = [number for number in ids if 0 < number <= BigAutoField.MAX_BIGINT]
    return {record.pk: record for record in _listed_records(records=listed(possible))} if possible else {}


@prepared
def _listed_records(records: str) -> "QuerySet[BibliographicRecord]":
    return BibliographicRecord.objects.filter(Among("id", records), deleted_at=None).defer("marc")


MOST_OF_WORKS = 6_000
"""So many editions and volumes of the works of one page are looked at: a work with more than 300 is a serial in all but name."""


def records_of_same_works(ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Of each record that is not alone in its work, the others of it that are in the catalogue: two queries."""
    keys = dict(_work_keys(records=listed(ids)))
    found: dict[str, set[int]] = {}
    for pk, key in _records_of_works(keys=listed(set(keys.values()))) if keys else ():
        found.setdefault(key, set()).add(pk)
    others = {pk: frozenset(found.get(key, set()) - {pk}) for pk, key in keys.items()}
    return {pk: members for pk, members in others.items() if members}


@prepared
def _work_keys(records: str) -> "QuerySet[BibliographicRecord, tuple[int, str]]":
    return BibliographicRecord.objects.filter(Among("id", records)).exclude(work_key="").values_list("pk", "work_key")


@prepared
def _records_of_works(keys: str) -> "QuerySet[BibliographicRecord, tuple[int, str]]":
    rows = BibliographicRecord.objects.filter(AmongWords("work_key", keys), deleted_at=None)
    return rows.values_list("pk", "work_key")[:MOST_OF_WORKS]


def find_record(source: str, number: str) -> BibliographicRecord | None:
    return BibliographicRecord.objects.filter(source=source, number=number).first()


def records_with(scheme: str, value: str) -> QuerySet[BibliographicRecord]:
    """Records that carry this number, e.g. ("isbn", "9784900552128")."""
    return BibliographicRecord.objects.filter(
        deleted_at=None, identifiers__scheme=scheme, identifiers__value=value
    ).order_by("pk")


def earlier_states(record_id: int) -> QuerySet[RecordVersion]:
    """The versions that were saved over, the latest first."""
    return RecordVersion.objects.filter(record_id=record_id).order_by("-number")


def unsaved_edits(owner: str) -> QuerySet[UnsavedEdit]:
    """What this person has begun and not saved, the latest first."""
    return UnsavedEdit.objects.filter(owner=owner).select_related("record").order_by("-changed_at")


def unsaved_edit(owner: str, key: UUID) -> UnsavedEdit | None:
    return UnsavedEdit.objects.filter(owner=owner, key=key).select_related("record").first()


def batch_edits() -> QuerySet[BatchEdit]:
    """The latest first."""
    return BatchEdit.objects.order_by("-made_at", "-pk")


def records_of(source: str = "") -> Iterator[BibliographicRecord]:
    """Every record in the catalogue, or of one source, in the order of arrival and without holding them all."""
    records = BibliographicRecord.objects.filter(deleted_at=None)
    if source:
        records = records.filter(source=source)
    return records.order_by("pk").iterator(chunk_size=500)


def record_numbers_after(last: int, *, limit: int) -> list[int]:
    """Row numbers of the next records in the catalogue behind this one: a walk through all that holds up nobody."""
    rows = BibliographicRecord.objects.filter(deleted_at=None, pk__gt=last).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def last_record_number() -> int:
    """The highest row number there is, 0 for an empty catalogue."""
    return BibliographicRecord.objects.aggregate(last=Max("pk"))["last"] or 0


def written_between(after: int, up_to: int) -> Iterator[tuple[int, datetime]]:
    """(row number, when it was last written) of the records in the catalogue with after < row number ≤ up_to."""
    rows = BibliographicRecord.objects.filter(deleted_at=None, pk__gt=after, pk__lte=up_to).order_by("pk")
    return rows.values_list("pk", "written_at").iterator(chunk_size=2_000)


def number_of_records(source: str = "") -> int:
    records = BibliographicRecord.objects.filter(deleted_at=None)
    return (records.filter(source=source) if source else records).count()


def sources() -> list[str]:
    """Where records come from, in 五十音 order."""
    found = BibliographicRecord.objects.order_by().values_list("source", flat=True).distinct()
    return sorted(found, key=as_read)


def quarantine(batch: int = 0) -> QuerySet[QuarantinedRecord]:
    """What was set aside, the latest import first; of one import when `batch` is given."""
    rows = QuarantinedRecord.objects.select_related("batch").order_by("-batch_id", "ordinal")
    return rows.filter(batch_id=batch) if batch else rows


def imports() -> QuerySet[ImportBatch]:
    """The files brought in, the latest first."""
    return ImportBatch.objects.order_by("-started_at", "-pk")


def column_mappings() -> list[ColumnMapping]:
    """Kept under a name, in 五十音 order of the names."""
    return sorted(ColumnMapping.objects.all(), key=lambda mapping: as_read(mapping.name))


def column_plan(name: str) -> ColumnPlan | None:
    """The plan kept under this name."""
    found = ColumnMapping.objects.filter(name=name).first()
    return ColumnPlan.of({"columns": found.columns, "has_header": found.has_header}) if found else None


def duplicates(*, state: str = "open") -> QuerySet[DuplicatePair]:
    """Pairs that wait for a decision, the sure ones first; or (`state="settled"`) those decided, the latest first.

    Pairs whose records were deleted in the meantime are left out of the open ones.
    """
    pairs = DuplicatePair.objects.select_related("first", "second").defer("first__marc", "second__marc")
    if state == "settled":
        return pairs.exclude(settled_at=None).order_by("-settled_at", "-pk")
    waiting = pairs.filter(settled_at=None, first__deleted_at=None, second__deleted_at=None)
    return waiting.order_by("-is_sure", "found_at", "pk")


def duplicates_waiting() -> dict[str, int]:
    """How many pairs wait for a decision: {"sure": …, "doubtful": …}."""
    waiting = dict(duplicates().order_by("is_sure").values_list("is_sure").annotate(Count("pk")))
    return {"sure": waiting.get(True, 0), "doubtful": waiting.get(False, 0)}


def get_duplicate(pk: int) -> DuplicatePair | None:
    return DuplicatePair.objects.select_related("first", "second").filter(pk=pk).first()


def merge_of(gone: int) -> RecordMerge | None:
    """The merge by which this record left the catalogue."""
    return RecordMerge.objects.filter(gone_id=gone, undone_at=None).select_related("kept").first()


def merge_between(one: int, other: int) -> RecordMerge | None:
    """The merge of these two that stands."""
    return RecordMerge.objects.filter(kept_id__in=[one, other], gone_id__in=[one, other], undone_at=None).first()


def source_rules() -> list[SourceRule]:
    """The rules that were set, that for all other sources (empty name) first, the rest in 五十音 order."""
    return sorted(SourceRule.objects.all(), key=lambda rule: as_read(rule.source))


def records_with_any(scheme: str, values: Iterable[str]) -> dict[str, list[int]]:
    """Record numbers by the number they carry, for many numbers with one query."""
    found: dict[str, list[int]] = {}
    for value, record in _records_numbered(scheme=scheme, values=listed(set(values))):
        found.setdefault(value, []).append(record)
    return found


def a_number(scheme: str) -> tuple[str, int] | None:
    """One number of this kind and the record that carries it, as an example of what can be asked."""
    rows = RecordIdentifier.objects.filter(scheme=scheme, record__deleted_at=None).order_by("value", "record_id")
    return rows.values_list("value", "record_id").first()


@prepared
def _records_numbered(scheme: str, values: str) -> "QuerySet[RecordIdentifier, tuple[str, int]]":
    rows = RecordIdentifier.objects.filter(AmongWords("value", values), scheme=scheme, record__deleted_at=None)
    return rows.order_by("record_id").values_list("value", "record_id")
