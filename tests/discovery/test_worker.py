"""One worker reads at a time; who asks for one reading waits for the other."""

import pytest
from django.utils import timezone

from fumikura.journal import leases
from fumikura.journal.subscriptions import subscriptions
from fumikura.project.worker import Worker
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
