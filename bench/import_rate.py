"""Records a second from a MARC file to searchable, beside Zebra's indexer on the same file.

python -m bench.import_rate [--records 20000] [--file FILE.mrc] [--in-turn]

Fumikura: `fumikura import` (every record parsed, described, stored with its identifiers, journalled) while `fumikura worker`
reads what is stored into the search index beside it, as in a running library; the time ends when the index knows the last
record. With `--in-turn` the index catches up only when the import is done (`fumikura worker --once`). Zebra: `zebraidx init`,
`update`, `commit` with its own MARC 21 rules; it stores and indexes, it does not describe. On a fresh folder each.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import Content
from tests.catalogue.records import kokoro_bytes

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, str(ROOT / "manage.py")]
SHARED = "data/marc/japan/dev_120.mrc"


def pattern(given: Path | None) -> list[Content]:
    """The records to repeat: those of a file, else the real Japanese ones when they are near, else an invented one."""
    folders = [Path(os.environ.get("FUMIKURA_SHARED", ROOT.parent / "shared")), ROOT.parent.parent / "shared"]
    near = [folder / SHARED for folder in folders]
    path = given or next((file for file in near if file.exists()), None)
    pieces = [kokoro_bytes()] if path is None else list(iso2709.pieces(path.open("rb")))
    print(f"repeating the {len(pieces)} records of {path or 'our own test record'}")
    return [iso2709.decode(piece).content for piece in pieces]


def write(path: Path, contents: list[Content], count: int) -> None:
    with path.open("wb") as out:
        for number in range(count):
            leader, entries = contents[number % len(contents)]
            named = [entry._replace(data=f"bench{number:08d}") if entry.tag == "001" else entry for entry in entries]
            out.write(iso2709.encode(Content(leader, named)))


class Spent(NamedTuple):
    """Seconds on the clock, and of the processor: on a machine that does other things too, only these are comparable."""

    clock: float
    processor: float

    def __add__(self, other: object) -> "Spent":
        assert isinstance(other, Spent)
        return Spent(self.clock + other.clock, self.processor + other.processor)


def timed(command: list[str], **options: object) -> Spent:
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, **options)  # type: ignore[call-overload]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.monotonic() - begun, processor)


Surroundings = dict[str, Any]
"""Environment and folder of Fumikura's commands."""

LOOK_EVERY = 0.05  # seconds


def a_library(folder: Path) -> Surroundings:
    """A new one with one record: a running library has an index already."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    here = {"env": {**kept, "FUMIKURA_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}, "cwd": ROOT}
    timed([*PROGRAM, "migrate", "-v0"], **here)
    first = folder / "first.mrc"
    first.write_bytes(kokoro_bytes())
    timed([*PROGRAM, "import", "--json", str(first)], **here)
    timed([*PROGRAM, "worker", "--once"], **here)
    return here


def found_by(word: str, here: Surroundings) -> int:
    answer = subprocess.run([*PROGRAM, "search", "--json", word], check=True, capture_output=True, text=True, **here)
    return int(json.loads(answer.stdout)["total"])


def in_turn(here: Surroundings, file: Path) -> tuple[Spent, Spent]:
    """What the import took, and the index to catch up."""
    taken = timed([*PROGRAM, "import", "--json", str(file)], **here)
    return taken, timed([*PROGRAM, "worker", "--once"], **here)


def side_by_side(here: Surroundings, file: Path) -> tuple[Spent, Spent]:
    """What the import took, and everything until the index knew the last record; the processor's time only of all."""
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    worker = subprocess.Popen([*PROGRAM, "worker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **here)
    try:
        taken = timed([*PROGRAM, "import", "--json", str(file)], **here)
        database = Path(here["env"]["FUMIKURA_HOME"]) / "fumikura.sqlite3"
        while not index_knows_all(database):
            if worker.poll() is not None:
                raise SystemExit("the worker ended by itself")
            time.sleep(LOOK_EVERY)
        clock = time.monotonic() - begun
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, Spent(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def index_knows_all(database: Path) -> bool:
    """Whether the index's reader of what comes in bulk has read every import's entry."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as journal:
        (last,) = journal.execute("SELECT MAX(id) FROM journal_entry WHERE event LIKE 'catalogue.%import%'").fetchone()
        read = journal.execute("SELECT MIN(entry) FROM journal_bookmark WHERE reader LIKE 'discovery%'").fetchone()[0]
    return int(read or 0) >= int(last or 0)


def zebra(folder: Path, file: Path) -> Spent | None:
    if not shutil.which("zebraidx"):
        return None
    home = folder / "zebra"
    (home / "records").mkdir(parents=True)
    shutil.copy(file, home / "records" / "bench.mrc")
    modules = next(iter(sorted(Path("/usr/lib").glob("**/idzebra-2.0/modules"))), Path())
    (home / "zebra.cfg").write_text(
        f"profilePath: /usr/share/idzebra-2.0/tab\nmodulePath: {modules}\nattset: bib1.att\n"
        "recordType: grs.marc.marc21\nencoding: utf-8\nregister: register:20G\nshadow: shadow:20G\nmemMax: 256\n"
    )
    for name in ("register", "shadow"):
        (home / name).mkdir()
    spent = Spent(0, 0)
    for verb in (["init"], ["update", "records"], ["commit"]):
        spent += timed(["zebraidx", "-c", "zebra.cfg", *verb], cwd=home)
    return spent


def show(what: str, count: int, spent: Spent) -> None:
    print(
        f"  {what:22} {spent.clock:7.1f} s {count / spent.clock:8,.0f} records/s"
        f"   processor {spent.processor:7.1f} s {count / spent.processor:8,.0f} records/s"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=20_000)
    options.add_argument("--file", type=Path)
    options.add_argument("--in-turn", action="store_true", help="the index catches up when the import is done")
    chosen = options.parse_args()
    contents = pattern(chosen.file)
    with tempfile.TemporaryDirectory(prefix="fumikura-bench-") as name:
        folder = Path(name)
        file = folder / "bench.mrc"
        write(file, contents, chosen.records)
        count, size = chosen.records, file.stat().st_size / 1e6
        print(f"{count:,} records, {size:.1f} MB")
        here = a_library(folder)
        if chosen.in_turn:
            taken, indexed = in_turn(here, file)
            show("fumikura import", count, taken)
            show("index catches up", count, indexed)
            show("file to searchable", count, taken + indexed)
        else:
            taken, searchable = side_by_side(here, file)
            print(f"  imported after {taken.clock:.1f} s")
            show("file to searchable", count, searchable)
        print(f"  found by 電子: {found_by('電子', here)}")
        theirs = zebra(folder, file)
        if theirs is None:
            print("  zebraidx is not here: apt-get install idzebra-2.0-utils, then run this again")
        else:
            show("zebraidx, same file", count, theirs)


if __name__ == "__main__":
    main()
