"""The cataloguer's verbs: keep what is being typed, save it, go back to an earlier state, change many records at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fumikura.catalogue.editing.lines import text_of
from fumikura.catalogue.editing.operations import Operation, carried_out
from fumikura.catalogue.events import BatchEditUndone, RecordChanged, RecordCreated, RecordsEdited
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.arrivals import Faulty
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.models import (
    BatchEdit,
    BatchEditRecord,
    BibliographicRecord,
    RecordVersion,
    UnsavedEdit,
)
from fumikura.catalogue.services.drafts import Draft, draft_of
from fumikura.catalogue.services.readings import forget_confirmed
from fumikura.catalogue.services.records import write_drafts
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

MOST_AT_ONCE = 5000
"""Records in one batch edit: what one transaction does in a few seconds."""
MOST_UNSAVED = 50
"""Unsaved edits kept for one person; the oldest go."""


def keep_unsaved(
    key: UUID, *, record: BibliographicRecord | None, base: str, template: str, text: str, by: Actor, at: datetime
) -> None:
    """Keep what was typed. It is no news: nothing of the catalogue changes, so the journal is not told."""
    by.require("catalogue.save")
    with transaction.atomic():
        if UnsavedEdit.objects.filter(key=key).exclude(owner=by.ref).exists():
            return
        facts = {"owner": by.ref, "record": record, "base": base, "template": template, "text": text, "changed_at": at}
        UnsavedEdit.objects.update_or_create(key=key, defaults=facts)
        mine = UnsavedEdit.objects.filter(owner=by.ref).order_by("-changed_at").values_list("key", flat=True)
        UnsavedEdit.objects.filter(key__in=list(mine[MOST_UNSAVED:])).delete()


def forget_unsaved(key: UUID, *, by: Actor) -> None:
    """Throw away what was typed."""
    UnsavedEdit.objects.filter(key=key, owner=by.ref).delete()


@transaction.atomic
def save_edit(
    key: UUID, content: Content, *, record: BibliographicRecord | None, base: str, by: Actor, at: datetime
) -> BibliographicRecord:
    """Save an edit over `record`, or as a new one, and forget what was kept of it. `base` = the lines it began from.

    Refused: record-changed-meanwhile, record-number-changed, record-exists-already, record-faulty:….
    """
    by.require("catalogue.save")
    content = without_empty(content)
    if record is None:
        saved = _create(content, number=f"f{key.hex[:15]}", by=by, at=at)
    else:
        row = BibliographicRecord.objects.select_for_update().get(pk=record.pk)
        now = iso2709.decode(bytes(row.marc)).content
        if text_of(now) != base:
            raise Refused(Reason.of("record-changed-meanwhile"))
        saved = _save_over(row, content, by=by, at=at) if text_of(content) != base else row
    UnsavedEdit.objects.filter(key=key, owner=by.ref).delete()
    return saved


@transaction.atomic
def restore_version(record: BibliographicRecord, *, version: int, by: Actor, at: datetime) -> BibliographicRecord:
    """Make an earlier state the present one; the present state becomes a version. Refused: record-version-unknown."""
    by.require("catalogue.save")
    row = BibliographicRecord.objects.select_for_update().get(pk=record.pk)
    earlier = RecordVersion.objects.filter(record=row, number=version).first()
    if earlier is None:
        raise Refused(Reason.of("record-version-unknown"))
    return _save_over(row, iso2709.decode(bytes(earlier.marc)).content, by=by, at=at, stamp=False)


def without_empty(content: Content) -> Content:
    """Without subfields and fields that say nothing."""
    kept = []
    for entry in content.entries:
        parts = [part for part in entry.parts if part[1].strip()]
        if entry.data.strip() if not entry.marks else any(code != "6" for code, _text in parts):
            kept.append(Entry(entry.tag, entry.marks, parts, entry.data))
    return Content(content.leader, kept)


def _create(content: Content, *, number: str, by: Actor, at: datetime) -> BibliographicRecord:
    if not any(entry.tag == "001" for entry in content.entries):
        content = Content(content.leader, [Entry("001", data=number), *content.entries])
    draft = _draft(_stamped(content, at), number=number)
    present = BibliographicRecord.objects.filter(source=draft.source, number=draft.number).first()
    if present is not None and present.deleted_at is None:
        raise Refused(Reason.of("record-exists-already", title=present.title))
    write_drafts([draft], by=by, at=at)
    saved = BibliographicRecord.objects.get(source=draft.source, number=draft.number)
    write_down(RecordCreated(record=saved.pk), by=by, at=at, subject=f"catalogue.record:{saved.pk}")
    return saved


def _save_over(
    row: BibliographicRecord, content: Content, *, by: Actor, at: datetime, stamp: bool = True
) -> BibliographicRecord:
    draft = _draft_for(row, _stamped(content, at) if stamp else content)
    if draft.columns["reading"]:
        forget_confirmed(row.pk)
    written = write_drafts([draft], by=by, at=at)
    if written.updated:
        event = RecordChanged(record=row.pk, version=written.versions[row.pk])
        write_down(event, by=by, at=at, subject=f"catalogue.record:{row.pk}")
    return BibliographicRecord.objects.get(pk=row.pk)


def _draft_for(row: BibliographicRecord, content: Content) -> Draft:
    draft = _draft(content, source=row.source, number=row.number)
    stated = {entry.tag for entry in content.entries}
    if draft.key != (row.source, row.number):
        if not {"001", "003"} & stated:
            return replace(draft, source=row.source, number=row.number)
        raise Refused(Reason.of("record-number-changed", number=row.number))
    return draft


def _draft(content: Content, *, source: str = "", number: str = "") -> Draft:
    try:
        return draft_of(iso2709.decode(iso2709.encode(content)), source=source, number=number)
    except Faulty as fault:
        raise Refused(Reason.of(f"record-faulty:{fault.code}", about=fault.detail)) from fault


def _stamped(content: Content, at: datetime) -> Content:
    """With the time of saving in 005, as MARC has it."""
    stamp = Entry("005", data=timezone.localtime(at).strftime("%Y%m%d%H%M%S.0"))
    entries = [entry for entry in content.entries if entry.tag != "005"]
    place = next((at for at, entry in enumerate(entries) if entry.tag > "005"), len(entries))
    return Content(content.leader, [*entries[:place], stamp, *entries[place:]])


@dataclass(frozen=True)
class Undone:
    """What undoing a batch edit put back, and what it left alone because it was changed since."""

    restored: tuple[int, ...]
    left_alone: tuple[int, ...]


@transaction.atomic
def edit_many(
    record_ids: Iterable[int], operations: Sequence[Operation], *, by: Actor, at: datetime
) -> BatchEdit | None:
    """Carry out the operations on these records: one transaction, one journal entry. None when nothing changes.

    Refused: too-many-records, record-faulty:…, record-number-changed.
    """
    by.require("catalogue.edit-many")
    ids = sorted(set(record_ids))
    if len(ids) > MOST_AT_ONCE:
        raise Refused(Reason.of("too-many-records", most=MOST_AT_ONCE))
    drafts: dict[int, Draft] = {}
    for row in BibliographicRecord.objects.select_for_update().filter(pk__in=ids, deleted_at=None).order_by("pk"):
        before = iso2709.decode(bytes(row.marc)).content
        after = without_empty(carried_out(before, list(operations)))
        if text_of(after) != text_of(before):
            drafts[row.pk] = _draft_for(row, _stamped(after, at))
    if not drafts:
        return None
    written = write_drafts(list(drafts.values()), by=by, at=at)
    batch = BatchEdit.objects.create(operations=[one.plain() for one in operations], made_at=at, made_by=by.ref)
    BatchEditRecord.objects.bulk_create(
        BatchEditRecord(batch=batch, record_id=pk, version=version, after=digest(drafts[pk].marc))
        for pk, version in written.versions.items()
    )
    event = RecordsEdited(batch=batch.pk, records=tuple(written.versions))
    write_down(event, by=by, at=at, subject=f"catalogue.batch-edit:{batch.pk}")
    return batch


@transaction.atomic
def undo_edit_many(batch: BatchEdit, *, by: Actor, at: datetime) -> Undone:
    """Put back what a batch edit changed, save records that were changed since. A second time does nothing."""
    by.require("catalogue.edit-many")
    batch = BatchEdit.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at is not None:
        return Undone((), ())
    lines = {line.record_id: line for line in BatchEditRecord.objects.filter(batch=batch)}
    earlier = {
        (version.record_id, version.number): bytes(version.marc)
        for version in RecordVersion.objects.filter(record_id__in=list(lines))
    }
    drafts: list[Draft] = []
    restored: list[int] = []
    for row in BibliographicRecord.objects.select_for_update().filter(pk__in=list(lines)).order_by("pk"):
        line = lines[row.pk]
        if digest(bytes(row.marc)) == line.after and row.deleted_at is None:
            content = iso2709.decode(earlier[row.pk, line.version]).content
            drafts.append(_draft_for(row, content))
            restored.append(row.pk)
    write_drafts(drafts, by=by, at=at)
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    event = BatchEditUndone(batch=batch.pk, records=tuple(restored))
    write_down(event, by=by, at=at, subject=f"catalogue.batch-edit:{batch.pk}")
    return Undone(tuple(restored), tuple(sorted(set(lines) - set(restored))))


def digest(marc: bytes) -> str:
    return sha256(marc).hexdigest()
