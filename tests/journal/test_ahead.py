"""Who reads ahead does not queue at the write gate for a bookmark, and loses nothing by it."""

import pytest

from fumikura.journal import ahead
from fumikura.journal.models import Bookmark, Entry
from fumikura.journal.queries import lag
from fumikura.journal.readers import read_on
from tests.journal.test_readers import AT, Listener, ring

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_bookmark_follows_when_it_is_written_down() -> None:
    listener = Listener()
    with ahead.reading_ahead():
        ring(1)
        assert read_on(listener.subscription(), at=AT) == 1
        assert lag("listener") == 1
        assert read_on(listener.subscription(), at=AT) == 0
        ring(2)
        assert read_on(listener.subscription(), at=AT) == 1
        ahead.write_down()
        assert lag("listener") == 0
    assert listener.heard == [1, 2]


def test_the_end_writes_it_down() -> None:
    with ahead.reading_ahead():
        ring(1)
        read_on(Listener().subscription(), at=AT)
    assert lag("listener") == 0


def test_a_bookmark_that_was_moved_further_meanwhile_stays_there() -> None:
    listener = Listener()
    with ahead.reading_ahead():
        ring(1)
        read_on(listener.subscription(), at=AT)
        ring(2)
        last = Entry.objects.latest("pk")
        Bookmark.objects.filter(reader="listener").update(entry=last.pk, transaction=last.transaction)
        assert read_on(listener.subscription(), at=AT) == 0
    assert listener.heard == [1]
    assert lag("listener") == 0
