"""The result page: a library of so many titles and copies, its index the one that was asked in process, behind `fumikura serve`."""

import hashlib
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.records import SITES
from bench.searching.questions import Question
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import schema_of

TOP = Path(__file__).resolve().parents[2]
VERSION = "bench"
ROWS = 2_000
VISIT = 10
"""Pages that a reader looks at before the next one comes."""
LONGEST_START = 300.0  # seconds
PORT = int(os.environ.get("BENCH_PORT", "8158"))


def address_of(question: Question) -> str:
    asked = [("q", question.typed), *((name, value) for name, values in question.filters for value in values)]
    page = [("page", str(question.start // 20 + 1))] if question.start else []
    return "/search?" + urlencode([*asked, *page])


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    return {**kept, "FUMIKURA_HOME": str(folder), "PYTHONPATH": str(TOP)}


def shape_of_tables() -> str:
    """Differs when the tables do: a library with earlier tables is brought up to date."""
    found = hashlib.sha256()
    for path in sorted((TOP / "fumikura").glob("*/migrations/0*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def bring_up_to_date(folder: Path) -> None:
    """Give the library in `folder` today's tables, as an installation gets them."""
    program = [sys.executable, str(TOP / "manage.py"), "migrate", "-v0"]
    subprocess.run(program, env=environment(folder), cwd=TOP, check=True)


def build(folder: Path, documents: Iterable[Document]) -> None:
    """Titles and copies written straight into the tables of a new SQLite database in `folder`."""
    for left in folder.glob("fumikura.sqlite3*"):
        left.unlink()
    bring_up_to_date(folder)
    os.environ |= {"FUMIKURA_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "fumikura.project.settings"}
    import django

    django.setup()
    from django.db import connection, transaction

    from fumikura.discovery.models import IndexVersion
    from fumikura.holdings.models import Item
    from fumikura.organisation.models import Agency, Calendar, Facility

    now = datetime.now(UTC)
    agency = Agency.objects.create(code="BENCH", name="計測市")
    calendar = Calendar.objects.create(code="BENCH", name="毎日", rules=[])
    places = {
        code: Facility.objects.create(
            code=code,
            agency=agency,
            name=f"{code}図書館",
            kind="branch",
            calendar=calendar,
            opens="09:00",
            closes="20:00",
        )
        for code in SITES
    }
    rows = iter(documents)
    while some := list(islice(rows, ROWS)):
        with transaction.atomic():
            records = [_record(one, now) for one in some]
            type(records[0]).objects.bulk_create(records)
            Item.objects.bulk_create(
                [
                    Item(
                        agency=agency, barcode=f"{one.id:09}{number}", record_id=one.id, home=places[code],
                        call_number=one.ndc[0], added_on=now.date(),
                    )
                    for one in some
                    for number, code in enumerate(one.sites)
                ]
            )  # fmt: skip
    IndexVersion.objects.create(
        name=VERSION, schema=schema_of(""), started_at=now, built_at=now, answers=True, transaction=0, entry=0
    )
    connection.close()


def _record(one: Document, now: datetime) -> Any:
    from fumikura.catalogue.marc import iso2709
    from fumikura.catalogue.marc.content import Content, Entry
    from fumikura.catalogue.models import BibliographicRecord

    name, reading = one.names[0]
    marc = iso2709.encode(
        Content(
            "00000nam a2200000 i 4500",
            [
                Entry("001", data=str(one.id)),
                *(Entry("020", "  ", [("a", isbn)]) for isbn in one.identifiers),
                Entry("084", "  ", [("a", one.ndc[0]), ("2", "njb/10")]),
                Entry("245", "00", [("6", "880-01"), ("a", one.titles[0])]),
                Entry("260", "  ", [("b", one.publishers[0]), ("c", str(one.year or ""))]),
                Entry("650", " 7", [("a", one.subjects[0])]),
                Entry("700", "1 ", [("a", name)]),
                *(Entry("880", "00", [("6", "245-01/$1"), ("a", text)]) for text in one.readings),
            ],
        )
    )
    return BibliographicRecord(
        id=one.id, source="BENCH", number=str(one.id), marc=marc, title=one.titles[0], reading=next(iter(one.readings), ""),
        creator=name, creator_reading=reading, sort_key=one.sort_title, publisher=one.publishers[0], year=one.year,
        language=one.language, kind=one.kind, ndc=one.ndc[0], created_at=now, changed_at=now,
    )  # fmt: skip


def point_to_index(folder: Path) -> None:
    """Say of the index beside the tables that it is of today's schema: it was built or made anew a moment ago."""
    with closing(sqlite3.connect(folder / "fumikura.sqlite3")) as tables, tables:
        tables.execute("UPDATE discovery_indexversion SET schema = ? WHERE name = ?", (schema_of(""), VERSION))


@contextmanager
def served(folder: Path, port: int, *, workers: int) -> Iterator[int]:
    """`fumikura serve`, as a library runs it, without the worker: nothing changes while pages are counted."""
    command = [
        sys.executable,
        str(TOP / "manage.py"),
        "serve",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--no-worker",
    ]
    with (folder / "serve.txt").open("wb") as said:
        server = subprocess.Popen(command, env=environment(folder), cwd=TOP, stdout=said, stderr=said)
    try:
        _wait_until_it_listens(server, port, folder / "serve.txt")
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait_until_it_listens(server: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
    """The first start gathers and compresses all static files, which takes minutes on a busy machine."""
    deadline = time.monotonic() + LONGEST_START
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit(f"fumikura serve does not answer on port {port}:\n{said.read_text()[-2000:]}")


def timed(port: int, addresses: Sequence[str]) -> list[float]:
    """Milliseconds of each page, one after the other on one connection."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    spent = []
    for address in addresses:
        began = time.perf_counter()
        line.request("GET", address)
        answer = line.getresponse()
        body = answer.read()
        spent.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, f"{answer.status} {address} {body[:200]!r}"
    line.close()
    return spent


def pages_a_second(port: int, addresses: Sequence[str], *, readers: int = 4) -> float:
    """With so many readers at once. Each looks at some pages on a connection of its own, then the next one comes.

    Connections that last for the whole run fall to the server's processes once, three to one as often as two to two, and the
    figure would be that of the draw.
    """
    visits = [addresses[start : start + VISIT] for start in range(0, len(addresses), VISIT)]
    began = time.perf_counter()
    with ThreadPoolExecutor(readers) as pool:
        for done in [pool.submit(timed, port, visit) for visit in visits]:
            done.result()
    return len(addresses) / (time.perf_counter() - began)
