"""Work that a second thread begins while the asking one does something else. For engines that leave Python alone while they search."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, Final, Generic, TypeVar

P = TypeVar("P")
R = TypeVar("R")

CORES: Final = os.cpu_count() or 1


class Begun(Generic[R]):
    """Pieces of work in hand. Who wants the result does what the other thread has not come to, so nobody waits in a queue."""

    def __init__(
        self,
        works: Sequence[Callable[[], Any]],
        futures: Sequence["Future[Any]"],
        together: Callable[[Sequence[Any]], R],
    ) -> None:
        self._pieces = tuple(zip(works, futures, strict=True))
        self._together: Callable[[Sequence[Any]], R] = together
        self._results: tuple[R, ...] = ()
        self._finishing = Lock()

    def result(self) -> R:
        """What all pieces make together. An error is that of the piece done again here: none is remembered for the next who asks."""
        with self._finishing:
            if not self._results:
                # From the end: the other thread works from the beginning.
                done = [_result(work, future) for work, future in reversed(self._pieces)]
                self._results = (self._together(done[::-1]),)
                self._pieces = ()  # they hold what they were asked of
            return self._results[0]


class Beside:
    """One thread, started when it is first needed. After a fork there is none, and a new one is started."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._process = 0
        self._changing = Lock()

    def begin(self, works: Sequence[Callable[[], P]], together: Callable[[Sequence[P]], R]) -> Begun[R]:
        with self._changing:
            if self._thread is None or self._process != os.getpid():
                self._thread = ThreadPoolExecutor(1, thread_name_prefix="beside")
                self._process = os.getpid()
            return Begun(works, [self._thread.submit(work) for work in works], together)

    def close(self) -> None:
        """What was begun is finished by who wants it."""
        with self._changing:
            thread, self._thread = self._thread, None
        if thread is not None and self._process == os.getpid():
            thread.shutdown(cancel_futures=True)


def _result(work: Callable[[], P], future: "Future[P]") -> P:
    if future.cancel() or future.exception() is not None:
        return work()
    return future.result()
