"""What an import remembers of its file stays small, however large the file is."""

import gc
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

from fumikura.catalogue.services.met import Met, State, foreseen
from tests.catalogue.records import kokoro_bytes
from tests.migrated import migrated

ROOT = Path(__file__).resolve().parents[2]


def test_it_answers_like_a_set() -> None:
    chance = random.Random(8)
    numbers = [chance.choice((chance.getrandbits(64) - 2**63, chance.randrange(-50, 50), 0)) for _ in range(5000)]
    met, known = Met(), set()
    for number in numbers:
        assert met.add(number) == (((number & (2**64 - 1)) or 1) in known)
        known.add((number & (2**64 - 1)) or 1)
    assert len(met) == len(known)


def test_forty_thousand_numbers_take_less_than_a_megabyte() -> None:
    gc.collect()
    tracemalloc.start()
    met = Met()
    for number in range(40_000):
        met.add(hash(("JTNDL", str(number))))
    size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 24 * 40_000 and peak < 36 * 40_000


def test_what_a_rehearsal_foresees_is_kept_on_disk_and_read_back() -> None:
    kokoro, older = State(7, "こゝろ", 7, b"local"), State(0, "こころ", 2**62, b"")
    with foreseen() as written:
        written.put({("JTNDL", "1"): older, ("MINASE", "1"): State(0, "坊っちゃん", -5, b"")})
        written.put({("JTNDL", "1"): kokoro})
        written.written_over({("JTNDL", "1"): older.mark})
        assert written.of([("JTNDL", "1"), ("JTNDL", "2")]) == {("JTNDL", "1"): kokoro}
        assert len(written.of([("MINASE", str(number)) for number in range(2000)])) == 1
        assert written.before([("JTNDL", "1"), ("MINASE", "1")]) == {(("JTNDL", "1"), 2**62)}


REHEARSAL = """
import sys, django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from fumikura.catalogue.services import rehearse_import
from fumikura.organisation.queries import system_actor
at, by = datetime(2026, 5, 20, tzinfo=UTC), system_actor(via="cli")
for path in sys.argv[1:]:
    counts = rehearse_import(Path(path), by=by, at=at).counts
    # Not ru_maxrss: that begins with what the parent had.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(counts.created, int(peak.split()[1]) // 1024)
"""


def test_a_file_twenty_times_as_large_takes_hardly_more_memory(tmp_path: Path) -> None:
    one = kokoro_bytes("0000001")
    small, large = tmp_path / "small.mrc", tmp_path / "large.mrc"
    for path, count in ((small, 500), (large, 10_000)):
        with path.open("wb") as out:
            for number in range(count):
                out.write(one.replace(b"0000001", f"{number:07}".encode()))
    home = {
        "FUMIKURA_HOME": str(migrated(tmp_path)),
        "DJANGO_SETTINGS_MODULE": "fumikura.project.settings",
        "PATH": "/usr/bin:/bin",
    }
    answer = subprocess.run(
        [sys.executable, "-c", REHEARSAL, str(small), str(large)],
        env={**home, "PYTHONPATH": str(ROOT), "DATABASE_URL": ""}, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (few, before), (many, after) = (map(int, line.split()) for line in answer.stdout.splitlines())
    assert (few, many) == (500, 10_000)
    assert after < before + 15 and after < 300, f"{before} MB, then {after} MB"
