"""Writing the dumps: MARC, MARC-in-JSON and holdings, gzipped, with their SHA-256. Memory does not grow with the catalogue.

A dump takes its place only when it is whole, the earlier one stands until then, and the same catalogue gives the same bytes.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from fumikura.catalogue.marc import iso2709, marcjson
from fumikura.catalogue.outgoing import going_out
from fumikura.catalogue.queries import records_of
from fumikura.holdings.queries import items_in_stock

KEPT: Final = 2
"""Dumps that stay: whoever is fetching yesterday's may finish."""
LIST: Final = "index.json"


def folder() -> Path:
    return Path(settings.HOME) / "dumps"


def write_dumps(at: datetime) -> Path:
    """Write today's dump and clear away old ones; the folder that holds it.

    `at` names it (UTC). Raises OSError when the disk is full; the earlier dump is then still there.
    """
    day = at.astimezone(UTC).strftime("%Y-%m-%dT%H%MZ")
    unfinished = folder() / f".{day}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        files = [_file(unfinished / name, write()) for name, write in FILES.items()]
        (unfinished / LIST).write_text(
            json.dumps({"made_at": at.astimezone(UTC).isoformat(), "files": files}, ensure_ascii=False, indent=1),
            "utf-8",
        )
        (unfinished / "SHA256SUMS").write_text("".join(f"{one['sha256']}  {one['name']}\n" for one in files))
        shutil.rmtree(folder() / day, ignore_errors=True)
        unfinished.rename(folder() / day)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for old in dumps()[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    return folder() / day


def dumps() -> list[Path]:
    """The whole ones, the latest first."""
    if not folder().is_dir():
        return []
    found = (path for path in folder().iterdir() if not path.name.startswith(".") and (path / LIST).is_file())
    return sorted(found, reverse=True)


def contents(dump: Path) -> dict[str, Any]:
    """{"made_at", "files": [{"name", "bytes", "entries", "sha256"}]}"""
    found: dict[str, Any] = json.loads((dump / LIST).read_text("utf-8"))
    return found


def _file(path: Path, lines: Iterable[bytes]) -> dict[str, object]:
    entries = 0
    # No name and no time in the head: the same catalogue gives the same digest, so that mirrors need not fetch it again.
    with path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        for line in lines:
            packed.write(line)
            entries += 1
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "entries": entries, "sha256": digest}


def _marc() -> Iterator[bytes]:
    return (marc for _record, marc in going_out(records_of()))


def _json() -> Iterator[bytes]:
    for record, written in going_out(records_of()):
        number = json.dumps({"id": record.pk, "source": record.source, "number": record.number}, ensure_ascii=False)
        marc = marcjson.text(iso2709.decode(written).content).strip()
        yield f'{number[:-1]}, "marc": {marc}}}\n'.encode()


def _holdings() -> Iterator[bytes]:
    """Where each copy belongs. What is lent or where it is today is not here: ask /api/v1/availability."""
    for item in items_in_stock():
        one = {
            "record": item.record_id,
            "facility": item.home.code,
            "call_number": item.call_number,
            "volume": item.volume,
            "reference_only": item.reference_only,
        }
        yield json.dumps(one, ensure_ascii=False).encode() + b"\n"


FILES: Final[dict[str, Callable[[], Iterable[bytes]]]] = {
    "titles.mrc.gz": _marc,
    "titles.jsonl.gz": _json,
    "holdings.jsonl.gz": _holdings,
}
