"""Bringing a file of authorities in: in chunks, each whole or not at all; rehearsed before, taken back after."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from fumikura.catalogue.events import AuthoritiesImported, AuthorityImportUndone
from fumikura.catalogue.headings import Heading, heading_key
from fumikura.catalogue.marc.authority_records import AuthorityEntry, arrivals, recognise
from fumikura.catalogue.models import (
    Authority,
    AuthorityIdentifier,
    AuthorityImport,
    AuthorityLink,
    AuthorityMerge,
    AuthorityRelation,
    AuthorityVariant,
    ImportedAuthority,
)
from fumikura.catalogue.services.authorities import OPPOSITE
from fumikura.catalogue.services.linking import matched, said_reading, sort_of
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

CHUNK = 300
MOST_PROBLEMS = 1_000
DELETED, RESTORED, IN_USE, CHANGED_SINCE, GONE = "deleted", "restored", "in-use", "changed-since", "gone"
_TAGS = {"person": "100", "body": "110", "subject": "650"}
State = dict[str, Any]


@dataclass(slots=True)
class AuthorityReport:
    """What an import did, or would do."""

    format: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    """(ordinal, code of catalogue.words.AUTHORITIES, what it is about)"""
    batch: int = 0
    resumed_at: int = 0
    samples: list[tuple[str, State | None, State]] = field(default_factory=list)
    """The first few: heading, before (None for a new one), after."""


class _OnlyRehearsed(Exception):
    """Thrown to let everything go that a rehearsal wrote."""


def rehearse_authorities(path: Path, *, by: Actor, at: datetime, source: str = "") -> AuthorityReport:
    """What import_authorities would do from the beginning of the file; nothing of it stays."""
    by.require("catalogue.change-authority")
    report = AuthorityReport("")
    try:
        with transaction.atomic():
            report = _import(path, by=by, at=at, source=source, rehearsing=True)
            raise _OnlyRehearsed
    except _OnlyRehearsed:
        report.batch = 0
        return report


def import_authorities(path: Path, *, by: Actor, at: datetime, source: str = "") -> AuthorityReport:
    """Take in every authority of the file. Raises formats.NotReadable; broken off, the same call goes on behind whole chunks.

    What is here already learns what it did not say: other forms, reading, years, number, references, notes. A heading and a
    reading that staff gave stay. `source` stands for a missing 003.
    """
    by.require("catalogue.change-authority")
    return _import(path, by=by, at=at, source=source, rehearsing=False)


def _import(path: Path, *, by: Actor, at: datetime, source: str, rehearsing: bool) -> AuthorityReport:
    file = recognise(path)
    batch = _begin(path, file.format, source, at, anew=rehearsing)
    report = AuthorityReport(file.format, batch.created, batch.updated, batch.unchanged, batch=batch.pk)
    report.resumed_at = batch.position
    report.problems = [(int(number), str(code), str(about)) for number, code, about in batch.problems]
    arrived = enumerate(arrivals(file), start=1)
    for _passed in islice(arrived, batch.position):
        pass
    while chunk := list(islice(arrived, CHUNK)):
        good = [one.entry for _ordinal, one in chunk if one.entry is not None]
        bad = [(ordinal, one.fault, one.about[:200]) for ordinal, one in chunk if one.entry is None]
        report.problems = [*report.problems, *bad][:MOST_PROBLEMS]
        _take_in(good, batch, report, position=chunk[-1][0], by=by, at=at)
    AuthorityImport.objects.filter(pk=batch.pk).update(finished_at=at)
    return report


@transaction.atomic
def _begin(path: Path, format_: str, source: str, at: datetime, *, anew: bool) -> AuthorityImport:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    facts = {"file_name": path.name[:200], "format": format_, "source": source[:40], "started_at": at}
    batch, is_new = AuthorityImport.objects.select_for_update().get_or_create(file_digest=digest, defaults=facts)
    if is_new or not (batch.finished_at or batch.undone_at or anew):
        return batch
    if batch.undone_at:
        batch.lines.all().delete()
    batch.position = batch.created = batch.updated = batch.unchanged = 0
    batch.problems, batch.started_at, batch.finished_at, batch.undone_at = [], at, None, None
    batch.save()
    return batch


@transaction.atomic
def _take_in(
    entries: Sequence[AuthorityEntry],
    batch: AuthorityImport,
    report: AuthorityReport,
    *,
    position: int,
    by: Actor,
    at: datetime,
) -> None:
    here = AuthorityImport.objects.select_for_update().get(pk=batch.pk)
    headings = [_heading(entry) for entry in entries]
    named = [_other(kind, name, reading) for one in entries for _relation, kind, name, reading in one.others]
    found = matched([*headings, *named], here.source, states=states_of, by=by, at=at)
    before, rows = found.earlier, found.rows
    for entry, row in zip(entries, rows, strict=False):
        _learn(row, entry, at)
    _write_forms(entries, rows)
    _write_relations(entries, rows)
    after = states_of([row.pk for row in rows])
    lines = []
    for row in {row.pk: row for row in rows}.values():
        was, now = before.get(row.pk), after[row.pk]
        if was == now:
            report.unchanged += 1
            continue
        report.created += was is None
        report.updated += was is not None
        if len(report.samples) < 50:
            report.samples.append((row.heading, was, now))
        lines.append(ImportedAuthority(batch=here, authority=row, heading=row.heading, before=was, after=now))
    ImportedAuthority.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["batch", "authority"], update_fields=["after", "outcome"]
    )
    here.position, here.problems = position, [list(one) for one in report.problems]
    here.created, here.updated, here.unchanged = report.created, report.updated, report.unchanged
    here.save()
    if lines:
        touched = tuple(line.authority_id for line in lines if line.authority_id)
        created = sum(line.before is None for line in lines)
        news = AuthoritiesImported(batch=here.pk, authorities=touched, created=created, updated=len(lines) - created)
        write_down(news, by=by, at=at, subject=f"catalogue.authority-import:{here.pk}")


def _heading(entry: AuthorityEntry) -> Heading:
    return Heading(
        tag=_TAGS[entry.kind],
        kind=entry.kind,
        name=entry.heading,
        reading=entry.reading,
        dates=entry.dates,
        number=entry.number,
    )


def _other(kind: Any, name: str, reading: str) -> Heading:
    return Heading(tag=_TAGS[kind], kind=kind, name=name, reading=reading)


def _learn(row: Authority, entry: AuthorityEntry, at: datetime) -> None:
    if entry.reading and not said_reading(row) and row.key == heading_key(entry.heading):
        row.reading, row.reading_is_draft = entry.reading, False
        row.sort_key = sort_of(row.heading, row.reading)
    row.dates = row.dates or entry.dates
    row.scheme, row.note = row.scheme or entry.scheme, row.note or entry.note
    row.changed_at = at


def _write_forms(entries: Sequence[AuthorityEntry], rows: Sequence[Authority]) -> None:
    fields = ["reading", "reading_is_draft", "sort_key", "dates", "scheme", "note", "changed_at"]
    Authority.objects.bulk_update({row.pk: row for row in rows[: len(entries)]}.values(), fields)
    forms = {}
    for entry, row in zip(entries, rows, strict=False):
        for name, reading in entry.variants:
            if (key := heading_key(name)) and key != row.key:
                forms[row.pk, key] = AuthorityVariant(
                    authority=row, name=name, reading=reading, key=key, sort_key=sort_of(name, reading)
                )
    AuthorityVariant.objects.bulk_create(forms.values(), ignore_conflicts=True)


def _write_relations(entries: Sequence[AuthorityEntry], rows: Sequence[Authority]) -> None:
    others = iter(rows[len(entries) :])
    made: dict[tuple[int, int], AuthorityRelation] = {}
    for entry, row in zip(entries, rows, strict=False):
        for relation, _kind, _name, _reading in entry.others:
            other = next(others)
            if other.pk == row.pk:
                continue
            first, second = sorted((row.pk, other.pk))
            kind = relation if first == row.pk else OPPOSITE.get(relation, relation)
            made[first, second] = AuthorityRelation(first_id=first, second_id=second, kind=kind)
    AuthorityRelation.objects.bulk_create(made.values(), ignore_conflicts=True)


def states_of(pks: Iterable[int]) -> dict[int, State]:
    """What these authorities say, as plain values: for differences and for undoing."""
    wanted = set(pks)
    found: dict[int, State] = {
        row.pk: {
            "reading": row.reading,
            "reading_is_draft": row.reading_is_draft,
            "dates": row.dates,
            "scheme": row.scheme,
            "note": row.note,
            "variants": [],
            "numbers": [],
            "relations": [],
        }
        for row in Authority.objects.filter(pk__in=wanted)
    }
    for pk, name, reading in (
        AuthorityVariant.objects.filter(authority_id__in=wanted)
        .order_by("key")
        .values_list("authority_id", "name", "reading")
    ):
        found[pk]["variants"].append([name, reading])
    for pk, scheme, value in (
        AuthorityIdentifier.objects.filter(authority_id__in=wanted)
        .order_by("scheme", "value")
        .values_list("authority_id", "scheme", "value")
    ):
        found[pk]["numbers"].append([scheme, value])
    _add_relations(found)
    return found


def _add_relations(found: Mapping[int, State]) -> None:
    for column, other in (("first_id", "second_id"), ("second_id", "first_id")):
        rows = AuthorityRelation.objects.filter(**{f"{column}__in": list(found)}).order_by("pk")
        for pk, related, kind in rows.values_list(column, other, "kind"):
            said = kind if column == "first_id" else OPPOSITE.get(kind, kind)
            found[pk]["relations"].append([related, said])
    for state in found.values():
        state["relations"].sort()


@transaction.atomic
def undo_authority_import(*, batch: AuthorityImport, by: Actor, at: datetime) -> Counter[str]:
    """What the import made goes, what it changed says again what it said. Answer how many have which outcome.

    What records name by now, and what was changed since, is left alone. Refused("import-undone-already").
    """
    by.require("catalogue.change-authority")
    here = AuthorityImport.objects.select_for_update().get(pk=batch.pk)
    if here.undone_at:
        raise Refused(Reason.of("import-undone-already"))
    lines = list(here.lines.order_by("pk"))
    pks = [line.authority_id for line in lines if line.authority_id]
    now = states_of(pks)
    merges = AuthorityMerge.objects.filter(kept_id__in=pks).values_list("kept_id", flat=True)
    used = {*AuthorityLink.objects.filter(authority_id__in=pks).values_list("authority_id", flat=True), *merges}
    for line in lines:
        line.outcome = _outcome(line, now, used)
    touched = [line.authority_id for line in lines if line.outcome in {DELETED, RESTORED} and line.authority_id]
    for line in lines:
        if line.outcome == RESTORED and line.authority_id and line.before is not None:
            _restore(line.authority_id, line.before, line.after)
    deleted = [line.authority_id for line in lines if line.outcome == DELETED and line.authority_id]
    ImportedAuthority.objects.bulk_update(lines, ["outcome"])
    Authority.objects.filter(pk__in=deleted).delete()
    here.undone_at = at
    here.save(update_fields=["undone_at"])
    counted = Counter(line.outcome for line in lines)
    left = len(lines) - counted[DELETED] - counted[RESTORED]
    news = AuthorityImportUndone(batch=here.pk, authorities=tuple(touched), deleted=len(deleted), left=left)
    write_down(news, by=by, at=at, subject=f"catalogue.authority-import:{here.pk}")
    return counted


def _outcome(line: ImportedAuthority, now: Mapping[int, State], used: set[int]) -> str:
    if line.authority_id is None or line.authority_id not in now:
        return GONE
    if _comparable(now[line.authority_id]) != _comparable(line.after):
        return CHANGED_SINCE
    if line.before is None:
        return IN_USE if line.authority_id in used else DELETED
    return RESTORED


def _comparable(state: State) -> State:
    """Without a reading that only the machine gave since, and without references, which both ends tell of."""
    reading = "" if state["reading_is_draft"] else state["reading"]
    return {**state, "reading": reading, "reading_is_draft": False, "relations": []}


def _restore(pk: int, before: State, after: State) -> None:
    row = Authority.objects.get(pk=pk)
    row.reading, row.reading_is_draft = before["reading"], before["reading_is_draft"]
    row.dates, row.scheme, row.note = before["dates"], before["scheme"], before["note"]
    row.sort_key = sort_of(row.heading, row.reading)
    row.save()
    kept = {heading_key(name) for name, _reading in before["variants"]}
    row.variants.exclude(key__in=kept).delete()
    for scheme, value in after["numbers"]:
        if [scheme, value] not in before["numbers"]:
            row.identifiers.filter(scheme=scheme, value=value).delete()
    for other, _kind in after["relations"]:
        if other not in {one for one, _said in before["relations"]}:
            AuthorityRelation.objects.filter(first_id=min(pk, other), second_id=max(pk, other)).delete()
