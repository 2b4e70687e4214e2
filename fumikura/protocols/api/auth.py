"""Who calls: a member of staff by session (with CSRF protection) or a program by bearer token."""

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from fumikura.kernel.actors import Actor
from fumikura.organisation.models import User
from fumikura.organisation.queries import actor_for, find_api_token, find_facility

KEY_HEADER = "Idempotency-Key"


class BearerToken(HttpBearer):
    """`Authorization: Bearer fumikura_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = find_api_token(token)
        return _remembered(request, found.user, found.facility.code) if found else None


class StaffSession(APIKeyCookie):
    """The session of a member of staff who has chosen where they work."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        facility = request.session.get("facility", "")
        if not facility or not isinstance(request.user, User):
            return None
        return _remembered(request, request.user, facility)


def _remembered(request: HttpRequest, user: User, facility: str) -> Actor:
    actor = actor_for(user, facility=find_facility(facility), via="api", request_key=request_key(request))
    request.api_actor = actor  # type: ignore[attr-defined]  # refusals say which objections this caller may set aside
    return actor


def request_key(request: HttpRequest) -> str:
    """The caller's Idempotency-Key, kept apart from the keys of other doors."""
    key = request.headers.get(KEY_HEADER, "").strip()
    return f"api:{key}"[:64] if key else ""
