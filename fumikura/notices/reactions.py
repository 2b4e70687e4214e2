"""Notices read the journal: what was announced of a reader becomes something to tell; and let messages leave while they are at it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fumikura.circulation.queries import readers_collecting_at
from fumikura.journal.models import Entry
from fumikura.journal.subscriptions import register
from fumikura.notices import services
from fumikura.patrons.models import Patron

TOLD: Mapping[str, str] = {
    "circulation.hold-ready": "hold-ready",
    "circulation.hold-shelf-extended": "hold-ready",
    "circulation.hold-expired": "hold-over",
    "acquisitions.suggestion-decided": "suggestion-answered",
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
        if site := _closed_site(entry):
            services.expect(kind="closing", patrons=readers_collecting_at(site), at=entry.happened_at)
        elif (kind := kind_of(entry)) and entry.patron_key:
            readers = Patron.objects.filter(key=entry.patron_key, closed_at=None).select_related("guardian")
            services.expect(kind=kind, patrons=readers, at=entry.happened_at)


def _closed_site(entry: Entry) -> str:
    """The site that an entry says is closed on days that were open; empty for any other."""
    said = entry.particulars
    closes = entry.event == "circulation.site-closed" or (
        entry.event == "organisation.calendar-changed" and said.get("state") == "closed"
    )
    return str(said.get("facility", "")) if closes else ""


def let_leave(at: datetime) -> None:
    services.send_waiting(at=at)


register("notices", tell, tend=let_leave)
