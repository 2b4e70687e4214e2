"""Readers sleep until somebody writes, and cost next to nothing while nobody does."""

import threading
import time

import pytest
from django.db import connection, connections

from fumikura.journal.models import Bookmark
from fumikura.journal.wake import wait_for_news
from tests.cast import hanako

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_sleeps_its_time_while_nobody_writes_and_asks_for_nothing(django_assert_num_queries) -> None:
    _until_all_is_quiet()
    began = time.monotonic()
    with django_assert_num_queries(0):
        assert not wait_for_news(0.4)
    assert time.monotonic() - began >= 0.4


def test_what_is_recorded_while_a_reader_sleeps_wakes_it() -> None:
    answers = []
    sleeper = threading.Thread(target=lambda: answers.append(_asleep_for(20)))
    sleeper.start()
    time.sleep(0.5)
    hanako()
    sleeper.join()
    assert answers[0] < 10


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite is looked at for changes")
def test_on_sqlite_a_change_of_the_file_that_nobody_rang_for_wakes_it_too() -> None:
    if connection.is_in_memory_db():
        pytest.skip("the tests' database has no file")
    answers = []
    sleeper = threading.Thread(target=lambda: answers.append(_asleep_for(20)))
    sleeper.start()
    time.sleep(0.5)
    Bookmark.objects.create(reader="somebody")
    sleeper.join()
    assert answers[0] < 10


def _until_all_is_quiet() -> None:
    while wait_for_news(0.05):
        pass


def _asleep_for(seconds: float) -> float:
    try:
        _until_all_is_quiet()
        began = time.monotonic()
        assert wait_for_news(seconds)
        return time.monotonic() - began
    finally:
        connections.close_all()
