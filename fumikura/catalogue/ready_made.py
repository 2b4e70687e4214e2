"""Records written out once and kept: what harvesters fetch by the million is not written anew for each of them.

A file beside the database (ready-made.sqlite3), never part of it nor of a backup: whoever deletes it loses time only. An entry
holds the print of what it was written from and by which program, so a changed record, a confirmed reading or a new version
of Fumikura is never answered with yesterday's text. What the file has no room for, or cannot be asked for, is written anew.
"""

import logging
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from django.conf import settings

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.outgoing import CHUNK, Parcel, parcels

logger = logging.getLogger(__name__)

FILE: Final = "ready-made.sqlite3"
LARGEST: Final = 4 * 1024**3
"""Bytes. A million records take about 1 GB a format; when the file is full, nothing is added to it."""
LEFT_FREE: Final = 2 * 1024**3
"""Bytes of the disk that this file never takes."""
PATIENCE: Final = 0.2
"""Seconds that a reader waits for a writer of this file; then it writes for itself."""
_PLACE: Final = "urn:x-fumikura-page:0"
"""Stands for the address of the record's page, which depends on who asks."""
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS texts (form TEXT, record INTEGER, print BLOB, text BLOB, PRIMARY KEY (form, record)) "
    "WITHOUT ROWID"
)

Write = Callable[[bytes, str], str]
"""(ISO 2709, address of the record's page) → XML. May raise anything for a record that cannot be written."""

Text = tuple[str, int, bytes, bytes]
"""Form, record, print, packed text."""


def ready_made(
    records: Iterable[BibliographicRecord], form: str, write: Write, page: Callable[[int], str]
) -> Iterator[tuple[BibliographicRecord, str | None]]:
    """Each record as `write` writes it under the name `form`; None for one that cannot be written.

    `page`: number of a record → address of its page.
    """
    rows = parcels(records)
    while chunk := list(islice(rows, CHUNK)):
        yield from _written(chunk, form, write, page)


def prepare(records: Iterable[BibliographicRecord], forms: Mapping[str, Write]) -> int:
    """Write out in each of `forms` what is not there yet; how many texts that were. For the night, before the harvesters come."""
    rows, count = parcels(records), 0
    while chunk := list(islice(rows, CHUNK)):
        prints = [_print(parcel) for _row, parcel in chunk]
        for form, write in forms.items():
            kept = _fetched(form, [row.pk for row, _parcel in chunk])
            fresh = [
                _packed(form, row, mark, text)
                for (row, parcel), mark in zip(chunk, prints, strict=True)
                if kept.get(row.pk, (b"",))[0] != mark and (text := _made(row, parcel, write)) is not None
            ]
            _keep(fresh)
            count += len(fresh)
    return count


def _written(
    chunk: Sequence[tuple[BibliographicRecord, Parcel]], form: str, write: Write, page: Callable[[int], str]
) -> Iterator[tuple[BibliographicRecord, str | None]]:
    kept = _fetched(form, [row.pk for row, _parcel in chunk])
    fresh: list[Text] = []
    for row, parcel in chunk:
        mark, found = _print(parcel), kept.get(row.pk)
        text: str | None = _unpacked(found[1]) if found and found[0] == mark else ""
        if not text:
            text = _made(row, parcel, write)
            if text is not None:
                fresh.append(_packed(form, row, mark, text))
        yield row, text and text.replace(_PLACE, escape(page(row.pk), {'"': "&quot;"}))
    _keep(fresh)


def _packed(form: str, row: BibliographicRecord, mark: bytes, text: str) -> Text:
    return form, row.pk, mark, zlib.compress(text.encode("utf-8", "replace"), 1)


def _unpacked(packed: bytes) -> str:
    """Empty when it has been spoiled."""
    try:
        return zlib.decompress(packed).decode()
    except (zlib.error, UnicodeDecodeError):
        return ""


def _made(row: BibliographicRecord, parcel: Parcel, write: Write) -> str | None:
    try:
        return write(parcel.marc, _PLACE)
    except Exception as failure:
        logger.warning("catalogue.not-written", extra={"record": row.pk, "kind": type(failure).__name__})
        return None


def _print(parcel: Parcel) -> bytes:
    return blake2b(parcel.print, digest_size=16, key=_program()).digest()


@cache
def _program() -> bytes:
    """The same as long as the program that reads and writes records is."""
    mark = blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        mark.update(path.read_bytes())
    return mark.digest()


def _fetched(form: str, records: Sequence[int]) -> dict[int, tuple[bytes, bytes]]:
    """By record: print and packed text. Empty when the file cannot be asked."""
    try:
        with closing(_opened()) as file:
            wanted = ",".join(map(str, records))
            asked = f"SELECT record, print, text FROM texts WHERE form = ? AND record IN ({wanted})"  # noqa: S608 — whole numbers
            return {record: (mark, text) for record, mark, text in file.execute(asked, (form,))}
    except sqlite3.Error as failure:
        _give_up(failure)
        return {}


def _keep(texts: Sequence[Text]) -> None:
    if not texts or shutil.disk_usage(settings.HOME).free < LEFT_FREE:
        return
    try:
        with closing(_opened()) as file, file:
            pages, size = (file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            if pages * size < LARGEST:
                file.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?)", texts)
    except sqlite3.Error as failure:
        _give_up(failure)


def _give_up(failure: sqlite3.Error) -> None:
    """The caller goes on without the file. A file that is none is deleted; one that is busy is left alone."""
    logger.warning("catalogue.ready-made-unusable", extra={"kind": type(failure).__name__})
    if type(failure) is sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm"):
            settings.HOME.joinpath(FILE + suffix).unlink(missing_ok=True)


def _opened() -> sqlite3.Connection:
    """One connection a use: nothing is shared among threads and forked processes."""
    path = settings.HOME / FILE
    is_new = not path.exists() or not path.stat().st_size
    file = sqlite3.connect(path, timeout=PATIENCE)
    # Nothing here is worth waiting for the disk: what a power cut spoils is written anew.
    file.execute("PRAGMA synchronous = OFF")
    if is_new:
        path.chmod(0o600)
        file.execute("PRAGMA journal_mode = WAL")
        file.execute(_TABLE)
    return file
