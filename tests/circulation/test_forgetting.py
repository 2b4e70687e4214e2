"""返したら消える, down to the bytes: what is returned leaves no trace of who had it in the file or in its log."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_after_a_return_and_a_night_the_bytes_of_the_database_no_longer_name_the_patron(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.circulation.returned"],
        env={**kept, "FUMIKURA_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    times = json.loads(ran.stdout.splitlines()[-1])
    assert times["lent"] > times["before"] > 0
    assert times["after"] == times["before"]
