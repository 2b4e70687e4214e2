"""Signing what the library says about somebody (JWT, ES256). The only place that knows the library for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from joserfc import jwt
from joserfc.jwk import ECKey

from fumikura.organisation.models import SigningKey
from fumikura.organisation.sealing import seal, unseal

ALGORITHM = "ES256"
PURPOSE = "signing-key"


def signed(claims: Mapping[str, Any], *, at: datetime) -> str:
    """The claims as a compact JWT under the present key; the first call makes the key."""
    key, kid = _present(at)
    return jwt.encode({"alg": ALGORITHM, "kid": kid, "typ": "JWT"}, dict(claims), key)


def public_keys(at: datetime) -> dict[str, Any]:
    """The JWK set: the present key and those before it that may still have signed something."""
    _present(at)
    rows = SigningKey.objects.order_by("-made_at")
    return {
        "keys": [_key(row).as_dict(private=False) | {"use": "sig", "alg": ALGORITHM, "kid": row.kid} for row in rows]
    }


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
