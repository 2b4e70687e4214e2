"""The worker: three hands that do not wait for one another. One worker works at a time; others stand by.

The first reads the journal for whoever somebody waits for (the index), the second for everybody else, the third does the night
shift. A night's dump of a million records or an import's readings may take minutes; a book that was just returned is on the public
page within the second all the same. For that the first is a process of its own (`UrgentWorker`), which the worker starts and keeps:
threads of one interpreter hold one another up.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from types import FrameType

from django.db import close_old_connections, connections, transaction
from django.utils import timezone

from fumikura.journal import ahead, leases
from fumikura.journal.events import DataErased
from fumikura.journal.readers import is_behind, read_on, retry_set_aside
from fumikura.journal.services import record
from fumikura.journal.subscriptions import Subscription, subscriptions
from fumikura.journal.wake import wait_for_news
from fumikura.kernel.processes import GIVES_WAY_BY
from fumikura.organisation.queries import system_actor
from fumikura.project.timetable import TIMETABLE, Job

logger = logging.getLogger(__name__)

WRITE_DOWN_EVERY = 1.0  # seconds between moves of the bookmarks of readers that read ahead
LOOK_EVERY = 0.1  # seconds until a reader that has read looks again
LOOK_AT_LEAST_EVERY = 0.5  # seconds a reader sleeps when nobody wakes it
TIDY_EVERY = 5.0  # seconds between renewals of the lease, retries and looks at the timetable


ALL_LEASES = (leases.READERS, leases.URGENT_READERS)


class Worker:
    """Runs until `stop`. Holds its lease while its hands work, and one lease a job while it does it."""

    lease = leases.READERS
    gives_way_by = GIVES_WAY_BY
    """The desks come first: what nobody waits for gets the processor when they leave it (each thread has a priority of its own on Linux)."""

    def __init__(self, name: str = "") -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._at_work = threading.Event()
        self._job = ""
        self._failure: BaseException | None = None

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self._stopping.set()

    def run(self) -> None:
        """A hand that fails stops the others, and its failure is raised here: whoever keeps the worker starts a new one."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self._run_hands(*self._hands())
        if self._failure:
            raise self._failure

    def _hands(self) -> tuple[Callable[[], None], ...]:
        patient = [one for one in subscriptions() if not one.is_urgent]
        return lambda: self._read_for(patient), self._do_the_night_shift

    def _run_hands(self, *hands: Callable[[], None]) -> None:
        threads = [threading.Thread(target=self._guarded, args=(self._giving_way(hand),)) for hand in hands]
        for thread in threads:
            thread.start()
        self._guarded(self._keep_the_lease)
        # A job under way is finished first, and nobody else may begin it meanwhile.
        for thread in threads:
            while thread.is_alive():
                if self._at_work.is_set():
                    self._renew()
                thread.join(TIDY_EVERY)
        ahead.write_down()
        leases.give_back(self.lease, self.name, at=timezone.now())

    def _giving_way(self, hand: Callable[[], None]) -> Callable[[], None]:
        def work() -> None:
            os.nice(self.gives_way_by)
            hand()

        return work

    def _guarded(self, hand: Callable[[], None]) -> None:
        try:
            hand()
        except BaseException as failure:
            self._failure = failure
            self.stop()
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()

    def _keep_the_lease(self) -> None:
        renewed = -TIDY_EVERY
        while not self._stopping.is_set():
            if time.monotonic() - renewed >= TIDY_EVERY:
                renewed = time.monotonic()
                close_old_connections()
                self._renew()
            ahead.write_down()
            self._stopping.wait(WRITE_DOWN_EVERY)

    def _renew(self) -> None:
        at = timezone.now()
        if leases.take(self.lease, self.name, at=at):
            self._at_work.set()
        else:
            self._at_work.clear()
        if job := self._job:
            leases.take(job, self.name, at=at)

    def _read_for(self, readers: Sequence[Subscription]) -> None:
        tidied, rest = -TIDY_EVERY, LOOK_EVERY
        while not self._stopping.is_set():
            if not self._at_work.is_set():
                _rest(readers)
                self._at_work.wait(LOOK_EVERY)
                continue
            if time.monotonic() - tidied >= TIDY_EVERY:
                tidied = time.monotonic()
                close_old_connections()
                _tidy(readers)
            # Who has just read or was woken looks again soon: nobody rings twice within a tenth of a second.
            has_news = sum(read_on(one, at=timezone.now()) for one in readers) or wait_for_news(rest)
            rest = LOOK_EVERY if has_news else LOOK_AT_LEAST_EVERY
        _rest(readers)

    def _do_the_night_shift(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            if not self._at_work.is_set():
                continue
            close_old_connections()
            for job in TIMETABLE:
                at = timezone.now()
                if self._stopping.is_set() or not self._at_work.is_set():
                    break
                if job.is_due(at, leases.last_done(job.name)) and leases.take(job.name, self.name, at=at):
                    self._do(job, at)
            self._stopping.wait(TIDY_EVERY)

    def read_once(self, *, patience: float = 60.0) -> int | None:
        """Read until nothing is left; answer how many entries. While another worker reads, wait for it to have read all.

        None when it has not after `patience` seconds.
        """
        asked_at = timezone.now()
        while not self._has_all_leases():
            if not is_behind(subscriptions()):
                return 0
            if (timezone.now() - asked_at).total_seconds() > patience:
                return None
            time.sleep(LOOK_EVERY)
        try:
            return self._read_everything()
        finally:
            for lease in ALL_LEASES:
                leases.give_back(lease, self.name, at=timezone.now())

    def _has_all_leases(self) -> bool:
        """Take or renew them; one alone is given back, so that two who read once do not wait for each other."""
        at = timezone.now()
        held = [lease for lease in ALL_LEASES if leases.take(lease, self.name, at=at)]
        if len(held) == len(ALL_LEASES):
            return True
        for lease in held:
            leases.give_back(lease, self.name, at=at)
        return False

    def _read_everything(self) -> int:
        total = 0
        for subscription in subscriptions():
            while read := read_on(subscription, at=timezone.now()):
                total += read
                self._has_all_leases()
            subscription.rest()
        return total

    def _do(self, job: Job, at: datetime) -> None:
        self._job = job.name
        try:
            note_what_was_erased(job, job.run(at), at)
        except Exception as failure:
            # It stays due: the next worker to look tries again when the lease has lapsed.
            logger.warning("timetable.job-failed", extra={"job": job.name, "kind": type(failure).__name__})
        else:
            leases.mark_done(job.name, self.name, at=timezone.now())
        finally:
            self._job = ""


class UrgentWorker(Worker):
    """The hand that reads for those for whom somebody waits. One of them reads at a time."""

    lease = leases.URGENT_READERS
    gives_way_by = 0

    def run(self) -> None:
        with ahead.reading_ahead():
            super().run()

    def _hands(self) -> tuple[Callable[[], None], ...]:
        urgent = [one for one in subscriptions() if one.is_urgent]
        return (lambda: self._read_for(urgent),)


def _tidy(readers: Sequence[Subscription]) -> None:
    at = timezone.now()
    for one in readers:
        try:
            one.tend(at)
        except Exception as failure:
            logger.warning("worker.tending-failed", extra={"reader": one.reader, "kind": type(failure).__name__})
        retry_set_aside(one, at=at)


def _rest(readers: Sequence[Subscription]) -> None:
    for one in readers:
        one.rest()


def note_what_was_erased(job: Job, answer: object, at: datetime) -> None:
    """A night on which nothing was erased is noted too: the page of retention shows that the job ran."""
    if job.erases and isinstance(answer, int):
        with transaction.atomic():
            record(DataErased(job=job.name, count=answer), by=system_actor(via="worker"), at=at)
