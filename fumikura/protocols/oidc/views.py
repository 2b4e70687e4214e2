"""The machine side of OpenID: discovery, keys, tokens, what is said about a reader, giving a token back."""

import base64
import binascii
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from fumikura.organisation.queries import digest_of
from fumikura.organisation.signing import ALGORITHM, public_keys, signed
from fumikura.patrons.models import PartnerService, Permit
from fumikura.patrons.queries import eligibility, find_service
from fumikura.patrons.services.permits import (
    ACCESS_LASTS,
    SCOPES,
    Issued,
    NotGranted,
    drop_token,
    exchange_code,
    permit_of_token,
    pseudonym,
    refresh,
)

ID_LASTS_SECONDS = 600
NEEDED = {"authorization_code": ("code", "redirect_uri", "code_verifier"), "refresh_token": ("refresh_token",)}
"""What a token is asked for with, by the kind of grant."""


def issuer(request: HttpRequest) -> str:
    """PUBLIC_ADDRESS, or where the question came in."""
    return settings.PUBLIC_ADDRESS or f"{request.scheme}://{request.get_host()}"


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    base = issuer(request)
    return JsonResponse({
        "issuer": base,
        "authorization_endpoint": base + reverse("my:allow"),
        "token_endpoint": base + reverse("oidc:token"),
        "userinfo_endpoint": base + reverse("oidc:userinfo"),
        "revocation_endpoint": base + reverse("oidc:revoke"),
        "jwks_uri": base + reverse("oidc:keys"),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "resident", "age_band", "card_valid"],
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["ja", "en"],
    })  # fmt: skip


@require_safe
def keys(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(public_keys(timezone.now()))


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A code or a refresh token against an access token (RFC 6749, PKCE of RFC 7636)."""
    at, service = timezone.now(), _service(request)
    if service is None:
        return _no("invalid_client", 401, "this client_id and client_secret are not known here")
    sent = request.POST
    if missing := _missing(sent, "grant_type") or _missing(sent, *NEEDED.get(sent["grant_type"], ())):
        return _no("invalid_request", 400, f"{missing} is missing")
    try:
        match sent["grant_type"]:
            case "authorization_code":
                issued = exchange_code(
                    service=service,
                    code=sent.get("code", "")[:200],
                    redirect=sent.get("redirect_uri", "")[:500],
                    verifier=sent.get("code_verifier", "")[:200],
                    at=at,
                )
            case "refresh_token":
                issued = refresh(service=service, token=sent.get("refresh_token", "")[:200], at=at)
            case _:
                return _no("unsupported_grant_type", 400, "authorization_code and refresh_token are understood")
    except NotGranted as refusal:
        return _no(str(refusal), 400, "it is over, was used before, or belongs to another service, address or verifier")
    return _kept_by_nobody(JsonResponse(_tokens(request, service, issued, at)))


def _missing(sent: QueryDict, *names: str) -> str:
    """The first of these that was not sent."""
    return next((name for name in names if not sent.get(name)), "")


def _tokens(request: HttpRequest, service: PartnerService, issued: Issued, at: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LASTS.total_seconds()),
        "refresh_token": issued.refresh,
        "scope": " ".join(issued.scopes),
    }
    if "openid" in issued.scopes:
        now = int(at.timestamp())
        claims = {
            "iss": issuer(request),
            "aud": service.client_id,
            "iat": now,
            "exp": now + ID_LASTS_SECONDS,
            "auth_time": int(issued.signed_in_at.timestamp()),
            **_said(issued.permit, frozenset(issued.scopes), at),
        }
        told["id_token"] = signed(claims | ({"nonce": issued.nonce} if issued.nonce else {}), at=at)
    return told


def _said(permit: Permit, scopes: frozenset[str], at: datetime) -> dict[str, Any]:
    """All that is ever said of a reader: a pseudonym for this host, and what entitles to a service. Never a name."""
    said: dict[str, Any] = {"sub": pseudonym(permit.patron, permit.service)}
    if "eligibility" in scopes:
        said |= eligibility(permit.patron, timezone.localdate(at))
    return said


@csrf_exempt
def userinfo(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    kind, _space, sent = request.headers.get("Authorization", "").partition(" ")
    found = permit_of_token(sent.strip()[:200], at) if kind.lower() == "bearer" else None
    if found is None or "openid" not in found[1]:
        answer = _no("invalid_token", 401)
        answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return answer
    return _kept_by_nobody(JsonResponse(_said(*found, at)))


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    service = _service(request)
    if service is None:
        return _no("invalid_client", 401, "this client_id and client_secret are not known here")
    if missing := _missing(request.POST, "token"):
        return _no("invalid_request", 400, f"{missing} is missing")
    drop_token(service=service, token=request.POST.get("token", "")[:200])
    return HttpResponse(status=200)


def _service(request: HttpRequest) -> PartnerService | None:
    """Who asks: by Basic, by fields of the form, or, for a program that keeps no secret, by its id alone."""
    name, secret = request.POST.get("client_id", "")[:60], request.POST.get("client_secret", "")[:200]
    kind, _space, sent = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _colon, secret = base64.b64decode(sent, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        name, secret = unquote_plus(name), unquote_plus(secret)
    service = find_service(name)
    if service is None or (service.digest and not constant_time_compare(service.digest, digest_of(secret))):
        return None
    return service


def _no(error: str, status: int, description: str = "") -> HttpResponse:
    """An error of RFC 6749; `description` is for the developer, in ASCII as the standard wants it."""
    told = {"error": error} | ({"error_description": description} if description else {})
    answer = _kept_by_nobody(JsonResponse(told, status=status))
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="fumikura"'
    return answer


def _kept_by_nobody(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"], answer["Pragma"] = "no-store", "no-cache"
    return answer
