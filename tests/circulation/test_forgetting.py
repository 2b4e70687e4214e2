"""返したら消える, down to the bytes: what is returned leaves no trace of who had it, in any table, file, log, index or dump."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.migrated import migrated

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    """The environment that names a database of the program's own: a file in its home, or one more on the tests' server."""
    servers = os.environ.get("FUMIKURA_TEST_DATABASES", "").split()
    if not servers:
        yield {}
        return
    import psycopg

    name = f"traces_{uuid4().hex}"
    with psycopg.connect(servers[0], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        address, _slash, _database = servers[0].partition("?")[0].rpartition("/")
        query = servers[0].partition("?")[2]
        yield {"DATABASE_URL": f"{address}/{name}" + (f"?{query}" if query else "")}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.django_db
def test_after_a_return_and_a_night_nothing_leads_from_a_book_to_who_had_it(
    tmp_path: Path, database: dict[str, str]
) -> None:
    if not database:
        migrated(tmp_path)
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.circulation.returned"],
        env={**kept, **database, "FUMIKURA_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "LOG_FORMAT": "json"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=(tmp_path / "log").open("wb"),
        text=True,
        check=False,
    )
    assert ran.returncode == 0, (tmp_path / "log").read_text()[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["open_loans"] == 6
    assert told["lent"] > told["before"] > 0
    # The search sees: while the books are lent there is plenty to find.
    assert told["pairs_while_lent"] > 10
    assert told["still_lent"] == 0
    assert told["pairs_after"] == []
