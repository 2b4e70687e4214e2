"""The worker: lets the readers read on, and does the night shift. One works at a time; others stand by."""

import logging
import os
import signal
import socket
import threading
import time
from datetime import datetime
from types import FrameType

from django.db import close_old_connections, transaction
from django.utils import timezone

from fumikura.journal import leases
from fumikura.journal.events import DataErased
from fumikura.journal.readers import gives_way_to, is_behind, read_on, retry_set_aside
from fumikura.journal.services import record
from fumikura.journal.subscriptions import Subscription, subscriptions
from fumikura.journal.wake import wait_for_news
from fumikura.organisation.queries import system_actor
from fumikura.project.timetable import TIMETABLE, Job

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds; what SQLite's readers wait at most after a scan in another process
TIDY_EVERY = 5.0  # seconds between renewals of the lease, retries and looks at the timetable


class Worker:
    """Runs until `stop`. Holds the lease "readers" while it reads, and one lease a job while it does it."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._holds_lease = False
        self._renewed_at = timezone.now()

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self._stopping.set()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        with gives_way_to(self._read_meanwhile):
            self._run()
        self._rest()
        leases.give_back("readers", self.name, at=timezone.now())

    def _run(self) -> None:
        tidied: datetime | None = None
        while not self._stopping.is_set():
            at = timezone.now()
            if tidied is None or (at - tidied).total_seconds() >= TIDY_EVERY:
                close_old_connections()
                self._holds_lease = leases.take("readers", self.name, at=at)
                tidied = self._renewed_at = at
                if self._holds_lease:
                    self._tidy(at)
                else:
                    self._rest()
            read = self._read() if self._holds_lease else 0
            if not read:
                wait_for_news(LOOK_EVERY if self._holds_lease else TIDY_EVERY)

    def read_once(self, *, patience: float = 60.0) -> int | None:
        """Read until nothing is left; answer how many entries. While another worker reads, wait for it to have read all.

        None when it has not after `patience` seconds.
        """
        asked_at = timezone.now()
        while not leases.take("readers", self.name, at=timezone.now()):
            if not is_behind(subscriptions()):
                return 0
            if (timezone.now() - asked_at).total_seconds() > patience:
                return None
            time.sleep(LOOK_EVERY)
        try:
            return self._read_everything()
        finally:
            leases.give_back("readers", self.name, at=timezone.now())

    def _read_everything(self) -> int:
        total = 0
        for subscription in subscriptions():
            while read := read_on(subscription, at=timezone.now()):
                total += read
                leases.take("readers", self.name, at=timezone.now())
            subscription.rest()
        return total

    def _read(self) -> int:
        """A batch for each. Saving a bookmark may wait behind an import: who is urgent need not wait for all bookmarks."""
        total = self._read_urgent()
        for subscription in subscriptions():
            if not subscription.is_urgent and (read := read_on(subscription, at=timezone.now())):
                total += read + self._read_urgent()
        return total

    def _read_urgent(self) -> int:
        return sum(read_on(one, at=timezone.now()) for one in subscriptions() if one.is_urgent)

    def _read_meanwhile(self) -> None:
        """While a job of the night or another reader gives way; it may have hours of work, so the lease is renewed here too."""
        at = timezone.now()
        if (at - self._renewed_at).total_seconds() >= TIDY_EVERY:
            self._renewed_at = at
            self._holds_lease = leases.take("readers", self.name, at=at)
        if self._holds_lease:
            self._read_urgent()

    def _tidy(self, at: datetime) -> None:
        for subscription in subscriptions():
            self._tend(subscription, at)
            retry_set_aside(subscription, at=at)
        for job in TIMETABLE:
            if job.is_due(at, leases.last_done(job.name)) and leases.take(job.name, self.name, at=at):
                self._do(job, at)

    def _tend(self, subscription: Subscription, at: datetime) -> None:
        try:
            subscription.tend(at)
        except Exception as failure:
            logger.warning(
                "worker.tending-failed", extra={"reader": subscription.reader, "kind": type(failure).__name__}
            )

    def _rest(self) -> None:
        for subscription in subscriptions():
            subscription.rest()

    def _do(self, job: Job, at: datetime) -> None:
        try:
            note_what_was_erased(job, job.run(at), at)
        except Exception as failure:
            # It stays due: the next worker to look tries again when the lease has lapsed.
            logger.warning("timetable.job-failed", extra={"job": job.name, "kind": type(failure).__name__})
        else:
            leases.mark_done(job.name, self.name, at=timezone.now())


def note_what_was_erased(job: Job, answer: object, at: datetime) -> None:
    """A night on which nothing was erased is noted too: the page of retention shows that the job ran."""
    if job.erases and isinstance(answer, int):
        with transaction.atomic():
            record(DataErased(job=job.name, count=answer), by=system_actor(via="worker"), at=at)
