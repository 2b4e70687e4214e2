"""Signing what the library says about somebody (JWT, ES256). Reading what others sign is in city_identity."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from joserfc import jwt
from joserfc.jwk import ECKey

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.organisation.events import SigningKeyRotated
from fumikura.organisation.models import SigningKey
from fumikura.organisation.sealing import seal, unseal

ALGORITHM = "ES256"
PURPOSE = "signing-key"
HONOURED = timedelta(days=1)
"""So long a retired key is published: what it signed is good for ten minutes, and others keep our keys for some hours."""


def signed(claims: Mapping[str, Any], *, at: datetime) -> str:
    """The claims as a compact JWT under the present key; the first call makes the key."""
    key, kid = _present(at)
    return jwt.encode({"alg": ALGORITHM, "kid": kid, "typ": "JWT"}, dict(claims), key)


def public_keys(at: datetime) -> dict[str, Any]:
    """The JWK set: the present key and those before it that may still have signed something."""
    _present(at)
    rows = SigningKey.objects.filter(Q(retired_at=None) | Q(retired_at__gt=at - HONOURED)).order_by("-made_at", "-pk")
    return {
        "keys": [_key(row).as_dict(private=False) | {"use": "sig", "alg": ALGORITHM, "kid": row.kid} for row in rows]
    }


@transaction.atomic
def rotate(*, by: Actor, at: datetime) -> str:
    """Sign with a new key from now on; the one before stays published for a day. Answers the new key's id."""
    by.require("organisation.issue-api-token")
    SigningKey.objects.filter(retired_at=None).update(retired_at=at)
    _key_of_now, kid = _present(at)
    record(SigningKeyRotated(kid=kid), by=by, at=at)
    return kid


def present_key_since() -> datetime | None:
    """When the present key was made; None before anything was signed."""
    return SigningKey.objects.filter(retired_at=None).values_list("made_at", flat=True).first()


@transaction.atomic
def _present(at: datetime) -> tuple[ECKey, str]:
    row = SigningKey.objects.filter(retired_at=None).order_by("-made_at", "-pk").first()
    if row is None:
        key = ECKey.generate_key("P-256")
        kid = key.thumbprint()[:40]
        text = key.as_pem(private=True).decode()
        row = SigningKey.objects.create(kid=kid, sealed=seal(text, purpose=PURPOSE), made_at=at)
    return _key(row), row.kid


def _key(row: SigningKey) -> ECKey:
    return ECKey.import_key(unseal(row.sealed, purpose=PURPOSE))
