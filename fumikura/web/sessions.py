"""Django's sessions in the database, looked up by a statement that is worded once: a counter asks at every scan."""

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from fumikura.statements.reads import prepared


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        """The row of this key that is still good; without one the key is given up, as Django does."""
        found = _good_sessions.first(key=str(self.session_key), now=timezone.now())
        if found is None:
            self._session_key = None
        return found


@prepared
def _good_sessions(key: str, now: datetime) -> "QuerySet[Session]":
    return Session.objects.filter(session_key=key, expire_date__gt=now)
