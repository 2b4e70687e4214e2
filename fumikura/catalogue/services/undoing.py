"""Taking an import back: what it created goes, what it wrote over says again what it said before."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from fumikura.catalogue.events import ImportTakenBack
from fumikura.catalogue.imported import mark_of, records_in_use
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.models import BibliographicRecord, ImportBatch, ImportedRecord, RecordVersion
from fumikura.catalogue.services.drafts import Draft, draft_of
from fumikura.catalogue.services.records import write_drafts
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor

CHUNK = 500
DELETED, RESTORED = "deleted", "restored"
IN_USE, CHANGED_SINCE, GONE = "in-use", "changed-since", "gone"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many records have which outcome: deleted, restored, in-use, changed-since, gone."""

    outcomes: Counter[str]

    @property
    def left(self) -> int:
        return sum(number for outcome, number in self.outcomes.items() if outcome not in {DELETED, RESTORED})


def foresee_undo(batch: ImportBatch, *, by: Actor) -> TakenBack:
    """What undo_import would do now, without writing anything."""
    by.require("catalogue.import")
    lines = ImportedRecord.objects.filter(batch=batch, outcome="").order_by("pk")
    outcomes: Counter[str] = Counter()
    chunk: list[ImportedRecord] = []
    for line in lines.iterator(chunk_size=CHUNK):
        chunk.append(line)
        if len(chunk) == CHUNK:
            outcomes.update(_outcomes(chunk, _rows(chunk)).values())
            chunk = []
    outcomes.update(_outcomes(chunk, _rows(chunk)).values())
    return TakenBack(outcomes)


def undo_import(
    batch: ImportBatch, *, by: Actor, at: datetime, progress: Callable[[int], None] = lambda _settled: None
) -> TakenBack:
    """Undo in chunks, each whole or not at all; broken off, the same call goes on. Done already, it does nothing.

    Records with copies or changed since the import are left alone and listed with the reason. An import
    of the same file that is under way stops at its next chunk.
    """
    by.require("catalogue.import")
    _begin(batch, at)
    settled = 0
    while number := _settle(batch, by, at):
        settled += number
        progress(settled)
    ImportBatch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=at)
    lines = ImportedRecord.objects.filter(batch=batch).values_list("outcome", flat=True)
    return TakenBack(Counter(lines.iterator(chunk_size=5000)))


@transaction.atomic
def _begin(batch: ImportBatch, at: datetime) -> None:
    here = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if here.undo_started_at is None:
        here.undo_started_at = at
        here.save(update_fields=["undo_started_at"])


@transaction.atomic
def _settle(batch: ImportBatch, by: Actor, at: datetime) -> int:
    """One chunk; answer how many lines it settled."""
    ImportBatch.objects.select_for_update().get(pk=batch.pk)
    lines = list(ImportedRecord.objects.filter(batch=batch, outcome="").order_by("pk")[:CHUNK])
    if not lines:
        return 0
    rows = _rows(lines, for_update=True)
    outcomes = _outcomes(lines, rows)
    deleted = [line.record_id for line in lines if outcomes[line.pk] == DELETED]
    restored = [line for line in lines if outcomes[line.pk] == RESTORED]
    write_drafts(_drafts(restored, rows), by=by, at=at)
    gone = deleted + [line.record_id for line in restored if line.revived]
    BibliographicRecord.objects.filter(pk__in=gone).update(deleted_at=at, changed_at=at, written_at=Now())
    for line in lines:
        line.outcome = outcomes[line.pk]
    ImportedRecord.objects.bulk_update(lines, ["outcome"])
    touched = tuple(deleted + [line.record_id for line in restored])
    if touched:
        left = len(lines) - len(touched)
        news = ImportTakenBack(batch=batch.pk, records=touched, deleted=len(deleted), restored=len(restored), left=left)
        write_down(news, by=by, at=at, subject=f"catalogue.import:{batch.pk}")
    return len(lines)


def _rows(lines: Sequence[ImportedRecord], *, for_update: bool = False) -> dict[int, BibliographicRecord]:
    rows = BibliographicRecord.objects.select_for_update() if for_update else BibliographicRecord.objects.all()
    return {row.pk: row for row in rows.filter(pk__in=[line.record_id for line in lines]).order_by("pk")}


def _outcomes(lines: Sequence[ImportedRecord], rows: dict[int, BibliographicRecord]) -> dict[int, str]:
    """Line → what becomes of it."""
    in_use = records_in_use([line.record_id for line in lines if line.version is None or line.revived])
    return {line.pk: _outcome(line, rows[line.record_id], in_use) for line in lines}


def _outcome(line: ImportedRecord, row: BibliographicRecord, in_use: set[int]) -> str:
    if row.deleted_at is not None:
        return GONE
    if mark_of(bytes(row.marc)) != line.after:
        return CHANGED_SINCE
    if line.record_id in in_use:
        return IN_USE
    return DELETED if line.version is None else RESTORED


def _drafts(lines: Sequence[ImportedRecord], rows: dict[int, BibliographicRecord]) -> list[Draft]:
    """The earlier states, under the identity that the rows have."""
    wanted = {(line.record_id, line.version) for line in lines}
    versions = RecordVersion.objects.filter(record_id__in=[line.record_id for line in lines])
    drafts = []
    for version in versions.order_by("record_id", "number"):
        if (version.record_id, version.number) in wanted:
            row = rows[version.record_id]
            draft = draft_of(iso2709.decode(bytes(version.marc)), source=row.source, number=row.number)
            drafts.append(replace(draft, source=row.source, number=row.number))
    return drafts
