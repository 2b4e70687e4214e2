"""How much memory reading a very large MARC file takes: the target is less than 300 MB at 10 GB.

python -m bench.import_memory [--gigabytes 1] [--append docs/benchmarks.md]

A second process makes the file as it goes and writes it into a named pipe, so that nothing of it stands on the disk; the first
reads it as an import does: cut, decoded, described, ready to be written (the database would keep none of it in memory).
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import house  # noqa: F401 — sets Django up
from bench.import_rate import pattern
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import Content
from fumikura.catalogue.services.drafts import draft_of

LIMIT = 300
"""Megabytes."""


def make(pipe: Path, size: int) -> None:
    """Write real records under new numbers into the pipe until so many bytes have gone through it."""
    contents = pattern(None)
    written = number = 0
    with pipe.open("wb") as out:
        while written < size:
            leader, entries = contents[number % len(contents)]
            named = [one._replace(data=f"bench{number:09d}") if one.tag == "001" else one for one in entries]
            written += out.write(iso2709.encode(Content(leader, named)))
            number += 1


def read(pipe: Path) -> tuple[int, int]:
    """(records, bytes) that came out of it."""
    records = size = 0
    with pipe.open("rb") as stream:
        for arrival in iso2709.arrivals(stream):
            assert arrival.decoded is not None
            size += len(draft_of(arrival.decoded, source="bench").marc)
            records += 1
    return records, size


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--gigabytes", type=float, default=1.0)
    asked.add_argument("--append", type=Path)
    asked.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    size = int(given.gigabytes * 1_000_000_000)
    if given.make:
        make(given.make, size)
        return
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder:
        pipe = Path(folder) / "file.mrc"
        os.mkfifo(pipe)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "bench.import_memory",
            "--gigabytes",
            str(given.gigabytes),
            "--make",
            str(pipe),
        ]
        writer = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        records, received = read(pipe)
        seconds = time.perf_counter() - began
        writer.wait()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = (
        f"{received / 1e9:.2f} GB, {records:,} records read in {seconds:,.0f} s at load {os.getloadavg()[0]:.0f}: at most {most:.0f} MB of memory "
        f"(before the first record {before:.0f} MB); {'within' if most < LIMIT else 'ABOVE'} {LIMIT} MB."
    )
    print(line)
    if given.append:
        with given.append.open("a", encoding="utf-8") as page:
            page.write(f"\n{line}\n")


if __name__ == "__main__":
    main()
