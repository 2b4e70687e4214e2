"""A process beside this one that works through what it is asked, in order. It ends when this process does.

Not concurrent.futures: its pool hangs when one of its processes is killed (decision 0016).
"""

import gc
import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

GIVES_WAY_BY: Final = 5
"""Steps of priority that a helper stands behind the counters' server and the worker."""


class Gone(Exception):
    """The process was killed, by the kernel for want of memory perhaps."""


class Helper:
    """One process, started anew (spawned), in which `work` answers what comes along the line until that is closed."""

    def __init__(self, work: Callable[[Connection], None]) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_help, args=(work, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, question: object) -> None:
        """Raises Gone."""
        try:
            self._line.send(question)
        except OSError as failure:
            raise Gone from failure

    def has_answered(self, *, within: float) -> bool:
        """Wait so many seconds at most; also true when it is gone, which `answer` then says."""
        try:
            return self._line.poll(within)
        except OSError:
            return True

    def answer(self) -> Any:
        """To the oldest question not answered yet. Raises Gone."""
        try:
            return self._line.recv()
        except (OSError, EOFError) as failure:
            raise Gone from failure

    def end(self) -> None:
        self._line.close()
        self._process.kill()
        self._process.join()


def _help(work: Callable[[Connection], None], line: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the one who asks
    os.nice(GIVES_WAY_BY)
    # Records are many small objects without cycles: looking for cycles among them costs a tenth of the time.
    gc.set_threshold(100_000, 50, 50)
    work(line)
