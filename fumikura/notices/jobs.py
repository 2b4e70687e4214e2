"""The night shift of notices: what is due soon, which cards end, what is long gone."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from fumikura.circulation.queries import readers_with_loans_due
from fumikura.notices import services
from fumikura.notices.composing import SOON_DAYS
from fumikura.organisation.queries import system_actor
from fumikura.patrons.queries import patrons_whose_card_ends

CARD_DAYS = 30


def tell_in_the_morning(at: datetime) -> None:
    """Once a loan: on the day that lies three days before it is due; once a card: thirty days before it ends."""
    today = timezone.localdate(at)
    for kind, readers in (
        ("due-soon", readers_with_loans_due(today + timedelta(days=SOON_DAYS))),
        ("card-expiry", patrons_whose_card_ends(today + timedelta(days=CARD_DAYS))),
    ):
        services.expect(kind=kind, patrons=readers, at=at)
    services.drop_overtaken(at=at)
    services.mix_settled(before=today)
    services.forget_settled(before=today - services.KEPT)


def read_bounces(at: datetime) -> None:
    """What came back in the night, before the messages of the morning are written."""
    if settings.BOUNCES_URL:
        services.read_returned_mail(url=settings.BOUNCES_URL, by=system_actor(via="worker"), at=at)


def empty_outbox(at: datetime) -> int:
    """Where no mail server is set, messages lie as files; titles stand in them, so they go after a day. Answers how many."""
    folder = str(getattr(settings, "EMAIL_FILE_PATH", "") or "")
    gone = 0
    for path in Path(folder).glob("*.log") if folder else ():
        if path.stat().st_mtime < (at - timedelta(days=1)).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
