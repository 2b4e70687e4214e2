"""One queue for writers, across threads and processes.

SQLite's own busy handler sleeps and tries again, so with eight writers one of them can wait for seven seconds while others
pass it. Here a writer passes two doors: whoever is through the first waits alone at the second, so the one who has just
written and comes back at once cannot slip in before them.
"""

import fcntl
import os
from pathlib import Path


class WriteGate:
    """Two advisory locks on files beside the database. One gate per connection; not shared between threads."""

    def __init__(self, path: Path) -> None:
        self._paths = (Path(f"{path}-first"), Path(f"{path}-second"))
        self._files: tuple[int, int] | None = None
        self._held = False

    def enter(self) -> None:
        """Wait until this connection may write."""
        if self._held:
            return
        if self._files is None:
            first, second = (os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths)
            self._files = first, second
        first, second = self._files
        fcntl.flock(first, fcntl.LOCK_EX)
        try:
            fcntl.flock(second, fcntl.LOCK_EX)
        finally:
            fcntl.flock(first, fcntl.LOCK_UN)
        self._held = True

    def leave(self) -> None:
        if self._held and self._files is not None:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._held = False

    def close(self) -> None:
        self.leave()
        for file in self._files or ():
            os.close(file)
        self._files = None
