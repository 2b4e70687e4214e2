"""A lease is one worker's at a time, and lapses when the worker dies."""

from datetime import UTC, datetime, timedelta

import pytest

from fumikura.journal import leases
from fumikura.project.timetable import Job

AT = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_only_one_worker_holds_a_lease_and_may_renew_it() -> None:
    assert leases.take("readers", "a", at=AT)
    assert not leases.take("readers", "b", at=AT)
    assert leases.take("readers", "a", at=AT + timedelta(seconds=5))


def test_a_killed_workers_lease_lapses() -> None:
    leases.take("readers", "a", at=AT)
    assert leases.take("readers", "b", at=AT + leases.TERM)


def test_a_lease_given_back_is_free_at_once() -> None:
    leases.take("readers", "a", at=AT)
    leases.give_back("readers", "a", at=AT)
    assert leases.take("readers", "b", at=AT)


def test_a_nightly_job_is_done_once_a_night_even_after_a_day_of_standstill() -> None:
    job = Job(name="n", run=lambda at: None, daily_at=datetime(2026, 1, 1, 3, 10).time())
    morning = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
    assert job.is_due(morning, None)
    assert not job.is_due(morning + timedelta(hours=3), morning)
    assert job.is_due(morning + timedelta(days=1), morning)
