"""What the doors for machines add to a search, and what 100 ISBNs cost: of the instance in FUMIKURA_HOME, reading only.

python -m bench.doors [--rounds 20]

In process, through the whole view, without the network; the median of the clock and of processor time.
"""

import argparse
import logging
import time
from collections.abc import Callable

from bench.circulation import quantile
from bench.lending_town import django

WORDS = ("夏目 漱石", "こころ", "料理", "宇宙", "三四郎", "料理 入門", "日本", "ケーキ")
ISBNS = 100


def isbns() -> list[str]:
    from fumikura.catalogue.description import describe
    from fumikura.catalogue.models import BibliographicRecord

    rows = BibliographicRecord.objects.filter(deleted_at=None).order_by("pk").values_list("marc", flat=True)
    found = (isbn for marc in rows.iterator(chunk_size=200) for isbn in describe(bytes(marc)).isbns[:1])
    return [isbn for isbn, _place in zip(found, range(ISBNS), strict=False)]


def measure(name: str, act: Callable[[int], object], rounds: int) -> None:
    act(0)  # what is read once a process is not of the question
    clock, used = [], []
    for turn in range(rounds):
        began, cpu = time.perf_counter(), time.process_time()
        act(turn)
        used.append(time.process_time() - cpu)
        clock.append(time.perf_counter() - began)
    print(f"{name}: {quantile(clock, 0.5) * 1000:.1f} ms, {quantile(used, 0.5) * 1000:.1f} ms of processor time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    django()
    from django.conf import settings
    from django.test import Client

    from fumikura.discovery.queries import parse, search

    settings.ALLOWED_HOSTS = ["testserver"]
    logging.disable()
    client = Client()

    def get(path: str, asked: dict[str, object]) -> None:
        answer = client.get(path, asked)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code} {answer.content[:200]!r}")
        _ = b"".join(answer.streaming_content) if answer.streaming else answer.content

    def word(turn: int) -> str:
        return WORDS[turn % len(WORDS)]

    measure("search in process, 20 hits", lambda turn: search(parse(word(turn)), rows=20), rounds)
    measure("the same by /api/v1/search", lambda turn: get("/api/v1/search", {"q": word(turn), "rows": 20}), rounds)
    sru = {"version": "1.2", "operation": "searchRetrieve", "maximumRecords": 20, "recordSchema": "marcxml"}
    measure("the same by SRU", lambda turn: get("/sru", {**sru, "query": f'cql.anywhere all "{word(turn)}"'}), rounds)
    wanted = isbns()
    measure(f"availability of {len(wanted)} ISBNs", lambda _turn: get("/api/v1/availability", {"isbn": wanted}), rounds)


if __name__ == "__main__":
    main()
