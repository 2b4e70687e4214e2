"""Reading on without queueing at the write gate: how far readers are beyond their bookmarks, written down a little later.

A reader for whom somebody waits would stand behind an import's transaction after each scan only to write how far it is. What is not
written down when the process is killed is read once more, as after any crash.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fumikura.journal.models import Bookmark
from fumikura.journal.services import skip_ahead

_places: dict[str, tuple[int, int]] = {}
"""(transaction, entry) of readers whose bookmark does not say it yet."""
_guard = threading.Lock()
_allowed = threading.Event()


@contextmanager
def reading_ahead() -> Iterator[None]:
    """In this block readers of this process move in memory; somebody calls `write_down` about every second, and the end does."""
    _allowed.set()
    try:
        yield
    finally:
        _allowed.clear()
        write_down()


def moved(reader: str, *, transaction_id: int, entry: int) -> None:
    """The reader has digested everything up to this entry."""
    if not _allowed.is_set():
        skip_ahead(reader, transaction_id=transaction_id, entry=entry)
        return
    with _guard:
        _places[reader] = max(_places.get(reader, (0, 0)), (transaction_id, entry))


def place_of(bookmark: Bookmark) -> Bookmark:
    """Where its reader really is."""
    place = _places.get(bookmark.reader)
    if place is not None and place > (bookmark.transaction, bookmark.entry):
        bookmark.transaction, bookmark.entry = place
    return bookmark


def write_down() -> None:
    """Move the bookmarks to where the readers are. Waits at the write gate; any thread may do it."""
    for reader, place in list(_places.items()):
        skip_ahead(reader, transaction_id=place[0], entry=place[1])
        with _guard:
            if _places.get(reader) == place:
                del _places[reader]
