"""返す日の暦: a secret address for a patron's calendar. Only its digest is kept; a new one ends the old."""

import secrets
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.patrons.events import CalendarFeedMade, CalendarFeedRevoked
from fumikura.patrons.models import CalendarFeed, Patron


@transaction.atomic
def make_feed(*, patron: Patron, titles: str, by: Actor, at: datetime) -> str:
    """The token of the address, told this once. `titles` is "yes" when the calendar may name the books."""
    by.require("patrons.change-own")
    token = secrets.token_urlsafe(24)
    values = {"digest": _digest(token), "with_titles": titles == "yes", "made_at": at}
    CalendarFeed.objects.update_or_create(patron=patron, defaults=values)
    made = CalendarFeedMade(with_titles=titles == "yes")
    record(made, by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)
    return token


@transaction.atomic
def revoke_feed(*, patron: Patron, by: Actor, at: datetime) -> None:
    """The address answers no more. Without one nothing happens."""
    by.require("patrons.change-own")
    gone, _rows = CalendarFeed.objects.filter(patron=patron).delete()
    if gone:
        record(CalendarFeedRevoked(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)


def feed_with(token: str) -> CalendarFeed | None:
    """The feed of an open patron under this token."""
    rows = CalendarFeed.objects.filter(digest=_digest(token), patron__closed_at=None)
    return rows.select_related("patron").first()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
