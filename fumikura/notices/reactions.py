"""Notices read the journal: what was announced of a reader becomes something to tell; and let messages leave while they are at it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fumikura.circulation.events import told
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

KIND_OF: Mapping[str, str] = {
    "hold-ready": "hold-ready",
    "card-needs-renewal": "hold-ready",
    "hold-expired": "hold-over",
    "hold-lapsed": "hold-over",
    "hold-delayed": "hold-over",
    "hold-not-ready-after-all": "hold-over",
    "hold-cancelled-by-staff": "hold-over",
    "pickup-moved": "closing",
    "loans-paused": "loans-paused",
    "holds-paused": "holds-paused",
    "replacement-asked": "replacement-asked",
    "replacement-not-needed": "lost-item-came-back",
    "claim-resolved": "claim-resolved",
    "overdue:e-mail": "overdue",
}
"""What circulation tells readers (circulation.events.MESSAGES) → kind of notice."""
PRINTED = frozenset({"overdue:postcard", "overdue:letter"})
"""Told on paper, which circulation has printed and staff post."""
TOLD: Mapping[str, str] = {
    "circulation.hold-shelf-extended": "hold-ready",
    "acquisitions.suggestion-decided": "suggestion-answered",
    "discovery.offer-answered": "list-answered",
}
"""Event → kind of notice, of what the cases of circulation have no word for."""
NEWS = frozenset(
    {
        "list-answered", "loans-paused", "holds-paused", "replacement-asked", "lost-item-came-back", "claim-resolved",
    }
)  # fmt: skip
"""Whoever was told the like before on that day is told again."""


def kinds_of(entry: Entry) -> list[str]:
    """The kinds that this entry asks for; none when the reader is not told."""
    if entry.event in TOLD:
        return [TOLD[entry.event]]
    messages = [message for message in told(entry.event, entry.particulars) if message not in PRINTED]
    return list(dict.fromkeys(KIND_OF[message] for message in messages))


def tell(entries: Sequence[Entry]) -> None:
    """Given the same entries again it changes nothing: one notice a reader, kind and day."""
    for entry in entries:
        match entry.event:
            case "circulation.site-closed":
                _tell_of_moved(readers_collecting_at(str(entry.particulars["facility"])), entry)
            case "circulation.pickup-changed" if entry.particulars.get("instead_of") and entry.patron_key:
                _tell_of_moved(list(Patron.objects.filter(key=entry.patron_key, closed_at=None)), entry)
            case "circulation.pickup-changed":
                pass  # a closure has told all its readers at once
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
                _tell_one(entry)
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
    kinds = kinds_of(entry) if entry.patron_key else []
    readers = list(Patron.objects.filter(key=entry.patron_key, closed_at=None)) if kinds else []
    for kind in kinds if readers else []:
        news_at = entry.happened_at if kind in NEWS else None
        services.expect(kind=kind, patrons=readers, at=entry.happened_at, news_at=news_at)


def let_leave(at: datetime) -> None:
    services.send_waiting(at=at)


register("notices", tell, tend=let_leave)
