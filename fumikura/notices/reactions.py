"""Notices read the journal: what was announced of a reader becomes something to tell; and let messages leave while they are at it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fumikura.circulation.moved import (
    get_closure,
    readers_moved,
    readers_of_holds,
    readers_put_back,
    readers_reopened_for,
    shift_made_at,
)
from fumikura.circulation.queries import readers_collecting_at
from fumikura.journal.models import Entry
from fumikura.journal.subscriptions import register
from fumikura.notices import services
from fumikura.notices.queries import told_since
from fumikura.patrons.models import Patron

TOLD: Mapping[str, str] = {
    "circulation.hold-ready": "hold-ready",
    "circulation.hold-shelf-extended": "hold-ready",
    "circulation.hold-expired": "hold-over",
    "circulation.hold-lapsed": "hold-over",
    "acquisitions.suggestion-decided": "suggestion-answered",
    "discovery.offer-answered": "list-answered",
}
"""Event → kind of notice."""


def kind_of(entry: Entry) -> str:
    """The kind that this entry asks for; empty when the reader is not told."""
    match entry.event:
        case "circulation.overdue-reminded" if entry.particulars.get("channel") == "e-mail":
            return "overdue"
        case "circulation.hold-requeued" if entry.particulars.get("breaks_a_promise"):
            return "hold-over"
        case "circulation.hold-cancelled" if entry.particulars.get("why"):
            return "hold-over"
        case "circulation.hold-unready" if entry.particulars.get("is_a_surprise"):
            return "hold-over"
    return TOLD.get(entry.event, "")


def tell(entries: Sequence[Entry]) -> None:
    """Given the same entries again it changes nothing: one notice a reader, kind and day."""
    for entry in entries:
        match entry.event:
            case "circulation.site-closed":
                _tell_of_moved(readers_collecting_at(str(entry.particulars["facility"])), entry)
            case "circulation.pickup-changed" if entry.particulars.get("instead_of") and entry.patron_key:
                _tell_of_moved(list(Patron.objects.filter(key=entry.patron_key, closed_at=None)), entry)
            case "circulation.due-dates-shifted":
                _tell_of_moved(readers_moved(int(entry.particulars["shift"])), entry)
            case "circulation.site-reopened":
                closure = get_closure(int(entry.particulars["closure"]))
                if closure:
                    _tell_of_put_back(readers_reopened_for(closure), closure.made_at, entry)
            case "circulation.due-dates-shifted-back":
                shift = int(entry.particulars["shift"])
                if made_at := shift_made_at(shift):
                    _tell_of_put_back(readers_put_back(shift), made_at, entry)
            case "organisation.calendar-changed" if entry.particulars.get("state") == "closed":
                readers = readers_collecting_at(str(entry.particulars.get("facility", "")))
                services.expect(kind="closing", patrons=readers, at=entry.happened_at)
            case "circulation.loan-declared-lost" | "circulation.no-copy-left":
                readers = readers_of_holds(entry.particulars["holds_without_copy"])
                services.expect(kind="hold-over", patrons=readers, at=entry.happened_at)
            case _:
                _tell_one(entry)


def _tell_of_moved(readers: Sequence[Patron], entry: Entry) -> None:
    """Closure and shift are one message, whichever of them concerns the reader."""
    services.expect(kind="closing", patrons=readers, at=entry.happened_at, news_at=entry.happened_at)


def _tell_of_put_back(readers: Sequence[Patron], moved_at: datetime, entry: Entry) -> None:
    """Only whom the first message has left for; for the others it finds nothing left to say, and both vanish."""
    told = told_since("closing", moved_at)
    readers = [one for one in readers if one.pk in told]
    services.expect(kind="dates-back", patrons=readers, at=entry.happened_at, news_at=entry.happened_at)


def _tell_one(entry: Entry) -> None:
    if (kind := kind_of(entry)) and entry.patron_key:
        readers = Patron.objects.filter(key=entry.patron_key, closed_at=None)
        news_at = entry.happened_at if kind == "list-answered" else None
        services.expect(kind=kind, patrons=readers, at=entry.happened_at, news_at=news_at)


def let_leave(at: datetime) -> None:
    services.send_waiting(at=at)


register("notices", tell, tend=let_leave)
