"""Recording, and doing a thing once."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from fumikura.journal.events import Event
from fumikura.journal.models import Answer, Bookmark, Entry
from fumikura.journal.services import forget_patron_of, once, record, skip_ahead
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

AT = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)
BY = Actor(ref="staff:1", facility="CHUO", via="desk", request_key="k-1")


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    """Somebody rang."""

    name = "journal.bell-rung"
    times: int


def ring(times: int = 1) -> dict[str, int]:
    record(BellRung(times=times), by=BY, at=AT, subject=f"journal.bell:{times}", patron_key="hanako")
    return {"times": times}


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        record(BellRung(times=1), by=BY, at=AT)


@pytest.mark.django_db
def test_an_entry_says_what_when_where_who_and_through_which_door() -> None:
    ring(2)
    entry = Entry.objects.get()
    assert (entry.event, entry.facility, entry.actor, entry.via) == ("journal.bell-rung", "CHUO", "staff:1", "desk")
    assert (entry.happened_at, entry.particulars, entry.request_key) == (AT, {"times": 2}, "k-1")


@pytest.mark.django_db
def test_forgetting_a_patron_blanks_the_key_on_that_subject_only() -> None:
    ring(1)
    ring(2)
    forget_patron_of("journal.bell:1")
    assert list(Entry.objects.order_by("pk").values_list("patron_key", flat=True)) == ["", "hanako"]


@pytest.mark.django_db
def test_the_same_request_key_is_answered_and_not_done_again() -> None:
    assert once("k-1", ring, door="desk", at=AT) == ({"times": 1}, False)
    assert once("k-1", lambda: ring(7), door="desk", at=AT) == ({"times": 1}, True)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_request_leaves_nothing_and_may_be_tried_again() -> None:
    def refuse() -> dict[str, int]:
        ring()
        raise Refused(Reason.of("card-expired"))

    with pytest.raises(Refused):
        once("k-2", refuse, door="desk", at=AT)
    assert (Entry.objects.count(), Answer.objects.count()) == (0, 0)
    assert once("k-2", ring, door="desk", at=AT) == ({"times": 1}, False)


@pytest.mark.django_db(transaction=True)
def test_eight_calls_with_one_key_at_the_same_moment_do_it_once() -> None:
    start = threading.Barrier(8)
    answers: list[tuple[dict[str, int], bool]] = []

    def call() -> None:
        start.wait()
        try:
            answers.append(once("k-3", ring, door="desk", at=AT))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [body for body, _ in answers] == [{"times": 1}] * 8
    assert [again for _, again in answers].count(False) == 1
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_a_transaction_that_fails_is_never_seen() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ring()
        1 / 0  # noqa: B018
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_reader_skips_ahead_and_never_back() -> None:
    skip_ahead("discovery", transaction_id=0, entry=7)
    skip_ahead("discovery", transaction_id=0, entry=3)
    assert Bookmark.objects.get(reader="discovery").entry == 7
