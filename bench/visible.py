"""From a scan at the counter to the public page, while imports are read into the index.

python -m bench.visible [--records 3000] [--scans 40]

A worker reads the journal in a process of its own, as beside `fumikura serve`; another process imports files of records one after the other. A
third lends copies and asks the index after each scan until it no longer says that the copy is in.
"""

import argparse
import json
import os
import subprocess
import sys
import time

from bench.circulation import quantile
from bench.lending_town import TOP, django, town

MANAGE = [sys.executable, "-W", "ignore", "manage.py"]
LONGEST = 20.0


def measure(records: int, scans: int) -> None:
    from bench.import_rate import pattern, write

    with town("sqlite", items=scans * 10, patrons=scans * 10) as place:
        files = []
        for number in range(3):
            files.append(place.folder / f"import-{number}.mrc")
            write(files[-1], pattern(None), records)
        said = place.folder / "worker.txt"
        with said.open("wb") as out:
            worker = subprocess.Popen([*MANAGE, "worker"], env=place.environment, cwd=TOP, stdout=out, stderr=out)
        try:
            client = place.start("visible", "--client", str(scans))
            assert client.stdout and client.stdin
            client.stdout.readline()  # the index answers
            importing = subprocess.Popen(
                ["sh", "-c", " && ".join(f"{' '.join(MANAGE)} import {file}" for file in files)],
                env=place.environment, cwd=TOP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(5)
            client.stdin.write("go\n")
            client.stdin.flush()
            waits = json.loads(client.communicate()[0].splitlines()[-1])
            state = "was still running" if importing.poll() is None else "was over before the last scan"
            importing.kill()
            importing.wait()
        finally:
            worker.terminate()
            worker.wait()
        set_aside = said.read_text(encoding="utf-8", errors="replace").count("journal.reader-failed")
    print(
        f"scan to visible in another process, {len(waits)} scans, imports {state}: p50 {quantile(waits, 0.5) * 1000:.0f} ms"
        f"   p95 {quantile(waits, 0.95) * 1000:.0f} ms   worst {max(waits) * 1000:.0f} ms   "
        f"batches that a reader could not digest at once {set_aside}   load {os.getloadavg()[0]:.0f}"
    )


def client(scans: int) -> None:
    django()
    from bench.desk_client import AT, SITES, actor
    from fumikura.circulation.services import check_out
    from fumikura.discovery.queries import parse, search
    from fumikura.holdings.models import Item
    from fumikura.patrons.models import Patron

    def is_in(number: int, code: str) -> bool:
        asked = parse(f'書名:"題名{number}"')
        answer = search(asked, rows=5, facets=("available",), filters={"site": [code]})
        return any(value.value == code for facet in answer.facets for value in facet.values)

    while not search(parse("題名1"), facets=()).total:
        time.sleep(0.2)
    print("ready", flush=True)
    sys.stdin.readline()
    readers = list(Patron.objects.order_by("pk"))
    waits = []
    for number in range(scans):
        # The copies of a title are all at one site: with the last one lent it is no longer in.
        *others, last = Item.objects.filter(record__title=f"題名{number}").order_by("pk")
        code = SITES[number % len(SITES)]
        by = actor(number)
        for turn, item in enumerate([*others, last]):
            check_out(item=item, patron=readers[(number * 10 + turn) % len(readers)], by=by, at=AT)
        began = time.perf_counter()
        while is_in(number, code) and time.perf_counter() - began < LONGEST:
            time.sleep(0.01)
        waits.append(time.perf_counter() - began)
        time.sleep(0.3)
    print(json.dumps(waits))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=3000)
    options.add_argument("--scans", type=int, default=40)
    options.add_argument("--client", type=int, default=0)
    chosen = options.parse_args()
    if chosen.client:
        client(chosen.client)
    else:
        measure(chosen.records, chosen.scans)
