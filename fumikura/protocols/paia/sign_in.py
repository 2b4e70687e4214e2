"""PAIA auth: card and password for a token, and its end."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from fumikura.kernel.refusals import Refused
from fumikura.patrons.queries import current_card
from fumikura.protocols import readers
from fumikura.protocols.paia.answers import SCOPES, failed, said, sentence_of

HALF_AN_HOUR = 1800


@csrf_exempt  # a program without cookies
@sensitive_post_parameters()
@require_POST
def login(request: HttpRequest) -> HttpResponse:
    given = given_in(request)
    if given.get("grant_type", "password") != "password" or not given.get("username") or not given.get("password"):
        return failed("invalid_request", 400, "username, password, grant_type=password")
    asked = given.get("scope", "").split() or list(SCOPES)
    if unknown := set(asked) - {*SCOPES, "change_password"}:
        return failed("invalid_scope", 400, " ".join(sorted(unknown)))
    address = request.META.get("REMOTE_ADDR", "")
    try:
        patron, token = readers.sign_in(given["username"], given["password"], address=address, at=timezone.now())
    except Refused as refused:
        return failed("access_denied", 403, sentence_of(refused))
    card = current_card(patron)
    return said(
        {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": HALF_AN_HOUR,
            "patron": card.number if card else "",
            "scope": " ".join(SCOPES),
        }
    )


@csrf_exempt  # a program without cookies
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    key = readers.key_of(request)
    reader = readers.reader_of(key)
    card = current_card(reader) if reader else None
    if reader is None or card is None or given_in(request).get("patron", card.number) != card.number:
        return failed("invalid_grant", 401)
    readers.sign_out(key)
    return said({"patron": card.number})


def given_in(request: HttpRequest) -> Mapping[str, str]:
    """What was sent, as a form or as JSON; only texts."""
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body.decode())
        except ValueError:
            return {}
        return {name: text for name, text in body.items() if isinstance(text, str)} if isinstance(body, dict) else {}
    return {name: text for name, text in request.POST.items() if isinstance(text, str)}
