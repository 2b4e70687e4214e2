"""One queue for writers, across threads and processes.

SQLite's own busy handler sleeps and tries again, so with eight writers one of them can wait for seven seconds while others
pass it. Here each writer first waits for a file lock, which the kernel hands on; the wait is then a few commits long.
"""

import fcntl
import os
from pathlib import Path


class WriteGate:
    """An advisory lock on a file beside the database. One per connection; not shared between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._held = False

    def enter(self) -> None:
        """Wait until this connection may write."""
        if self._held:
            return
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._held = True

    def leave(self) -> None:
        if self._held and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._held = False

    def close(self) -> None:
        self.leave()
        if self._file is not None:
            os.close(self._file)
            self._file = None
