"""Who calls: a program with a bearer token, which acts as one user at one facility."""

import hashlib
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header
from ninja.security import HttpBasicAuth, HttpBearer

from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Device, User
from fumikura.organisation.queries import actor_for, find_api_token
from fumikura.organisation.services import sign_in_device

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


class DeviceKey(HttpBasicAuth):
    """A machine of the network: its code as user name, its key as password; issued by `fumikura device`."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Device | None:
        address = request.META.get("REMOTE_ADDR", "")
        try:
            return sign_in_device(code=username, key=password, address=address, at=timezone.now())
        except Refused:
            return None
