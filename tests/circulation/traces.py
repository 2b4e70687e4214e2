"""What is left of a pair of patron and book: in rows, in entries that belong together, and in the bytes of files."""

import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Hold, HoldTitle, Loan
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.patrons.models import Patron

NEAR = 600
"""So many bytes apart two marks in a file are still read together: a row of a table, a line of a log."""
THINGS: tuple[type[models.Model], ...] = (Item, BibliographicRecord, Loan, Hold, HoldTitle)


def marks_of(patron: Patron) -> list[str]:
    numbers = patron.cards.values_list("number", flat=True)
    return [mark for mark in (patron.key, patron.name, patron.reading, patron.phone, *numbers) if mark]


def pairs_in_rows(patron: Patron, titles: Iterable[str], barcodes: Iterable[str]) -> list[str]:
    """Rows of any table that lead to the patron and to a thing that was on loan or held."""
    people, things = marks_of(patron), [*titles, *barcodes]
    found = []
    for model in apps.get_models():
        if model in {Patron, BibliographicRecord, Item}:
            continue
        keys = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]
        to_patron = [field.attname for field in keys if field.related_model is Patron]
        to_thing = [field.attname for field in keys if field.related_model in THINGS]
        is_thing = model in THINGS
        for row in model._default_manager.values():
            said = " ".join(_texts(row.values()))
            names = any(row[name] == patron.pk for name in to_patron) or any(mark in said for mark in people)
            thing = is_thing or any(row[name] for name in to_thing) or any(mark in said for mark in things)
            if names and thing:
                found.append(f"{model._meta.label} {row.get('id', '')}: {_short(said)}")
    return found


def pairs_in_the_journal(patron: Patron) -> list[str]:
    """Entries with the patron's key that name a loan, hold or thing, or that belong to the same act as one that does."""
    hers = list(Entry.objects.filter(patron_key=patron.key))
    found = [f"{entry.event} {entry.particulars}" for entry in hers if _names_a_thing(entry)]
    for entry, other in itertools.product(hers, _of_circulation(patron)):
        together = (entry.request_key and entry.request_key == other.request_key) or (
            (entry.happened_at, entry.actor, entry.facility) == (other.happened_at, other.actor, other.facility)
        )
        if together and _names_a_thing(other):
            found.append(f"{entry.event} beside {other.event}")
    return found


def _of_circulation(patron: Patron) -> list[Entry]:
    return list(Entry.objects.filter(event__startswith="circulation.").exclude(patron_key=patron.key))


def _names_a_thing(entry: Entry) -> bool:
    return bool({"loan", "item", "hold", "record", "items", "records"} & entry.particulars.keys()) or bool(
        re.match(r"(circulation\.(loan|hold)|holdings\.item|catalogue\.record):", entry.subject)
    )


def pairs_in_files(folder: Path, patron: Patron, titles: Iterable[str], barcodes: Iterable[str]) -> list[str]:
    """Places in any file under `folder` where a mark of the patron stands near one of a book."""
    people = list(_spellings(marks_of(patron)))
    things = list(_spellings([*titles, *barcodes]))
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        for mark in people:
            for hit in re.finditer(re.escape(mark), data):
                around = data[max(0, hit.start() - NEAR) : hit.end() + NEAR]
                found += [f"{path.relative_to(folder)}: {thing!r}" for thing in things if thing in around]
    return sorted(set(found))


def _spellings(marks: Iterable[str]) -> Iterator[bytes]:
    for mark in marks:
        yield mark.encode()
        if not mark.isascii():
            yield mark.encode("unicode_escape")
            yield mark.encode("cp932")
            yield mark.encode("utf-16-le")


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, bytes | memoryview):
            yield bytes(value).decode("utf-8", "replace")
        elif isinstance(value, str | dict | list):
            yield str(value)


def _short(text: str) -> str:
    return text if len(text) < 160 else f"{text[:160]}…"
