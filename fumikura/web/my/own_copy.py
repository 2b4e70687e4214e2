"""Everything that the house keeps of a reader, as a copy for them to take away."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from fumikura.acquisitions.queries import suggestions_of
from fumikura.circulation.queries import open_loans_of
from fumikura.discovery.lists import listed_in
from fumikura.discovery.offered import offered_by
from fumikura.discovery.saved import saved_searches
from fumikura.discovery.wishes import wish_lists, wished_in
from fumikura.journal.queries import entries_about
from fumikura.notices.queries import choices_of
from fumikura.patrons.models import CalendarFeed, Patron
from fumikura.patrons.queries import contacts_of, current_card, open_blocks
from fumikura.patrons.services.proxies import proxies_of
from fumikura.patrons.services.shelves import shelf_of

MOST_ENTRIES = 2000
"""Lines of the journal that are shown or copied."""


def own_copy(patron: Patron, at: datetime) -> dict[str, Any]:
    """Ready for JSON, with names that a person can read."""
    return _person(patron, at) | _books(patron) | _ways_and_permits(patron) | _journal(patron)


def _person(patron: Patron, at: datetime) -> dict[str, Any]:
    card = current_card(patron)
    fields = (
        "name",
        "reading",
        "born_on",
        "residency",
        "services",
        "postcode",
        "address",
        "district",
        "phone",
        "email",
        "language",
    )
    return {
        "made_at": at.isoformat(),
        "person": {name: getattr(patron, name) for name in fields}
        | {"category": patron.category.code, "home": patron.home.code, "registered_at": patron.registered_at},
        "note_of_the_library": patron.note,
        "guardian": patron.guardian.name if patron.guardian else "",
        "card": {"number": card.number, "issued_on": card.issued_on, "expires_on": card.expires_on} if card else None,
        "blocks": [
            {"reason": block.reason, "since": block.starts_on, "until": block.ends_on}
            for block in open_blocks(patron, timezone.localdate(at))
        ],
        "wards": [ward.name for ward in patron.wards.order_by("pk")],
        "helpers_since": [one.since for one in proxies_of(patron)],
    }


def _books(patron: Patron) -> dict[str, Any]:
    return {
        "loans": [
            {"title": loan.item.record.title, "item": loan.item.barcode, "lent_at": loan.lent_at, "due_on": loan.due_on}
            for loan in open_loans_of(patron)
        ],
        "holds": [
            {"titles": [one.record.title for one in hold.titles.select_related("record")], "asked_at": hold.accepted_at}
            for hold in patron.holds.filter(closed_at=None).order_by("pk")
        ],
        "suggestions": [{"title": one.title, "asked_at": one.asked_at} for one in suggestions_of(patron)],
        "saved_searches": [{"name": one.name, "address": one.address} for one in saved_searches(patron)],
        "books_to_read": {one.name: [row.record.title for row in wished_in(one)] for one in wish_lists(patron)},
        "lists_shown_to_all": [
            {"title": one.title, "shown_as": one.shown_as, "books": [row.record.title for row in listed_in(one)]}
            for one in offered_by(patron)
        ],
        "own_shelf": _own_shelf(patron),
    }


def _own_shelf(patron: Patron) -> dict[str, Any] | None:
    """マイ本棚 as it is kept: sealed. Only the pass phrase, which nobody here knows, opens it."""
    shelf = shelf_of(patron)
    if shelf is None:
        return None
    return {"opened_on": shelf.opened_on, "salt": shelf.salt, "locked_key": shelf.locked_key, "sealed": shelf.sealed}


def _ways_and_permits(patron: Patron) -> dict[str, Any]:
    feed = CalendarFeed.objects.filter(patron=patron).first()
    return {
        "calendar_feed": {"made_at": feed.made_at, "with_titles": feed.with_titles} if feed else None,
        "told_by": {kind: choice.channels for kind, choice in choices_of(patron).items()},
        "reached_at": [{"way": one.way, "name": one.name, "since": one.since} for one in contacts_of(patron)],
        "passkeys": [{"name": one.name, "added_at": one.added_at} for one in patron.passkeys.order_by("pk")],
        "signed_in_at": [{"device": one.device, "since": one.began_at} for one in patron.open_sessions.order_by("pk")],
        "permits": [
            {"service": one.service.name, "scopes": one.scopes, "given_at": one.given_at}
            for one in patron.permits.filter(withdrawn_at=None).select_related("service")
        ],
    }


def _journal(patron: Patron) -> dict[str, Any]:
    return {
        "journal": [
            {"at": entry.happened_at, "what": entry.event, "where": entry.facility, "by": entry.via}
            for entry in entries_about(patron.key, limit=MOST_ENTRIES)
        ],
    }
