"""Bringing a file in: in chunks, each whole or not at all, so that a stopped import goes on where it stood."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from fumikura.catalogue.events import ImportFinished, RecordsImported
from fumikura.catalogue.imported import mark_of
from fumikura.catalogue.marc import formats
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.models import (
    BibliographicRecord,
    ImportBatch,
    ImportedRecord,
    QuarantinedRecord,
    RecordVersion,
)
from fumikura.catalogue.services.drafting import Drafted, Source, drafts
from fumikura.catalogue.services.drafts import Draft
from fumikura.catalogue.services.duplicates import find_duplicates
from fumikura.catalogue.services.inserting import insert_rows
from fumikura.catalogue.services.merging import ready_to_write
from fumikura.catalogue.services.met import Met
from fumikura.catalogue.services.records import Written, stored, write_drafts
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import fold
from fumikura.kernel.refusals import Reason, Refused

CHUNK = 500
_REMEMBERED = ("batch_id", "record_id", "version", "revived", "after", "outcome")
"""Columns of ImportedRecord."""


@dataclass(slots=True)
class Counts:
    """Every record of the file is in exactly one of the four."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0

    @property
    def total(self) -> int:
        return self.created + self.updated + self.unchanged + self.quarantined


@dataclass(frozen=True, slots=True)
class Progress:
    bytes_read: int
    size: int
    counts: Counts
    resumed_at: int = 0
    """Records that an earlier, interrupted run had done."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do."""

    format: str
    counts: Counts
    reasons: Counter[str]
    """How often each reason for quarantine came up in this run."""
    batch: int = 0
    """0 for a rehearsal."""
    resumed_at: int = 0
    """Records that an earlier, interrupted run had done."""


@dataclass(slots=True)
class Run:
    """One run over a file."""

    source: str
    by: Actor
    at: datetime
    counts: Counts = field(default_factory=Counts)
    reasons: Counter[str] = field(default_factory=Counter)
    seen: Met = field(default_factory=Met)
    """Hashes of the keys met in this file."""
    common: set[str] = field(default_factory=set)
    """Numbers and works that very many records share: they say nothing about duplicates."""


@dataclass(slots=True)
class Candidate:
    ordinal: int
    arrival: Drafted
    draft: Draft | None
    again: bool
    """Whether its number was met before in this file."""


def import_file(
    path: Path,
    *,
    by: Actor,
    at: datetime,
    source: str = "",
    encoding: str = "",
    plan: ColumnPlan | None = None,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Report:
    """Take in every record of `path`; what cannot be taken in is kept with its bytes and the reason.

    Raises formats.NotReadable when the file is nothing that can be read, OSError and DatabaseError when disk or database
    fail; whole chunks stay, and the same call goes on behind them. `source` stands in for a missing 003;
    `plan` says which column of a table is what.
    """
    by.require("catalogue.import")
    recognised = formats.recognise(path, plan=plan, encoding=encoding)
    batch = _begin(path, recognised, source=source, at=at)
    run = Run(source, by, at, Counts(batch.created, batch.updated, batch.unchanged, batch.quarantined))
    done = batch.position
    with drafts(Source(path, recognised, encoding, plan, source)) as reading:
        candidates = candidates_of(reading, run)
        for _candidate in islice(candidates, done):
            pass
        while chunk := list(islice(candidates, CHUNK)):
            _take_in(chunk, batch, run)
            progress(Progress(reading.bytes_read, reading.size, run.counts, done))
    _finish(batch, run)
    return Report(recognised.format, run.counts, run.reasons, batch.pk, done)


@transaction.atomic
def _begin(path: Path, recognised: formats.Recognised, *, source: str, at: datetime) -> ImportBatch:
    """The row of this file: where an interrupted import stopped, else at the start."""
    digest = digest_of(path)
    batch, is_new = ImportBatch.objects.select_for_update().get_or_create(
        file_digest=digest,
        source=source[:40],
        defaults={"file_name": path.name[:200], "format": recognised.format, "started_at": at},
    )
    if batch.undo_started_at and not batch.undone_at:
        raise Refused(Reason.of("import-being-undone"))
    if is_new or not (batch.finished_at or batch.undone_at):
        return batch
    if batch.undone_at:
        batch.records.all().delete()
        batch.undo_started_at, batch.undone_at, batch.times_finished = None, None, 0
    batch.quarantine.all().delete()
    batch.file_name, batch.started_at, batch.finished_at, batch.position = path.name[:200], at, None, 0
    batch.created = batch.updated = batch.unchanged = batch.quarantined = 0
    batch.save()
    return batch


def digest_of(path: Path) -> str:
    """By this a file is known again."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def candidates_of(records: Iterable[Drafted], run: Run) -> Iterator[Candidate]:
    for ordinal, arrived in enumerate(records, start=1):
        again = arrived.draft is not None and run.seen.add(hash(arrived.draft.key))
        yield Candidate(ordinal, arrived, arrived.draft, again)


@transaction.atomic
def _take_in(chunk: list[Candidate], batch: ImportBatch, run: Run) -> None:
    """One chunk: records, quarantine, counts, position and journal together."""
    here = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if here.position != chunk[0].ordinal - 1 or here.started_at != batch.started_at or here.undo_started_at:
        raise Refused(Reason.of("import-running"))
    counts = Counts(run.counts.created, run.counts.updated, run.counts.unchanged, run.counts.quarantined)
    created: list[int] = []
    updated: list[int] = []
    set_aside = [(candidate, candidate.arrival.fault) for candidate in chunk if candidate.draft is None]
    for wave in waves(chunk):
        present = stored(draft for _candidate, draft in wave)
        taken: list[Draft] = []
        for candidate, draft in wave:
            row = present.get(draft.key)
            if candidate.again and row is not None and is_another_title(row.title, str(draft.columns["title"])):
                set_aside.append((candidate, "number-reused"))
            else:
                taken.append(draft)
        fresh = _not_superseded(taken, present) if here.times_finished else taken
        drafts, taken_over = ready_to_write(fresh, present, by=run.by, at=run.at)
        if here.times_finished:
            drafts = _not_superseded(drafts, present)
        written = write_drafts(drafts, by=run.by, at=run.at, present=present)
        _remember(batch, drafts, written, present)
        _remember_overlaid(batch, taken_over)
        created += written.created
        updated += [*written.updated, *taken_over]
        counts.unchanged += len(taken) - len(written.created) - len(written.updated) - len(taken_over)
    QuarantinedRecord.objects.bulk_create(
        _quarantined(candidate, reason, batch)
        for candidate, reason in sorted(set_aside, key=lambda pair: pair[0].ordinal)
    )
    counts.created += len(created)
    counts.updated += len(updated)
    counts.quarantined += len(set_aside)
    here.position = chunk[-1].ordinal
    here.created, here.updated = counts.created, counts.updated
    here.unchanged, here.quarantined = counts.unchanged, counts.quarantined
    here.save()
    if touched := tuple(dict.fromkeys(created + updated)):
        news = RecordsImported(batch=batch.pk, records=touched, created=len(created), updated=len(updated))
        write_down(news, by=run.by, at=run.at, subject=f"catalogue.import:{batch.pk}")
    find_duplicates(created, common=run.common, by=run.by, at=run.at)
    run.counts = counts
    run.reasons.update(reason for _candidate, reason in set_aside)


def _remember(
    batch: ImportBatch,
    drafts: list[Draft],
    written: Written,
    present: dict[tuple[str, str], BibliographicRecord],
) -> None:
    """What this import did to each record, for showing and undoing it. The state before the first change counts."""
    rows = [
        (
            batch.pk,
            written.rows[draft.key],
            written.versions.get(written.rows[draft.key]),
            draft.key in present and present[draft.key].deleted_at is not None,
            mark_of(draft.marc),
            "",
        )
        for draft in drafts
        if draft.key in written.rows
    ]
    insert_rows(ImportedRecord, _REMEMBERED, rows, conflict="update:after")


def _remember_overlaid(batch: ImportBatch, versions: Mapping[int, int]) -> None:
    """The records into which others were merged, and that took over what came for those."""
    rows = BibliographicRecord.objects.filter(pk__in=list(versions)).values_list("pk", "marc") if versions else ()
    lines = [(batch.pk, pk, versions[pk], False, mark_of(bytes(marc)), "") for pk, marc in rows]
    insert_rows(ImportedRecord, _REMEMBERED, lines, conflict="update:after")


def waves(chunk: list[Candidate]) -> Iterator[list[tuple[Candidate, Draft]]]:
    """The good records in runs without a repeated key, so that each sees what the one before it wrote."""
    wave: dict[tuple[str, str], tuple[Candidate, Draft]] = {}
    for candidate in chunk:
        if (draft := candidate.draft) is None:
            continue
        if draft.key in wave:
            yield list(wave.values())
            wave = {}
        wave[draft.key] = (candidate, draft)
    if wave:
        yield list(wave.values())


def is_another_title(stored_title: str, arriving: str) -> bool:
    """A file that gives one number to two titles must not write one over the other; a correction may.

    A correction leaves more than half of the shorter title's letters standing.
    """
    shorter, longer = sorted((set(fold(stored_title)) - {" "}, set(fold(arriving)) - {" "}), key=len)
    return 2 * len(shorter & longer) <= len(shorter)


def _not_superseded(drafts: list[Draft], present: dict[tuple[str, str], BibliographicRecord]) -> list[Draft]:
    """Without those that say what the record said before: a file brought in before brings no old state back."""
    differing = {row.pk: draft for draft in drafts if (row := present.get(draft.key)) and bytes(row.marc) != draft.marc}
    versions = RecordVersion.objects.filter(record_id__in=differing).values_list("record_id", "marc")
    earlier = {differing[pk].key for pk, marc in versions if bytes(marc) == differing[pk].marc}
    return [draft for draft in drafts if draft.key not in earlier] if earlier else drafts


def _quarantined(candidate: Candidate, reason: str, batch: ImportBatch) -> QuarantinedRecord:
    arrival = candidate.arrival
    raw = arrival.raw or (candidate.draft.marc if candidate.draft else b"")
    detail = arrival.detail or (f"{candidate.draft.number}" if candidate.draft else "")
    return QuarantinedRecord(
        batch=batch, ordinal=candidate.ordinal, raw=raw, reason=reason[:40], detail=detail.replace("\x00", "")
    )


@transaction.atomic
def _finish(batch: ImportBatch, run: Run) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(finished_at=run.at, times_finished=batch.times_finished + 1)
    news = ImportFinished(
        batch=batch.pk,
        created=run.counts.created,
        updated=run.counts.updated,
        unchanged=run.counts.unchanged,
        quarantined=run.counts.quarantined,
    )
    write_down(news, by=run.by, at=run.at, subject=f"catalogue.import:{batch.pk}")
