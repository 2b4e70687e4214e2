"""One worker reads at a time; who asks for one reading waits for the other."""

import threading
from datetime import datetime, time

import pytest
from django.db.utils import OperationalError
from django.utils import timezone

import fumikura.project.worker as worker_module
from fumikura.journal import leases
from fumikura.journal.queries import lag
from fumikura.journal.subscriptions import subscriptions
from fumikura.project.timetable import Job
from fumikura.project.worker import UrgentWorker, Worker
from tests.cast import hanako

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


def test_one_reading_reads_all_and_lets_go() -> None:
    hanako()
    assert Worker().read_once()
    assert Worker().read_once() == 0
    assert leases.take("readers", "somebody else", at=timezone.now())


def test_one_reading_leaves_the_journal_to_the_worker_that_reads_already() -> None:
    hanako()
    assert leases.take("readers", "the live one", at=timezone.now())
    assert Worker().read_once(patience=0.3) is None


def test_one_reading_is_done_when_the_live_worker_has_read_all() -> None:
    hanako()
    assert Worker().read_once()
    assert subscriptions()
    assert leases.take("readers", "the live one", at=timezone.now())
    assert Worker().read_once(patience=0.3) == 0


def test_a_scan_is_searchable_while_a_job_of_the_night_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end, calls = threading.Event(), threading.Event(), []

    def dump(_at: datetime) -> None:
        calls.append("dump")
        begun.set()
        assert may_end.wait(60)

    monkeypatch.setattr(worker_module, "TIMETABLE", [Job(name="dump", run=dump, daily_at=time(2, 0))])
    monkeypatch.setattr(worker_module.signal, "signal", lambda *_: None)
    workers = Worker(), UrgentWorker("urgent")
    threads = [threading.Thread(target=worker.run) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        assert begun.wait(60)
        hanako()
        index = next(one for one in subscriptions() if one.is_urgent)
        read = False
        while not read and all(thread.is_alive() for thread in threads):
            read = not lag(index.reader)
            may_end.wait(0.02)
        assert read and not may_end.is_set()
    finally:
        for worker in workers:
            worker.stop()
        may_end.set()
        for thread in threads:
            thread.join()
    assert calls == ["dump"]
    assert leases.last_done("dump")
    assert all(leases.take(lease, "somebody else", at=timezone.now()) for lease in worker_module.ALL_LEASES)


def test_one_reading_waits_for_the_process_that_reads_for_the_index_and_keeps_no_other_from_reading() -> None:
    hanako()
    assert leases.take(leases.URGENT_READERS, "the live one", at=timezone.now())
    assert Worker().read_once(patience=0.3) is None
    assert leases.take(leases.READERS, "somebody else", at=timezone.now())


def test_the_next_process_for_the_index_takes_over_at_once_from_one_that_was_killed() -> None:
    """It has the name of the worker that started both."""
    killed, following = UrgentWorker("the worker"), UrgentWorker("the worker")
    killed._renew()
    following._renew()
    assert following._at_work.is_set()


def test_a_hand_that_fails_ends_the_worker_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_name: str) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(worker_module.signal, "signal", lambda *_: None)
    monkeypatch.setattr(worker_module.leases, "last_done", broken)
    with pytest.raises(OperationalError, match="the disk is full"):
        Worker().run()
