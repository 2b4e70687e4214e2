"""Harvesting by other people's programs while records change: sickle and oaipmh-scythe at `fumikura serve`.

python -m bench.harvest [--records 20000] [--prefix marc21] [--database sqlite] [--pause 0.05] [--client sickle --client scythe]

Each client takes the whole list while one record after the other is changed (every tenth deleted), then what is new since it
began, and at last, when nothing changes any more, what is new since then. In no list may a record come twice or be older than it
was known, and in the end the client holds what the catalogue holds: every record once, in its newest version, the deleted ones as
deleted. Exit status 1 if not. Memory: the most that the client and each of the server's processes ever held.
"""

import argparse
import json
import logging
import random
import re
import resource
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.http_checkouts import serve
from bench.lending_town import Town, django, town
from bench.memory import most_below

UNKNOWN, DELETED = -2, -1
FIRST_NUMBER = 1_000_000
DELETES_ONE_IN = 10
WRITTEN = datetime(2026, 5, 20, tzinfo=UTC)
AT_ONCE = 1000
SETTLED = 12.0
"""Seconds after which the last change may be harvested; the server gives out what is older than ten."""
CLIENTS = ("sickle", "scythe")


def kokoro(number: int, version: int) -> bytes:
    """A record of the size of a real one that says which version it is; without numbers that would make all of them one book."""
    from fumikura.catalogue.marc import iso2709
    from fumikura.catalogue.marc.content import content_of
    from tests.catalogue import records

    made = records.kokoro(str(FIRST_NUMBER + number), f"こころ 第{version}版 :")
    made.remove_fields("015", "020")
    return iso2709.encode(content_of(made))


def version_in(text: str) -> int:
    found = re.search("第([0-9]+)版", text)
    return int(found[1]) if found else 0


def fill(records: int) -> None:
    """Straight into the table, a thousand written at a moment, as by an import."""
    from fumikura.catalogue.models import BibliographicRecord

    model, first = kokoro(0, 0), str(FIRST_NUMBER).encode()
    for begin in range(0, records, AT_ONCE):
        at = WRITTEN + timedelta(seconds=begin // AT_ONCE)
        wrote = {"source": "MINASE", "title": "こころ 第0版", "created_at": at, "changed_at": at, "written_at": at}
        numbers = [str(FIRST_NUMBER + n) for n in range(begin, min(begin + AT_ONCE, records))]
        BibliographicRecord.objects.bulk_create(
            [
                BibliographicRecord(number=number, marc=model.replace(first, number.encode()), **wrote)
                for number in numbers
            ]
        )


def change(records: int, first: int, pause: float) -> None:
    """Says when it begins. One record after the other, in versions from `first`, until a line is said; answers how many."""
    import select

    from django.utils import timezone

    from fumikura.catalogue.models import BibliographicRecord
    from fumikura.catalogue.services import delete_record, save_record
    from fumikura.organisation.queries import system_actor

    by, dice, count = system_actor(via="cli"), random.Random(first), Counter[str](changed=0, deleted=0)
    print("begun", flush=True)
    while not select.select([sys.stdin], [], [], pause)[0]:
        number, version = dice.randrange(records), first + count.total()
        if version % DELETES_ONE_IN:
            save_record(kokoro(number, version), by=by, at=timezone.now())
            count["changed"] += 1
            continue
        row = BibliographicRecord.objects.get(source="MINASE", number=str(FIRST_NUMBER + number))
        delete_record(record=row, by=by, at=timezone.now())
        count["deleted"] += 1
    print(json.dumps(count))


def by_sickle(address: str, prefix: str, since: str) -> tuple[str, Iterator[tuple[int, int]]]:
    from sickle import Sickle
    from sickle.oaiexceptions import NoRecordsMatch

    client = Sickle(address, timeout=120)
    moment = client.Identify().xml.getroottree().getroot().findtext("{*}responseDate")

    def listed() -> Iterator[tuple[int, int]]:
        try:
            for one in client.ListRecords(metadataPrefix=prefix, **({"from": since} if since else {})):
                yield _number(one.header.identifier), DELETED if one.deleted else version_in(one.raw)
        except NoRecordsMatch:
            return

    return moment, listed()


def by_scythe(address: str, prefix: str, since: str) -> tuple[str, Iterator[tuple[int, int]]]:
    from oaipmh_scythe import Scythe
    from oaipmh_scythe.exceptions import NoRecordsMatch

    client = Scythe(address, timeout=120)
    moment = client.identify().xml.getroottree().getroot().findtext("{*}responseDate")

    def listed() -> Iterator[tuple[int, int]]:
        try:
            for one in client.list_records(metadata_prefix=prefix, from_=since or None):
                yield _number(one.header.identifier), DELETED if one.deleted else version_in(one.raw)
        except NoRecordsMatch:
            return

    return moment, listed()


def _number(identifier: str) -> int:
    return int(identifier.rpartition(":")[2])


class Harvester:
    """What a neighbour's program holds: for each number a version, DELETED or UNKNOWN. Four bytes a record, so that what the
    client library itself holds can be seen."""

    def __init__(self, client: str, address: str, prefix: str, records: int) -> None:
        self.ask = {"sickle": by_sickle, "scythe": by_scythe}[client]
        self.address, self.prefix = address, prefix
        self.held = array("i", [UNKNOWN]) * (records + 1)
        self.strangers = 0
        self.since = ""

    def harvest(self) -> dict[str, Any]:
        """One list from beginning to end; where the next one begins is when this one did."""
        began, cpu = time.perf_counter(), time.process_time()
        came, counted = bytearray(len(self.held)), Counter[str](records=0, deleted=0, twice=0, older=0)
        self.since, rows = self.ask(self.address, self.prefix, self.since)
        for number, version in rows:
            if not 0 < number < len(self.held):
                self.strangers += 1
                continue
            counted["records"] += 1
            counted["deleted"] += version == DELETED
            counted["twice"] += came[number]
            counted["older"] += 0 <= version < self.held[number]
            came[number], self.held[number] = 1, version
        spent = {"seconds": time.perf_counter() - began, "used": time.process_time() - cpu}
        return {**counted, **spent, "megabytes": most()}


def most() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def collect(client: str, address: str, prefix: str, records: int, into: str) -> None:
    """When a line is said two lists, and after another line a third; what each brought is told on a line of its own."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    harvester = Harvester(client, f"http://{address}/oai", prefix, records)
    print(json.dumps({"megabytes": most()}), flush=True)
    sys.stdin.readline()
    for _turn in range(2):
        print(json.dumps(harvester.harvest()), flush=True)
    sys.stdin.readline()
    print(json.dumps(harvester.harvest() | {"strangers": harvester.strangers}), flush=True)
    Path(into).write_bytes(harvester.held.tobytes())


def compare(file: str) -> None:
    """What the client holds with what the catalogue holds."""
    from fumikura.catalogue.models import BibliographicRecord

    held, found = array("i", Path(file).read_bytes()), Counter[str](missing=0, old=0, unknown=0)
    left = sum(version != UNKNOWN for version in held)
    for pk, title, gone in BibliographicRecord.objects.values_list("pk", "title", "deleted_at").iterator():
        truth = DELETED if gone else version_in(title)
        found["missing"] += held[pk] == UNKNOWN
        found["old"] += held[pk] not in {UNKNOWN, truth}
        left -= held[pk] != UNKNOWN
    print(json.dumps(found | {"unknown": left}))


def let_collect(
    place: Town, address: str, client: str, records: int, first: int, prefix: str, pause: float
) -> dict[str, Any]:
    """One client from its first list to its last, with somebody who changes records beside it."""
    file = place.folder / f"held-{client}"
    collecting = place.start("harvest", "collect", client, address, prefix, str(records), str(file))
    before = json.loads(collecting.stdout.readline())["megabytes"]
    changer = place.start("harvest", "change", str(records), str(first), str(pause))
    changer.stdout.readline()
    collecting.stdin.write("go on\n")
    collecting.stdin.flush()
    lists = [json.loads(collecting.stdout.readline()) for _turn in range(2)]
    changes = json.loads(changer.communicate("enough\n")[0])
    time.sleep(SETTLED)
    lists.append(json.loads(collecting.communicate("go on\n")[0]))
    found = json.loads(place.start("harvest", "compare", str(file)).communicate()[0])
    return {"client": client, "before": before, "lists": lists, "changes": changes, "found": found}


def measure(place: Town, records: int, prefix: str, pause: float, clients: Sequence[str]) -> bool:
    server, address = serve(place, 1)
    first, well = 1, True
    try:
        fresh = most_below(server.pid)
        for client in clients:
            told = let_collect(place, address, client, records, first, prefix, pause)
            first += sum(told["changes"].values())
            well = tell(told, f"{place.database}, {prefix}, {records} records") and well
            print(f"  server's processes, most ever: {fresh} → {most_below(server.pid)} MB", flush=True)
    finally:
        server.terminate()
        server.wait(timeout=60)
    return well


def tell(told: dict[str, Any], what: str) -> bool:
    print(f"{told['client']} ({what}); meanwhile {told['changes']}")
    for name, one in zip(("while records change", "from there", "at rest"), told["lists"], strict=True):
        print(
            f"  {name}: {one['records']} records ({one['deleted']} deleted) in {one['seconds']:.1f} s = "
            f"{one['records'] / one['seconds']:.0f}/s, {one['used']:.1f} s of it the client's processor; "
            f"twice {one['twice']}, older {one['older']}"
        )
    last = told["lists"][-1]
    print(f"  in the end: {told['found']}; client, most ever: {told['before']} → {last['megabytes']} MB")
    wrong = sum(one["twice"] + one["older"] for one in told["lists"]) + last["strangers"] + sum(told["found"].values())
    return not wrong


def main() -> int:
    parts = {
        "fill": (fill, int),
        "change": (change, int, int, float),
        "collect": (collect, str, str, str, int, str),
        "compare": (compare, str),
    }
    if sys.argv[1:2] and sys.argv[1] in parts:
        act, *kinds = parts[sys.argv[1]]
        django()
        act(*(kind(given) for kind, given in zip(kinds, sys.argv[2:], strict=True)))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--prefix", default="marc21")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two changes")
    parser.add_argument("--client", action="append", choices=CLIENTS)
    told = parser.parse_args()
    with town(told.database, items=0, patrons=0, built_by=("harvest", "fill", str(told.records))) as place:
        return 0 if measure(place, told.records, told.prefix, told.pause, told.client or CLIENTS) else 1


if __name__ == "__main__":
    sys.exit(main())
