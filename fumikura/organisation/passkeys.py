"""Passkeys (WebAuthn): what the browser is asked, and whether its answer is good. The only place that knows the library."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


class NotGood(ValueError):
    """The answer does not fit the question, the site or the key."""


@dataclass(frozen=True)
class Made:
    """A new passkey: its id and public key, base64url, and its counter."""

    credential: str
    public_key: str
    counter: int


def host_of(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def ask_to_make(*, origin: str, library: str, handle: bytes, name: str, known: list[str]) -> tuple[str, str]:
    """(question as JSON for the browser, challenge to be kept). `known` passkeys are not made twice on one device."""
    options = generate_registration_options(
        rp_id=host_of(origin),
        rp_name=library,
        user_id=handle,
        user_name=name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def made(answer: str, *, challenge: str, origin: str) -> Made:
    """The passkey that the browser has made. Raises NotGood."""
    try:
        checked = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=host_of(origin),
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as fault:
        raise NotGood(type(fault).__name__) from fault
    return Made(
        bytes_to_base64url(checked.credential_id),
        bytes_to_base64url(checked.credential_public_key),
        checked.sign_count,
    )


def ask_to_sign(*, origin: str, known: list[str]) -> tuple[str, str]:
    """(question, challenge). With no `known` passkeys the browser offers those it has for this site."""
    options = generate_authentication_options(
        rp_id=host_of(origin),
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def credential_in(answer: str) -> str:
    """Which passkey signed. Raises NotGood when it is no answer at all."""
    try:
        return str(json.loads(answer)["id"])
    except (ValueError, TypeError, KeyError) as fault:
        raise NotGood(type(fault).__name__) from fault


def counter_after(answer: str, *, challenge: str, origin: str, public_key: str, counter: int) -> int:
    """The passkey's counter after a good signature. Raises NotGood, also when the counter runs backwards."""
    try:
        checked = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=host_of(origin),
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as fault:
        raise NotGood(type(fault).__name__) from fault
    return checked.new_sign_count
