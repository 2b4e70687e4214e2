"""What carries a reader's key keeps its day and loses its place: the line before a loan says nothing of who borrowed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from fumikura.circulation.jobs import mix_what_is_kept
from fumikura.journal.mixing import is_day_only
from fumikura.journal.models import Bookmark, Entry
from fumikura.journal.services import record
from fumikura.patrons.events import PatronViewed
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
            record(PatronViewed(), by=by, at=moment, subject=f"patrons.patron:{number}", patron_key=key)
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
    mark = Bookmark.objects.create(reader="slow", transaction=first.transaction, entry=first.pk)
    assert mix_what_is_kept(NIGHT - timedelta(days=1)) == 0, "of the last day the minutes are known"
    assert mix_what_is_kept(NIGHT) == 1, "a reader of the journal finds each entry where it was written"
    mark.delete()
    Entry.objects.exclude(patron_key="").update(via="glass")
    assert mix_what_is_kept(NIGHT) == 0
