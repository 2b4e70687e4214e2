"""Who calls: a program with a bearer token, which acts as one user at one facility."""

import hashlib
from typing import Annotated

from django.http import HttpRequest
from ninja import Header
from ninja.security import HttpBearer

from fumikura.kernel.actors import Actor
from fumikura.organisation.models import User
from fumikura.organisation.queries import actor_for, find_api_token

KEY_HEADER = "Idempotency-Key"

Key = Annotated[
    str,
    Header(
        alias=KEY_HEADER,
        min_length=1,
        max_length=200,
        description="Of your choosing, new for each change, the same in a retry.",
    ),
]
"""Every change asks for one: a lost answer is asked for again, never done again."""


class BearerToken(HttpBearer):
    """`Authorization: Bearer fumikura_…`; issued by `fumikura token`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = find_api_token(token)
        if found is None:
            return None
        key = request_key(request, found.user)
        actor = actor_for(found.user, facility=found.facility, via="api", request_key=key)
        request.api_actor = actor  # type: ignore[attr-defined]  # refusals say what this caller may set aside
        return actor


def request_key(request: HttpRequest, user: User) -> str:
    """The caller's Idempotency-Key as our request key: one caller can never be given another's answer."""
    key = request.headers.get(KEY_HEADER, "").strip()
    return "api:" + hashlib.sha256(f"{user.pk}:{request.path}:{key}".encode()).hexdigest()[:60] if key else ""
