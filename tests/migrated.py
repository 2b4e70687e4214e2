"""A home whose SQLite database has been migrated: made once in a run of the tests and copied, because migrating takes long.

`migrated(folder)` is for tests that start the program itself; the tests' own database is made from the models.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = "fumikura.sqlite3"


def migrated(home: Path) -> Path:
    """Put a migrated database into `home`, which is made when it is not there; answers `home`."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(_made_once() / FILE, home / FILE)
    return home


def _made_once() -> Path:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    folder = Path(tempfile.gettempdir()) / f"fumikura-migrated-{run}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
            environment = {**kept, "FUMIKURA_HOME": str(folder), "PYTHONPATH": str(ROOT)}
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, cwd=ROOT, check=True)
            (folder / "done").touch()
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
