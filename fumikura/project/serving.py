"""What `fumikura serve` runs: the static files gathered, the web server, and the worker beside it."""

import hashlib
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from fumikura.project.beside import kept_beside


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def gather_static_files() -> bool:
    """Copy, name by content and compress the files of all doors into STATIC_ROOT; False when nothing had changed."""
    if settings.DEBUG:
        return False
    root = Path(settings.STATIC_ROOT)
    mark = root / ".gathered-from"
    now = _fingerprint()
    if mark.exists() and mark.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(now)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def count_together(workers: int) -> None:
    """With more than one process, start this program again with a folder where Prometheus' counts come together.

    Its library looks for the folder when it is first imported, which has long happened.
    """
    if workers < 2 or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        return
    counts = settings.HOME / "metrics"
    counts.mkdir(exist_ok=True)
    for left_over in counts.glob("*.db"):
        left_over.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts)
    os.execv(sys.executable, [sys.executable, "-m", "fumikura.project.program", *sys.argv[1:]])  # noqa: S606  # ourselves


def web_server(*, host: str, port: int, workers: int, threads: int) -> MPServer:
    """The application server, ready to `serve()`; it stops at SIGINT and SIGTERM."""
    connections.close_all()  # the processes that are forked now must not share one
    os.environ["FUMIKURA_SERVED_BY"] = str(os.getpid())
    return MPServer(
        "fumikura.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=threads * 32,
        websockets=False,
        log_enabled=True,
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
    )


@contextmanager
def worker_beside(*, wanted: bool) -> Iterator[None]:
    """Keep one `fumikura worker` alive for the length of the block, as a process of its own."""
    with kept_beside("worker", wanted=wanted):
        yield
