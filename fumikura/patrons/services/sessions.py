"""Patrons' sessions. They are apart from the staff's: another cookie, another key, so that rights never mix in a browser.

A session names the patron's key and nothing of what is done in it. It ends by signing out, after the idle limit, and when
the password changes.
"""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.organisation.models import SignInAttempt, StaffSession
from fumikura.organisation.services.sign_in import KEPT
from fumikura.patrons.events import PatronSessionsEnded
from fumikura.patrons.models import Patron, PatronSession
from fumikura.patrons.queries import signed_in_patron

LONGEST = timedelta(hours=12)
"""No session lives longer, however busy."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly "last seen" is kept: a page that is only read does not write."""


def open_session(*, patron: Patron, at: datetime, device: str = "") -> str:
    """Begin a session for somebody who has just shown who they are; answers its key, for the cookie.

    `device` is what its owner will know it by in the list of sign-ins.
    """
    session = _store(None)
    session["patron"] = patron.key
    session["password"] = _password_mark(patron)
    session["seen_at"] = session["began_at"] = at.timestamp()
    session.set_expiry(2 * _idle())
    session.create()
    key = session.session_key or ""
    PatronSession.objects.update_or_create(
        session=key, defaults={"patron": patron, "device": device[:80], "began_at": at}
    )
    return key


def patron_of_session(key: str, *, at: datetime) -> Patron | None:
    """Whose session this is, or None when it has ended. Reading it counts as being there."""
    session = _store(key)
    patron_key, seen_at = session.get("patron", ""), float(session.get("seen_at", 0))
    if not patron_key:
        return None
    patron = signed_in_patron(patron_key)
    began_at = float(session.get("began_at", seen_at))
    fresh = at.timestamp() - seen_at < _idle() and at.timestamp() - began_at < LONGEST.total_seconds()
    if patron is None or not fresh or not constant_time_compare(session.get("password", ""), _password_mark(patron)):
        session.delete()
        return None
    if at.timestamp() - seen_at >= SEEN_EVERY.total_seconds():
        session["seen_at"] = at.timestamp()
        session.save()
    return patron


def end_session(*, key: str) -> None:
    """Sign out: the key opens nothing any more."""
    if _store(key).get("patron"):
        _store(key).delete()
        PatronSession.objects.filter(session=key).delete()


@transaction.atomic
def end_other_sessions(*, patron: Patron, besides: str, by: Actor, at: datetime) -> int:
    """Sign out everywhere but in the session `besides`. Answers how many were ended."""
    by.require("patrons.change-own-password")
    others = PatronSession.objects.filter(patron=patron).exclude(session=besides)
    count, _ = Session.objects.filter(session_key__in=others.values("session")).delete()
    others.delete()
    event = PatronSessionsEnded(count=count)
    record(event, by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)
    return count


def forget_ended_sessions(at: datetime) -> int:
    """Delete what is left of sessions that have lapsed, the staff's too, and of sign-ins that failed a day ago."""
    ended, _ = Session.objects.filter(expire_date__lt=at).delete()
    failed, _ = SignInAttempt.objects.filter(tried_at__lt=at - KEPT).delete()
    open_now = Session.objects.values("session_key")
    named, _ = PatronSession.objects.exclude(session__in=open_now).delete()
    staff, _ = StaffSession.objects.exclude(session__in=open_now).delete()
    return ended + failed + named + staff


def _store(key: str | None) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key if key and key.isalnum() else None)
    return store


def _password_mark(patron: Patron) -> str:
    return salted_hmac("fumikura.patrons.session", patron.password, algorithm="sha256").hexdigest()


def _idle() -> int:
    return settings.PATRON_IDLE_MINUTES * 60
