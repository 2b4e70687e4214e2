"""Writing records, one or many at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from pymarc import Record

from fumikura.catalogue.events import RecordChanged, RecordCreated, RecordDeleted
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.arrivals import Faulty
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.models import BibliographicRecord, RecordIdentifier, RecordVersion
from fumikura.catalogue.services.drafts import Draft, draft_of
from fumikura.catalogue.services.inserting import insert_rows
from fumikura.catalogue.services.linking import link_records
from fumikura.catalogue.services.placing import keep_works
from fumikura.catalogue.services.readings import keep_readings
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

_COLUMNS = [
    "marc", "title", "volume", "reading", "reading_is_draft", "creator", "creator_reading", "sort_key", "publisher", "year", "language",
    "kind", "ndc", "work_key", "changed_at", "deleted_at",
    "written_at",
]  # fmt: skip


@dataclass(slots=True)
class Written:
    """What became of a number of drafts."""

    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: int = 0
    versions: dict[int, int] = field(default_factory=dict)
    """Record → number of the version that keeps its earlier state."""
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    """Key → record, of all that were created or updated."""


@transaction.atomic
def save_record(
    marc: Record | bytes, *, by: Actor, at: datetime, source: str = "", number: str = ""
) -> BibliographicRecord:
    """Create the record, or save it over and keep its earlier state as a version. Unchanged bytes write nothing.

    `source` and `number` stand in for a missing 003 and 001. Raises Refused("record-faulty:…") when it is no record.
    """
    by.require("catalogue.save")
    try:
        decoded = iso2709.decode(iso2709.encode(content_of(marc)) if isinstance(marc, Record) else marc)
    except Faulty as fault:
        raise Refused(Reason.of(f"record-faulty:{fault.code}")) from fault
    draft = draft_of(decoded, source=source, number=number)
    written = write_drafts([draft], by=by, at=at)
    saved = BibliographicRecord.objects.get(source=draft.source, number=draft.number)
    subject = f"catalogue.record:{saved.pk}"
    if written.created:
        write_down(RecordCreated(record=saved.pk), by=by, at=at, subject=subject)
    elif written.updated:
        write_down(RecordChanged(record=saved.pk, version=written.versions[saved.pk]), by=by, at=at, subject=subject)
    return saved


@transaction.atomic
def delete_record(*, record: BibliographicRecord, by: Actor, at: datetime) -> None:
    """Take the record out of the catalogue; it keeps its row, because copies and the journal point to it."""
    by.require("catalogue.delete")
    gone = BibliographicRecord.objects.filter(pk=record.pk, deleted_at=None).update(
        deleted_at=at, changed_at=at, written_at=Now()
    )
    if gone:
        record.deleted_at = record.changed_at = at
        write_down(RecordDeleted(record=record.pk), by=by, at=at, subject=f"catalogue.record:{record.pk}")


def bring_back_record(*, record: BibliographicRecord, by: Actor, at: datetime) -> BibliographicRecord:
    """Put a record that was taken out into the catalogue again, as it was."""
    by.require("catalogue.delete")
    return save_record(bytes(record.marc), by=by, at=at, source=record.source, number=record.number)


def stored(
    drafts: Iterable[Draft], rows: QuerySet[BibliographicRecord] | None = None
) -> dict[tuple[str, str], BibliographicRecord]:
    """The rows that these drafts would write over, locked unless other `rows` are given."""
    rows = BibliographicRecord.objects.select_for_update() if rows is None else rows
    by_source: dict[str, list[str]] = {}
    for draft in drafts:
        by_source.setdefault(draft.source, []).append(draft.number)
    return {
        (found.source, found.number): found
        for source, numbers in by_source.items()
        for found in rows.filter(source=source, number__in=numbers)
    }


def write_drafts(
    drafts: Sequence[Draft],
    *,
    by: Actor,
    at: datetime,
    present: dict[tuple[str, str], BibliographicRecord] | None = None,
) -> Written:
    """Write drafts with different keys inside the caller's transaction. `present` = stored(drafts) if known already."""
    present = stored(drafts) if present is None else present
    written = Written()
    new: list[Draft] = []
    changed: list[BibliographicRecord] = []
    earlier: list[tuple[int, bytes]] = []
    by_key = {draft.key: draft for draft in drafts}
    for draft in drafts:
        row = present.get(draft.key)
        if row is None:
            new.append(draft)
        elif bytes(row.marc) == draft.marc and row.deleted_at is None:
            written.unchanged += 1
        else:
            earlier.append((row.pk, bytes(row.marc)))
            fresh = _row(draft, at)
            fresh.pk, fresh.created_at = row.pk, row.created_at
            changed.append(fresh)
    leads = keep_works(changed, arriving=[draft.columns["work_key"] for draft in new])
    made = _insert(new, leads, at)
    written.created = [made[draft.key] for draft in new]
    if changed:
        keep_readings(changed)
        written.versions = _keep_versions(earlier, by=by, at=at)
        BibliographicRecord.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["source", "number"], update_fields=_COLUMNS
        )
        written.updated = [pk for pk, _marc in earlier]
        RecordIdentifier.objects.filter(record_id__in=written.updated).delete()
    pks = made | {(row.source, row.number): pk for row, pk in zip(changed, written.updated, strict=True)}
    written.rows = pks
    insert_rows(
        RecordIdentifier,
        ("record_id", "scheme", "value"),
        ((pk, scheme, value) for key, pk in pks.items() for scheme, value in by_key[key].identifiers),
    )
    named = {pk: (key[0], by_key[key].headings) for key, pk in pks.items()}
    link_records(named, changed=written.updated, by=by, at=at)
    return written


def _insert(drafts: Sequence[Draft], leads: Mapping[str, str], at: datetime) -> dict[tuple[str, str], int]:
    """Write new rows and answer their numbers. An import spends a fifth of its time here, so no model is made of each.

    `leads`: where the keys of their works lead, of those that were joined to others.
    """
    if not drafts:
        return {}
    now = connection.ops.adapt_datetimefield_value(at)
    columns = tuple(name for name in drafts[0].columns if name != "work_key")
    insert_rows(
        BibliographicRecord,
        ("source", "number", "marc", "reading_is_draft", "created_at", "changed_at", "work_key", *columns),
        (
            (
                draft.source,
                draft.number,
                draft.marc,
                False,
                now,
                now,
                leads.get(draft.columns["work_key"], ""),
                *(draft.columns[name] for name in columns),
            )
            for draft in drafts
        ),
    )
    numbers: dict[str, list[str]] = {}
    for draft in drafts:
        numbers.setdefault(draft.source, []).append(draft.number)
    return {
        (source, number): pk
        for source, some in numbers.items()
        for pk, number in BibliographicRecord.objects.filter(source=source, number__in=some).values_list("pk", "number")
    }


def _row(draft: Draft, at: datetime) -> BibliographicRecord:
    return BibliographicRecord(
        source=draft.source, number=draft.number, marc=draft.marc, created_at=at, changed_at=at, **draft.columns
    )


def _keep_versions(earlier: list[tuple[int, bytes]], *, by: Actor, at: datetime) -> dict[int, int]:
    """Keep the states about to be written over; a state that is kept already is not kept twice."""
    ids = [pk for pk, _marc in earlier]
    kept = {
        (record_id, bytes(marc)): number
        for record_id, marc, number in RecordVersion.objects.filter(record_id__in=ids).values_list(
            "record_id", "marc", "number"
        )
    }
    last = dict(
        RecordVersion.objects.filter(record_id__in=ids)
        .values("record_id")
        .annotate(last=Max("number"))
        .values_list("record_id", "last")
    )
    numbers = {pk: kept.get((pk, marc)) or last.get(pk, 0) + 1 for pk, marc in earlier}
    RecordVersion.objects.bulk_create(
        RecordVersion(record_id=pk, number=numbers[pk], marc=marc, saved_at=at, saved_by=by.ref)
        for pk, marc in earlier
        if (pk, marc) not in kept
    )
    return numbers
