"""Reads about readings for doors: what waits for a person, what stands with the same writing, how far the drafting is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from fumikura.catalogue.drafting import LIKELY, dictionary_name
from fumikura.catalogue.models import AuthorityLink, Reading
from fumikura.journal.models import Entry
from fumikura.journal.queries import lag

READER = "catalogue.readings"
LEFT_ALONE = frozenset({"catalogue.readings-drafted", "catalogue.readings-confirmed"})
SHOWINGS = ("all", "same-writing", "likely", "doubtful", "passed-over")
KINDS = ("", "title", "person", "body", "subject")


def touched_by(entries: Iterable[Entry]) -> tuple[set[int], set[int]]:
    """Records and authorities that a piece of the journal names, so far as they may lack a reading now."""
    records: set[int] = set()
    authorities: set[int] = set()
    for entry in entries:
        if not entry.event.startswith("catalogue.") or entry.event in LEFT_ALONE:
            continue
        for name, found in (("record", records), ("records", records), ("authorities", authorities)):
            value = entry.particulars.get(name)
            found.update([value] if isinstance(value, int) else value or ())
    return records, authorities


def readings_to_confirm(*, showing: str = "all", kind: str = "", source: str = "") -> QuerySet[Reading]:
    """Drafts that wait for a person: those that are read so elsewhere first, then the likely ones, then the rest.

    `showing` is one of SHOWINGS, `kind` one of KINDS, `source` the source of the titles' records.
    """
    rows = Reading.objects.filter(confirmed_at=None)
    of_title = Q(record__reading_is_draft=True, record__deleted_at=None)
    of_name = Q(authority__reading_is_draft=True, authority__merged_into=None)
    match kind:
        case "title":
            rows = rows.filter(of_title)
        case "person" | "body" | "subject":
            rows = rows.filter(of_name, authority__kind=kind)
        case _:
            rows = rows.filter(of_title | of_name)
    if source:
        rows = rows.filter(record__source=source)
    rows = _shown(rows, showing)
    rows = rows.select_related("record", "authority").defer("record__marc")
    return rows.order_by(F("passed_over_at").asc(nulls_first=True), "-confidence", "key", "pk")


def _shown(rows: QuerySet[Reading], showing: str) -> QuerySet[Reading]:
    match showing:
        case "same-writing":
            return rows.filter(origin="same-writing")
        case "likely":
            return rows.filter(origin="analysis", confidence__gte=LIKELY)
        case "doubtful":
            return rows.filter(confidence__lt=LIKELY)
        case "passed-over":
            return rows.exclude(passed_over_at=None)
    return rows


def with_the_same_writing(readings: Iterable[Reading]) -> dict[int, list[int]]:
    """Reading → other drafts of the same writing that wait as well, of titles or of names alike."""
    shown = list(readings)
    waiting = readings_to_confirm().filter(key__in={row.key for row in shown})
    lines = list(waiting.order_by("pk").values_list("pk", "key", "record_id"))
    return {
        row.pk: [
            pk for pk, key, record in lines if key == row.key and pk != row.pk and bool(record) == bool(row.record_id)
        ]
        for row in shown
    }


@dataclass(frozen=True)
class Standing:
    """How far it is."""

    drafts: int
    confirmed: int
    unread: int
    """Pieces of the journal whose records were not looked at yet: drafting goes on behind an import."""
    dictionary: str
    """full, core or small; empty when none is installed, and then only what is read elsewhere is drafted."""


def standing() -> Standing:
    return Standing(
        drafts=readings_to_confirm().count(),
        confirmed=Reading.objects.exclude(confirmed_at=None).count(),
        unread=lag(READER),
        dictionary=dictionary_name(),
    )


def sources_with_drafts() -> list[str]:
    rows = Reading.objects.filter(confirmed_at=None, record__reading_is_draft=True).order_by("record__source")
    return list(rows.values_list("record__source", flat=True).distinct())


def readings_of_names(records: Iterable[int]) -> dict[int, dict[tuple[str, str], str]]:
    """Record → (kind, key of a heading) → how it is read, of the authorities that the record names."""
    found: dict[int, dict[tuple[str, str], str]] = {}
    links = AuthorityLink.objects.filter(record_id__in=list(records)).exclude(authority__reading="")
    columns = ("record_id", "authority__kind", "authority__key", "authority__reading")
    for record, kind, key, reading in links.values_list(*columns):
        found.setdefault(record, {})[kind, key] = reading
    return found
