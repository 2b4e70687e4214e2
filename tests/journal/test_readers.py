"""Readers read everything, in order, at least once; nothing is skipped, and one bad entry stops nobody."""

import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from fumikura.journal.models import Bookmark, Entry, SetAside
from fumikura.journal.queries import end_of_journal, lag
from fumikura.journal.readers import read_on, retry_set_aside
from fumikura.journal.services import record
from fumikura.journal.subscriptions import Subscription
from tests.journal.test_services import BY, BellRung

AT = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)


@transaction.atomic
def ring(times: int) -> None:
    record(BellRung(times=times), by=BY, at=AT)


class Listener:
    """Remembers the numbers it was told, and fails on those it cannot digest."""

    def __init__(self, *indigestible: int) -> None:
        self.heard: list[int] = []
        self.indigestible = set(indigestible)

    def __call__(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.particulars["times"] in self.indigestible:
                raise ValueError("水野 花子 2900000000017")
        self.heard += [entry.particulars["times"] for entry in entries]

    def subscription(self) -> Subscription:
        return Subscription(reader="listener", handle=self)


@pytest.mark.django_db(transaction=True)
def test_a_reader_reads_in_order_and_not_again() -> None:
    for times in range(5):
        ring(times)
    listener = Listener()
    assert lag("listener") == 5
    assert [read_on(listener.subscription(), at=AT, batch=2) for _ in range(4)] == [2, 2, 1, 0]
    assert listener.heard == [0, 1, 2, 3, 4]
    assert lag("listener") == 0
    mark = Bookmark.objects.get(reader="listener")
    assert (mark.transaction, mark.entry) == end_of_journal()


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_batch_and_bookmark_hands_the_batch_over_again() -> None:
    ring(1)

    class PulledPlug(BaseException):
        """Not an Exception: nothing in the program may catch it."""

    heard: list[int] = []

    def digest_then_die(entries: Sequence[Entry]) -> None:
        heard.extend(entry.particulars["times"] for entry in entries)
        raise PulledPlug

    with pytest.raises(PulledPlug):
        read_on(Subscription(reader="listener", handle=digest_then_die), at=AT)
    listener = Listener()
    read_on(listener.subscription(), at=AT)
    assert heard == listener.heard == [1]


@pytest.mark.django_db(transaction=True)
def test_an_indigestible_entry_is_set_aside_without_personal_data_and_the_rest_is_read() -> None:
    for times in range(4):
        ring(times)
    listener = Listener(2)
    read_on(listener.subscription(), at=AT)
    assert listener.heard == [0, 1, 3]
    aside = SetAside.objects.get()
    assert aside.error.startswith("ValueError at ")
    assert "花子" not in aside.error


@pytest.mark.django_db(transaction=True)
def test_what_was_set_aside_is_tried_again_with_growing_pauses_until_it_is_digested() -> None:
    ring(2)
    listener = Listener(2)
    read_on(listener.subscription(), at=AT)
    assert retry_set_aside(listener.subscription(), at=AT) == 0
    pauses = []
    for _ in range(3):
        due = SetAside.objects.get().next_try_at
        retry_set_aside(listener.subscription(), at=due)
        pauses.append(SetAside.objects.get().next_try_at - due)
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1] <= timedelta(hours=1)
    listener.indigestible.clear()
    assert retry_set_aside(listener.subscription(), at=SetAside.objects.get().next_try_at) == 1
    assert listener.heard == [2]
    assert not SetAside.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_skipped_while_many_write_at_once() -> None:
    """Ids are given out before commit: a reader that followed ids alone would miss the slow writers' entries."""
    writers, each = 6, 25
    listener = Listener()
    done = threading.Event()

    def write(writer: int) -> None:
        chance = random.Random(writer)
        try:
            for turn in range(each):
                with transaction.atomic():
                    ring(writer * each + turn)
                    time.sleep(chance.choice([0, 0, 0.002, 0.01]))
                    if chance.random() < 0.1:
                        transaction.set_rollback(True)
                        dropped.add(writer * each + turn)
        finally:
            connection.close()

    def read() -> None:
        try:
            while not done.is_set():
                read_on(listener.subscription(), at=AT, batch=7)
        finally:
            connection.close()

    dropped: set[int] = set()
    threads = [threading.Thread(target=write, args=[writer]) for writer in range(writers)]
    reader = threading.Thread(target=read)
    reader.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    while read_on(listener.subscription(), at=AT):
        pass
    assert sorted(listener.heard) == sorted(set(range(writers * each)) - dropped)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time: no such interleaving")
def test_an_entry_behind_an_open_transaction_waits_and_is_then_read_in_order() -> None:
    first_has_written, second_has_committed = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                ring(1)
                first_has_written.set()
                second_has_committed.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    first_has_written.wait(10)
    with transaction.atomic():
        ring(2)
    listener = Listener()
    assert read_on(listener.subscription(), at=AT) == 0
    second_has_committed.set()
    thread.join()
    read_on(listener.subscription(), at=AT)
    assert listener.heard == [1, 2]
