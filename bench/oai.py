"""Harvesting: how many records a second leave through OAI-PMH, and how much memory that takes.

python -m bench.oai [--records 20000] [--prefix oai_dc --prefix marc21 --prefix dcndl]

Each format twice: first when nothing is written out yet, then when it is kept (catalogue.ready_made). In process, through the whole view, without the network; a database of its own with records of the size of a real one.
"""

import argparse
import re
import resource
import time

from bench.lending_town import django, town

ITEMS = 100


def fill(records: int) -> None:
    from datetime import UTC, datetime

    from fumikura.catalogue.models import BibliographicRecord
    from tests.catalogue.records import kokoro_bytes

    marc, at = kokoro_bytes(), datetime(2026, 5, 20, tzinfo=UTC)
    BibliographicRecord.objects.bulk_create(
        [
            BibliographicRecord(
                source="BENCH", number=str(n), marc=marc, title="こころ", created_at=at, changed_at=at, written_at=at
            )
            for n in range(records)
        ],
        batch_size=1000,
    )


def harvest(prefix: str) -> int:
    from django.test import Client

    client, token, given = Client(), "", 0
    while True:
        arguments = {"resumptionToken": token} if token else {"metadataPrefix": prefix}
        answer = client.get("/oai", {"verb": "ListRecords", **arguments})
        page = b"".join(answer.streaming_content)
        given += page.count(b"<record><header>")
        found = re.search(rb"<resumptionToken[^>]*>([^<]*)<", page)
        token = found[1].decode() if found else ""
        if not token:
            return given


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--prefix", action="append")
    options = parser.parse_args()
    with town("sqlite", items=ITEMS, patrons=10) as place:
        import os

        os.environ.update(place.environment)
        django()
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        fill(options.records)
        wanted = options.prefix or ["oai_dc", "marc21", "dcndl"]
        for prefix, turn in ((prefix, turn) for prefix in wanted for turn in ("first", "again")):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            began, cpu = time.perf_counter(), time.process_time()
            given = harvest(prefix)
            seconds, used = time.perf_counter() - began, time.process_time() - cpu
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"{prefix}, {turn}: {given} records, {given / seconds:.0f}/s ({given / used:.0f} a CPU second); {before} → {after} MB"
            )


if __name__ == "__main__":
    main()
