"""Readings that no record says: drafted in bulk, confirmed or mended by people, and that undone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from fumikura.catalogue.drafting import Draft, NameParts, draft_name, draft_title, needs_reading, read_elsewhere
from fumikura.catalogue.events import ReadingsConfirmationUndone, ReadingsConfirmed, ReadingsDrafted
from fumikura.catalogue.headings import heading_key
from fumikura.catalogue.models import Authority, AuthorityLink, BibliographicRecord, Reading
from fumikura.catalogue.services.drafts import sort_key_of
from fumikura.catalogue.services.linking import sort_of
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import katakana
from fumikura.kernel.refusals import Reason, Refused

CHUNK = 500
MOST_AT_ONCE = 2_000
"""Readings confirmed in one go: what one transaction does in a second."""
JAPANESE = ("jpn", "")
"""Languages of records whose titles and names are read the Japanese way; most records without one are Japanese here."""
NAMES_KNOWN_FOR = 600.0
"""Seconds for which the names learned from the authorities are good."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """How many got a draft."""

    titles: int = 0
    names: int = 0

    def __add__(self, other: "Drafted") -> "Drafted":
        return Drafted(self.titles + other.titles, self.names + other.names)


def draft_readings(*, records: Iterable[int], authorities: Iterable[int] = (), by: Actor, at: datetime) -> Drafted:
    """Draft what these records, the authorities that they name and these authorities do not say of their reading.

    What has a reading, drafted or not, is left alone: called again it does nothing.
    """
    by.require("catalogue.draft-readings")
    asked, named = sorted(set(records)), sorted(set(authorities))
    done = Drafted()
    for start in range(0, max(len(asked), len(named)), CHUNK):
        done += _draft_chunk(asked[start : start + CHUNK], named[start : start + CHUNK], by=by, at=at)
    return done


def draft_missing(
    *, by: Actor, at: datetime, progress: Callable[[int, int, Drafted], None] = lambda _seen, _all, _done: None
) -> Drafted:
    """Draft whatever in the catalogue has no reading, in chunks, each whole or not at all; broken off, it goes on where it stood.

    `progress` hears how many were looked at, of how many. Drafts that nothing needs any more are thrown away.
    """
    by.require("catalogue.draft-readings")
    _sweep()
    titles = BibliographicRecord.objects.filter(deleted_at=None, language__in=JAPANESE, reading="")
    names = Authority.objects.filter(merged_into=None, reading="")
    total, seen, done = titles.count() + names.count(), 0, Drafted()
    for chunk in _in_chunks(titles):
        done += _draft_chunk(chunk, [], by=by, at=at)
        seen += len(chunk)
        progress(seen, total, done)
    for chunk in _in_chunks(names):
        done += _draft_chunk([], chunk, by=by, at=at)
        seen += len(chunk)
        progress(min(seen, total), total, done)
    progress(total, total, done)
    return done


def _in_chunks(rows: "QuerySet[Any]") -> Iterator[list[int]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last = chunk[-1]
        yield chunk


@transaction.atomic
def _sweep() -> None:
    settled = Q(record__isnull=False, record__reading_is_draft=False)
    settled |= Q(authority__isnull=False, authority__reading_is_draft=False)
    Reading.objects.filter(settled, confirmed_at=None).delete()


@transaction.atomic
def _draft_chunk(records: Sequence[int], authorities: Sequence[int], *, by: Actor, at: datetime) -> Drafted:
    titles = BibliographicRecord.objects.select_for_update().filter(
        pk__in=records, deleted_at=None, language__in=JAPANESE
    )
    there = {row.pk: row for row in titles.only("title", "reading", "work_key").order_by("pk")}
    named = AuthorityLink.objects.filter(record_id__in=there, authority__reading="").values_list(
        "authority_id", flat=True
    )
    wanted = {*named, *authorities}
    names = Authority.objects.select_for_update().filter(pk__in=wanted, reading="", merged_into=None).order_by("pk")
    titled = _draft_titles([row for row in there.values() if not row.reading and needs_reading(row.title)], at)
    read = _draft_names([row for row in names if needs_reading(row.heading)], at)
    if titled or read:
        write_down(ReadingsDrafted(records=tuple(titled), authorities=tuple(read)), by=by, at=at)
    return Drafted(len(titled), len(read))


def _draft_titles(rows: Sequence[BibliographicRecord], at: datetime) -> list[int]:
    keys = {row.pk: heading_key(row.title) for row in rows}
    elsewhere = _confirmed(keys.values(), "record")
    works = {row.work_key for row in rows if row.work_key}
    said = BibliographicRecord.objects.filter(work_key__in=works, deleted_at=None, reading_is_draft=False)
    for title, reading in said.exclude(reading="").values_list("title", "reading"):
        elsewhere[heading_key(title)].append(reading)
    drafts = {row.pk: read_elsewhere(elsewhere.get(keys[row.pk], ())) or draft_title(row.title) for row in rows}
    kept = [row for row in rows if drafts[row.pk]]
    made: list[Reading] = []
    for row in kept:
        if draft := drafts[row.pk]:
            made.append(_reading(draft, row.title, keys[row.pk], at, record=row))
            row.reading, row.reading_is_draft = draft.text, True
            row.sort_key = sort_key_of(draft.text, row.title)
    _write(made)
    BibliographicRecord.objects.bulk_update(kept, ["reading", "reading_is_draft", "sort_key"])
    return [row.pk for row in kept]


def _draft_names(rows: Sequence[Authority], at: datetime) -> list[int]:
    elsewhere = _confirmed({row.key for row in rows}, "authority")
    said = Authority.objects.filter(key__in={row.key for row in rows}, reading_is_draft=False, merged_into=None)
    for key, reading in said.exclude(reading="").values_list("key", "reading"):
        elsewhere[key].append(reading)
    parts = _name_parts(int(at.timestamp() // NAMES_KNOWN_FOR)) if rows else NameParts()
    made: list[Reading] = []
    kept: list[Authority] = []
    for row in rows:
        if draft := read_elsewhere(elsewhere.get(row.key, ())) or draft_name(row.heading, row.kind, parts):
            made.append(_reading(draft, row.heading, row.key, at, authority=row))
            row.reading, row.reading_is_draft = draft.text, True
            row.sort_key = sort_of(row.heading, draft.text)
            kept.append(row)
    _write(made)
    Authority.objects.bulk_update(kept, ["reading", "reading_is_draft", "sort_key"])
    return [row.pk for row in kept]


def _confirmed(keys: Iterable[str], what: str) -> defaultdict[str, list[str]]:
    """Key of a writing → how people confirmed it is read."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = Reading.objects.filter(key__in=set(keys), confirmed_at__isnull=False, **{f"{what}__isnull": False})
    for key, text in rows.values_list("key", "text"):
        found[key].append(text)
    return found


@lru_cache(maxsize=1)
def _name_parts(_while: int) -> NameParts:
    """How families and given names are read here, learned from all authorities that say it."""
    parts = NameParts()
    rows = Authority.objects.filter(kind="person", reading_is_draft=False, merged_into=None).exclude(reading="")
    for heading, reading in rows.values_list("heading", "reading").iterator(chunk_size=5_000):
        parts.learn(heading, katakana(reading))
    return parts


def _reading(
    draft: Draft,
    writing: str,
    key: str,
    at: datetime,
    *,
    record: BibliographicRecord | None = None,
    authority: Authority | None = None,
) -> Reading:
    return Reading(
        record=record,
        authority=authority,
        writing=writing,
        key=key,
        text=draft.text,
        origin=draft.origin,
        confidence=draft.confidence,
        drafted_at=at,
    )


def _write(made: Sequence[Reading]) -> None:
    """A draft that stood for the same writing before gives way."""
    for what in ("record", "authority"):
        of_kind = [one for one in made if getattr(one, f"{what}_id")]
        ids = [getattr(one, f"{what}_id") for one in of_kind]
        Reading.objects.filter(confirmed_at=None, **{f"{what}_id__in": ids}).delete()
    Reading.objects.bulk_create(made)


@transaction.atomic
def confirm_readings(*, texts: Mapping[int, str], by: Actor, at: datetime) -> list[int]:
    """Readings (row → katakana, spaced) are right as given; answer the rows that were drafts and are none any more.

    From now on they stand against whatever an import brings. Refused: reading-not-kana, too-many-readings.
    """
    by.require("catalogue.confirm-readings")
    if len(texts) > MOST_AT_ONCE:
        raise Refused(Reason.of("too-many-readings", most=MOST_AT_ONCE))
    rows = [row for row in _locked(texts) if row.confirmed_at is None and _still_draft(row)]
    for row in rows:
        said = tidy_reading(texts[row.pk])
        if not said or needs_reading(said):
            raise Refused(Reason.of("reading-not-kana", text=texts[row.pk][:80], writing=row.writing[:80]))
        row.drafted_text, row.text = row.text, said
        row.confirmed_at, row.confirmed_by, row.passed_over_at = at, by.ref, None
    Reading.objects.bulk_update(rows, ["drafted_text", "text", "confirmed_at", "confirmed_by", "passed_over_at"])
    records, authorities = _apply(rows)
    if rows:
        news = ReadingsConfirmed(readings=tuple(row.pk for row in rows), records=records, authorities=authorities)
        write_down(news, by=by, at=at)
    return [row.pk for row in rows]


@transaction.atomic
def undo_confirmation(*, readings: Iterable[int], by: Actor, at: datetime) -> list[int]:
    """What was confirmed is a draft again, as the machine had it; one that the record says itself by now is left alone."""
    by.require("catalogue.confirm-readings")
    rows = [row for row in _locked(readings) if row.confirmed_at is not None and _says(row) == row.text]
    for row in rows:
        row.text, row.drafted_text = row.drafted_text or row.text, ""
        row.confirmed_at, row.confirmed_by = None, ""
    Reading.objects.bulk_update(rows, ["drafted_text", "text", "confirmed_at", "confirmed_by"])
    records, authorities = _apply(rows)
    if rows:
        news = ReadingsConfirmationUndone(
            readings=tuple(row.pk for row in rows), records=records, authorities=authorities
        )
        write_down(news, by=by, at=at)
    return [row.pk for row in rows]


@transaction.atomic
def pass_over(*, readings: Iterable[int], by: Actor, at: datetime) -> int:
    """Leave drafts for later: they come last in the list. Passed over twice, they come back. It is no news."""
    by.require("catalogue.confirm-readings")
    rows = Reading.objects.filter(pk__in=list(readings), confirmed_at=None)
    return rows.filter(passed_over_at=None).update(passed_over_at=at) or rows.update(passed_over_at=None)


def tidy_reading(text: str) -> str:
    """As it is kept: katakana, words one blank apart."""
    return " ".join(katakana(text.replace("\x00", "").replace("、", ", ")).split())[:1000]


def _locked(pks: Iterable[int]) -> list[Reading]:
    rows = Reading.objects.select_for_update(of=("self",)).filter(pk__in=list(pks))
    return list(rows.select_related("record", "authority").defer("record__marc").order_by("pk"))


def _still_draft(row: Reading) -> bool:
    target = row.record or row.authority
    return target is not None and target.reading_is_draft


def _says(row: Reading) -> str:
    target = row.record or row.authority
    return target.reading if target is not None else ""


def _apply(rows: Sequence[Reading]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Let titles and headings say what these rows say now; answer which."""
    records, authorities = [], []
    for row in rows:
        if row.record is not None:
            row.record.reading, row.record.reading_is_draft = row.text, row.confirmed_at is None
            row.record.sort_key = sort_key_of(row.text, row.record.title)
            records.append(row.record)
        elif row.authority is not None:
            row.authority.reading, row.authority.reading_is_draft = row.text, row.confirmed_at is None
            row.authority.sort_key = sort_of(row.authority.heading, row.text)
            authorities.append(row.authority)
    fields = ["reading", "reading_is_draft", "sort_key"]
    BibliographicRecord.objects.bulk_update(records, fields)
    Authority.objects.bulk_update(authorities, fields)
    # What was confirmed goes out with the record from now on: who harvests it is to come for it again.
    named = AuthorityLink.objects.filter(authority__in=authorities).values("record")
    BibliographicRecord.objects.filter(Q(pk__in=[row.pk for row in records]) | Q(pk__in=named)).update(written_at=Now())
    return tuple(row.pk for row in records), tuple(row.pk for row in authorities)


def keep_readings(rows: Iterable[BibliographicRecord]) -> None:
    """Rows about to be written over from what came: a reading that was confirmed for this title stays, whatever comes.

    A draft stays while nothing better comes. Nothing is written here.
    """
    by_record = {row.pk: row for row in rows}
    for reading in Reading.objects.filter(record_id__in=by_record).order_by(F("confirmed_at").asc(nulls_first=True)):
        row = by_record[reading.record_id or 0]
        if reading.key == heading_key(row.title) and (reading.confirmed_at or not row.reading or row.reading_is_draft):
            row.reading, row.reading_is_draft = reading.text, reading.confirmed_at is None
            row.sort_key = sort_key_of(reading.text, row.title)


def forget_confirmed(record: int) -> None:
    """A cataloguer wrote the reading into the record itself: what was confirmed beside it stands no more."""
    Reading.objects.filter(record_id=record).delete()
