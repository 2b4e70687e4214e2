"""The city's identity service (OpenID Connect), which somebody shows a マイナンバーカード: it tells us name, day of birth and address.

No number comes to us, and what the service calls somebody (`sub`) is not kept. Set by CITY_ID_URL; empty, nobody is asked.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from secrets import compare_digest, token_urlsafe
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fumikura.kernel.japanese import hiragana

SCOPES = "openid profile address"
ALGORITHMS = ("RS256", "ES256", "PS256")
SECONDS = 5.0
LEEWAY = 60
"""Seconds by which the clocks may differ."""
LONGEST = 200


class NotConfirmed(Exception):
    """The service did not tell who it is. Says the kind of trouble and nothing of what was answered."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Where the browser is sent, and what we keep until it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


def ask(*, back: str) -> Question:
    """Begin: `back` is our address to which the service sends the browser with its answer."""
    service = _service()
    state, nonce, verifier = (token_urlsafe(32) for _ in range(3))
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.CITY_ID_CLIENT,
        "redirect_uri": back,
        "scope": SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = _endpoint(service, "authorization_endpoint")
    joint = "&" if urlsplit(address).query else "?"
    return Question(address=f"{address}{joint}{urlencode(asked)}", state=state, nonce=nonce, verifier=verifier)


def facts_told(*, code: str, state: str, kept: Mapping[str, str], back: str, at: datetime) -> dict[str, str]:
    """What the service knows: name, reading, born_on (ISO), postcode, address; what it does not tell is left out.

    `kept` holds state, nonce and verifier of the Question. NotConfirmed when the answer is not one to it.
    """
    if not kept or not code or not compare_digest(state.encode(), kept["state"].encode()):
        raise NotConfirmed("state")
    service = _service()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": settings.CITY_ID_CLIENT,
        "client_secret": settings.CITY_ID_SECRET,
        "code_verifier": kept["verifier"],
    }
    token = _fetched("POST", _endpoint(service, "token_endpoint"), form=form)
    claims = _proved(str(token.get("id_token", "")), service, nonce=kept["nonce"], at=at)
    if "userinfo_endpoint" in service:
        bearer = f"Bearer {token.get('access_token', '')}"
        more = _fetched("GET", _endpoint(service, "userinfo_endpoint"), authorization=bearer)
        if more.get("sub") != claims["sub"]:
            raise NotConfirmed("sub")
        claims = {**claims, **more}
    return _facts(claims)


def _service() -> dict[str, Any]:
    """What the service says about itself; it must be the one that was set."""
    issuer = settings.CITY_ID_URL
    service = _fetched("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if service.get("issuer") != issuer:
        raise NotConfirmed("issuer")
    return service


def _endpoint(service: Mapping[str, Any], name: str) -> str:
    address = str(service.get(name, ""))
    if urlsplit(address).scheme not in {"https", urlsplit(settings.CITY_ID_URL).scheme}:
        raise NotConfirmed(name)
    return address


def _fetched(
    method: str, address: str, *, form: Mapping[str, str] | None = None, authorization: str = ""
) -> dict[str, Any]:
    headers = {"Accept": "application/json"} | ({"Authorization": authorization} if authorization else {})
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = urlencode(form) if form is not None else None
    try:
        with urllib3.PoolManager(timeout=SECONDS, retries=False) as pool:
            answer = pool.request(method, address, body=body, headers=headers, redirect=False)
        told = json.loads(answer.data)
    except (urllib3.exceptions.HTTPError, ValueError) as failure:
        raise NotConfirmed(type(failure).__name__) from None
    if answer.status != 200 or not isinstance(told, dict):
        raise NotConfirmed(f"status-{answer.status}")
    return told


def _proved(token: str, service: Mapping[str, Any], *, nonce: str, at: datetime) -> dict[str, Any]:
    """The claims of an ID token that this service signed for us, just now, in answer to our question."""
    rules = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": settings.CITY_ID_URL},
        aud={"essential": True, "value": settings.CITY_ID_CLIENT},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        keys = KeySet.import_key_set(_fetched("GET", _endpoint(service, "jwks_uri")))  # type: ignore[arg-type]  # whatever it is, it is checked there
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as failure:
        raise NotConfirmed(type(failure).__name__) from None
    if claims.get("azp", settings.CITY_ID_CLIENT) != settings.CITY_ID_CLIENT:
        raise NotConfirmed("azp")
    return claims


def _facts(claims: Mapping[str, Any]) -> dict[str, str]:
    place = claims.get("address")
    where = place if isinstance(place, dict) else {}
    parts = "".join(_text(where, name) for name in ("region", "locality", "street_address"))
    told = {
        "name": _name(claims, ""),
        "reading": hiragana(_name(claims, "#ja-Hira-JP") or _name(claims, "#ja-Kana-JP")),
        "born_on": _day(_text(claims, "birthdate")),
        "postcode": _text(where, "postal_code"),
        "address": _text(where, "formatted") or parts,
    }
    return {what: value[:LONGEST] for what, value in told.items() if value}


def _name(claims: Mapping[str, Any], script: str) -> str:
    """Family name first, one space between."""
    in_parts = [_text(claims, f"{part}{script}") for part in ("family_name", "given_name")]
    return " ".join(in_parts) if all(in_parts) else _text(claims, f"name{script}")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return ""
