"""Our own program kept running in processes beside this one."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

logger = structlog.get_logger(__name__)

RESTART_AFTER = 2.0  # seconds between a process's end and the next one's start
STOP_WITHIN = 10.0  # seconds a process gets to finish what it is doing


@contextmanager
def kept_beside(*command: str, wanted: bool) -> Iterator[None]:
    """Keep one `fumikura <command>` alive for the length of the block, as a process of its own."""
    if not wanted:
        yield
        return
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep, args=(command, stopping), name=f"keeper of {command[0]}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join(STOP_WITHIN + 2)


def _keep(command: tuple[str, ...], stopping: threading.Event) -> None:
    while not stopping.is_set():
        kept = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "fumikura.project.program", *command],
            env={**os.environ, "FUMIKURA_PARENT": str(os.getpid())},
            # So it is spawned, not forked: a web server process forked meanwhile would keep the pipe open by which a
            # fork says that it has begun, and this thread would wait for ever. Python's files are not inherited anyway.
            close_fds=False,
        )
        while kept.poll() is None and not stopping.wait(0.2):
            pass
        if kept.poll() is None:
            kept.terminate()
            try:
                kept.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                kept.kill()
            return
        if not stopping.is_set():
            # Without a failure it was told to end, with us perhaps: we shall hear of it.
            log = logger.error if kept.returncode else logger.info
            log(f"{command[0]}-ended", code=kept.returncode, again_in_seconds=RESTART_AFTER)
            stopping.wait(RESTART_AFTER)
