"""What carries a reader's key keeps its day and loses its place: the line before a loan says nothing of who borrowed."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from fumikura.circulation.jobs import mix_what_is_kept
from fumikura.journal.mixing import is_day_only, mix
from fumikura.journal.models import Bookmark, Entry, SetAside
from fumikura.journal.services import forget_entries_of, hand_over_entries, record
from fumikura.journal.subscriptions import subscriptions
from fumikura.organisation.models import BrokenGlass
from fumikura.patrons.events import PatronViewed
from tests.cast import kita, staff
from tests.journal.test_services import BY, BellRung

pytestmark = pytest.mark.django_db
MORNING = timezone.make_aware(datetime(2026, 5, 20, 10))
NIGHT = timezone.make_aware(datetime(2026, 5, 22, 3, 37))
READERS = [f"reader-{number:02}" for number in range(24)]


@transaction.atomic
def a_day_at_the_counter(at: datetime = MORNING) -> None:
    """Each reader's card is opened, and a moment later something is lent; at noon each comes again."""
    for turn in range(2):
        for number, key in enumerate(READERS):
            moment = at + timedelta(hours=3 * turn, minutes=number)
            by = replace(BY, request_key=f"{key}-{turn}")
            record(PatronViewed(by_glass=False), by=by, at=moment, subject=f"patrons.patron:{number}", patron_key=key)
            record(BellRung(times=turn), by=by, at=moment, subject=f"circulation.loan:{number}", patron_key="")


def keyed() -> list[Entry]:
    return list(Entry.objects.exclude(patron_key="").order_by("pk"))


def test_after_the_night_neither_place_nor_minute_nor_call_lead_from_a_loan_to_a_reader() -> None:
    a_day_at_the_counter()
    before = keyed()
    assert mix_what_is_kept(NIGHT) == len(before)
    after = keyed()
    assert [entry.pk for entry in after] == [entry.pk for entry in before]
    assert [entry.patron_key for entry in after] != [entry.patron_key for entry in before]
    assert sorted(entry.patron_key for entry in after) == sorted(entry.patron_key for entry in before)
    assert all(is_day_only(entry.happened_at) and entry.request_key == "" for entry in after)
    assert all(entry.subject == f"patrons.patron:{READERS.index(entry.patron_key)}" for entry in after)
    assert {timezone.localdate(entry.happened_at) for entry in after} == {MORNING.date()}
    loans = Entry.objects.filter(subject__startswith="circulation.loan:")
    assert loans.count() == 48 and not any(is_day_only(entry.happened_at) for entry in loans)
    assert mix_what_is_kept(NIGHT) == 0, "once is enough"


def test_today_what_is_unread_and_what_was_done_behind_glass_stay_as_they_are() -> None:
    a_day_at_the_counter()
    first = keyed()[0]
    Bookmark.objects.create(reader="no such reader any more")
    slow = subscriptions()[0].reader
    mark = Bookmark.objects.create(reader=slow, transaction=first.transaction, entry=first.pk)
    assert mix_what_is_kept(NIGHT - timedelta(days=1)) == 0, "of the last day the minutes are known"
    assert mix_what_is_kept(NIGHT) == 1, "a reader of the journal finds each entry where it was written"
    mark.delete()
    kimura = staff("kimura")
    BrokenGlass.objects.create(
        user=kimura,
        facility=kita(),
        permissions=[],
        reason="夜間の緊急連絡",
        opened_at=MORNING,
        until=MORNING + timedelta(hours=12),
        reviewed_at=NIGHT,
    )
    Entry.objects.exclude(patron_key="").update(actor=f"staff:{kimura.pk}")
    assert mix_what_is_kept(NIGHT) == 0


def test_what_a_reader_of_the_journal_has_set_aside_is_there_when_it_tries_again() -> None:
    a_day_at_the_counter()
    aside = keyed()[5]
    SetAside.objects.create(reader="slow", entry=aside.pk, error="", next_try_at=NIGHT)
    assert mix_what_is_kept(NIGHT) == len(keyed()) - 1
    again = Entry.objects.get(pk=aside.pk)
    assert (again.subject, again.happened_at, again.patron_key) == (aside.subject, aside.happened_at, aside.patron_key)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one write at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [forget_entries_of, lambda key: hand_over_entries(key, "joined")])
def test_who_is_forgotten_while_places_change_is_forgotten(act: Callable[[str], object]) -> None:
    a_day_at_the_counter()
    mine = len(keyed()) // len(READERS)

    def forget() -> None:
        with transaction.atomic():
            act(READERS[0])
        connection.close()

    other = threading.Thread(target=forget)

    def meanwhile() -> set[int]:
        other.start()
        for _ in range(500):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
                if cursor.fetchone():
                    break
            other.join(0.01)
        return set()

    assert mix(since=MORNING, before=NIGHT, kept=(), besides=meanwhile) == len(READERS) * 2
    other.join(30)
    assert not Entry.objects.filter(patron_key=READERS[0]).exists()
    assert Entry.objects.filter(patron_key__in=["", "joined"], subject="patrons.patron:0").count() == mine
