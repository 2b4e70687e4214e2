"""What an import would do, told without writing anything: the same decisions, over what would stand there by then."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from fumikura.catalogue.marc import formats, iso2709
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.models import BibliographicRecord, ImportBatch, RecordMerge, RecordVersion
from fumikura.catalogue.overlays import Overlay, tags_in
from fumikura.catalogue.services.drafting import Source, drafts
from fumikura.catalogue.services.drafts import Draft, draft_of
from fumikura.catalogue.services.imports import (
    CHUNK,
    Candidate,
    Progress,
    Report,
    Run,
    candidates_of,
    digest_of,
    is_another_title,
    waves,
)
from fumikura.catalogue.services.merging import gone_into, overlay_of, with_added_fields, with_local_fields
from fumikura.catalogue.services.met import Foreseen, Key, State, foreseen
from fumikura.catalogue.services.records import stored
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

_LINKED = re.compile(rb"\x1f6([0-9]{3})-")


def rehearse_import(
    path: Path,
    *,
    by: Actor,
    at: datetime,
    source: str = "",
    encoding: str = "",
    plan: ColumnPlan | None = None,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Report:
    """What import_file would do from the beginning of the file, without writing anything.

    Refused("import-being-undone").
    """
    by.require("catalogue.import")
    recognised = formats.recognise(path, plan=plan, encoding=encoding)
    run = Run(source, by, at)
    with drafts(Source(path, recognised, encoding, plan, source)) as reading, foreseen() as written:
        rehearsal = _Rehearsal(written, _was_finished(path, source), _merged_into())
        candidates = candidates_of(reading, run)
        while chunk := list(islice(candidates, CHUNK)):
            rehearsal.take_in(chunk, run)
            progress(Progress(reading.bytes_read, reading.size, run.counts))
    return Report(recognised.format, run.counts, run.reasons)


def _was_finished(path: Path, source: str) -> bool:
    """Whether this file was brought in whole before, and not taken back."""
    batch = ImportBatch.objects.filter(file_digest=digest_of(path), source=source[:40]).first()
    if batch and batch.undo_started_at and not batch.undone_at:
        raise Refused(Reason.of("import-being-undone"))
    return batch is not None and batch.undone_at is None and batch.times_finished > 0


def _merged_into() -> frozenset[int]:
    """The records into which others went."""
    return frozenset(RecordMerge.objects.filter(undone_at=None).values_list("kept_id", flat=True))


@dataclass
class _Rehearsal:
    """What would stand in the database by now."""

    written: Foreseen
    was_finished: bool
    merged_into: frozenset[int]
    whole: dict[int, bytes] = field(default_factory=dict)
    """Records into which others went, as this rehearsal would have written them."""
    rules: dict[str, Overlay] = field(default_factory=dict)

    def take_in(self, chunk: list[Candidate], run: Run) -> None:
        """Count what imports._take_in would do with the chunk."""
        bad = [candidate.arrival.fault for candidate in chunk if candidate.draft is None]
        for wave in waves(chunk):
            present = self._present([draft for _candidate, draft in wave])
            taken: list[Draft] = []
            for candidate, draft in wave:
                here = present.get(draft.key)
                if candidate.again and here and is_another_title(here.title, str(draft.columns["title"])):
                    bad.append("number-reused")
                else:
                    taken.append(draft)
            created, updated = self._foresee(taken, present)
            run.counts.created += created
            run.counts.updated += updated
            run.counts.unchanged += len(taken) - created - updated
        run.counts.quarantined += len(bad)
        run.reasons.update(bad)

    def _present(self, arriving: list[Draft]) -> dict[Key, State]:
        """What would stand under the keys of these."""
        present = self.written.of(draft.key for draft in arriving)
        others = [draft for draft in arriving if draft.key not in present]
        for key, row in stored(others, BibliographicRecord.objects.all()).items():
            marc = bytes(row.marc)
            present[key] = State(row.pk, row.title, hash(marc), marc, row.deleted_at is not None)
        return present

    def _foresee(self, taken: list[Draft], present: dict[Key, State]) -> tuple[int, int]:
        """How many would be created, and how many records updated."""
        fresh = self._not_superseded(taken, present) if self.was_finished else taken
        away = gone_into(state.record for state in present.values() if state.deleted)
        merged = [draft for draft in fresh if draft.key in present and present[draft.key].record in away]
        taken_over = set()
        for draft in merged:
            into = away[present[draft.key].record]
            if self._lay_over(draft, into):
                taken_over.add(into)
        kept = [self._protected(draft, present.get(draft.key)) for draft in fresh if draft not in merged]
        if self.was_finished:
            kept = self._not_superseded(kept, present)
        new = [draft for draft in kept if draft.key not in present]
        changed = [draft for draft in kept if (here := present.get(draft.key)) and _differs(draft, here)]
        self.written.written_over({draft.key: present[draft.key].mark for draft in changed})
        self._put((draft, present[draft.key].record if draft.key in present else 0) for draft in (*new, *changed))
        return len(new), len(changed) + len(taken_over)

    def _not_superseded(self, arriving: list[Draft], present: dict[Key, State]) -> list[Draft]:
        differing = {
            here.record: draft
            for draft in arriving
            if (here := present.get(draft.key)) and here.record and here.mark != hash(draft.marc)
        }
        versions = RecordVersion.objects.filter(record_id__in=differing).values_list("record_id", "marc")
        earlier = {differing[pk].key for pk, marc in versions if bytes(marc) == differing[pk].marc}
        here_before = self.written.before(draft.key for draft in arriving)
        return [
            draft
            for draft in arriving
            if draft.key not in earlier
            and (
                (draft.key, hash(draft.marc)) not in here_before
                or ((here := present.get(draft.key)) is not None and here.mark == hash(draft.marc))
            )
        ]

    def _lay_over(self, draft: Draft, kept: int) -> bool:
        """Whether the record into which this one went would take over something from it."""
        row = BibliographicRecord.objects.get(pk=kept)
        if row.deleted_at is not None and kept not in self.whole:
            return False
        before = self.whole.get(kept, bytes(row.marc))
        marc = with_added_fields(before, draft.marc, self._rule(draft.source))
        if marc == before:
            return False
        key = (row.source, row.number)
        self.written.written_over({key: hash(before)})
        named = draft_of(iso2709.decode(marc), source=row.source, number=row.number)
        self._put([(Draft(*key, named.marc, named.columns, ()), kept)])
        return True

    def _protected(self, draft: Draft, here: State | None) -> Draft:
        if here is None or here.deleted or here.mark == hash(draft.marc) or not here.marc:
            return draft
        return with_local_fields(draft, here.marc, self._rule(draft.source))

    def _rule(self, source: str) -> Overlay:
        if source not in self.rules:
            self.rules[source] = overlay_of(source)[0]
        return self.rules[source]

    def _put(self, drafts_of: Iterable[tuple[Draft, int]]) -> None:
        states: dict[Key, State] = {}
        for draft, record in drafts_of:
            if record in self.merged_into:
                self.whole[record] = draft.marc
            own = draft.marc if _has_local_fields(draft.marc, self._rule(draft.source)) else b""
            states[draft.key] = State(record, str(draft.columns["title"]), hash(draft.marc), own)
        self.written.put(states)


def _differs(draft: Draft, here: State) -> bool:
    return here.deleted or here.mark != hash(draft.marc)


def _has_local_fields(marc: bytes, rule: Overlay) -> bool:
    """Whether a record has fields that its source may not overwrite: read from the directory, for it is asked of each."""
    start = int(marc[12:17])
    tags = {marc[at : at + 3].decode("ascii", "replace") for at in range(24, start - 1, 12)}
    if "880" in tags:
        tags |= {found.decode() for found in _LINKED.findall(marc, start)}
    kept = tags_in(rule.protects)
    return any(first <= tag <= last for tag in tags for first, last in kept)
