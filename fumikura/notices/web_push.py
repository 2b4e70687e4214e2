"""Web push: a message that only one browser can read (RFC 8291, aes128gcm), from a server that says who it is (VAPID, RFC 8292)."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""
RECORD_SIZE: Final = 4096
KEPT_FOR: Final = timedelta(days=1)
"""So long the push service waits for a browser that is switched off."""


def own_key() -> EllipticCurvePrivateKey:
    """The library's key for push, made from SECRET_KEY: browsers allow messages of this key and of no other."""
    seed = HKDF(SHA256(), 48, salt=None, info=b"fumikura.web-push").derive(settings.SECRET_KEY.encode())
    return derive_private_key(int.from_bytes(seed) % (ORDER - 1) + 1, SECP256R1())


def public_key() -> str:
    """For the page: applicationServerKey, base64url."""
    return bytes_to_base64url(_point(own_key().public_key()))


def is_allowed(address: str) -> bool:
    """Whether we send there: only to push services that browsers use, never to an address that somebody made up."""
    try:
        parts = urlsplit(address)
        host, origin = parts.hostname or "", f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    if origin in settings.PUSH_HOSTS:
        return True
    if parts.scheme != "https" or parts.netloc != host:
        return False
    return any(host == known or host.endswith(f".{known}") for known in settings.PUSH_HOSTS)


def for_browser(address: str, keys: Mapping[str, str], text: bytes, at: datetime) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the request to the push service."""
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT_FOR.total_seconds())),
        "Urgency": "normal",
        "Authorization": _vapid(address, at),
    }
    return sealed(text, keys["p256dh"], keys["auth"]), headers


def sealed(text: bytes, p256dh: str, auth: str) -> bytes:
    """RFC 8291 §3.4: a key for this message alone, from the browser's key, its secret and a fresh key of ours."""
    theirs, ours, salt = base64url_to_bytes(p256dh), generate_private_key(SECP256R1()), os.urandom(16)
    ours_point = _point(ours.public_key())
    shared = ours.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs))
    info = b"WebPush: info\x00" + theirs + ours_point
    secret = HKDF(SHA256(), 32, salt=base64url_to_bytes(auth), info=info).derive(shared)
    key = HKDF(SHA256(), 16, salt=salt, info=b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(SHA256(), 12, salt=salt, info=b"Content-Encoding: nonce\x00").derive(secret)
    head = salt + RECORD_SIZE.to_bytes(4) + bytes([len(ours_point)]) + ours_point
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def _vapid(address: str, at: datetime) -> str:
    parts = urlsplit(address)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + timedelta(hours=12)).timestamp()),
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    pem = own_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(pem))
    return f"vapid t={token}, k={public_key()}"


def _point(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
