"""連携の許可: other services that ask who is a reader, and what a reader lets them know or do (OAuth 2, OpenID)."""

import base64
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import digest_of
from fumikura.patrons.events import PermitGiven, PermitWithdrawn, ServiceAdded, ServiceStopped
from fumikura.patrons.models import PartnerService, Patron, Permit, PermitToken

SCOPES = ("openid", "eligibility", "loans.read", "loans.renew", "holds.read", "holds.change")
CODE_LASTS = timedelta(minutes=2)
ACCESS_LASTS = timedelta(minutes=30)
REFRESH_LASTS = timedelta(days=60)


class NotGranted(ValueError):
    """A code or token that is not good, with the code of RFC 6749."""


@dataclass(frozen=True)
class Issued:
    permit: Permit
    access: str
    refresh: str
    scopes: tuple[str, ...]
    nonce: str
    signed_in_at: datetime


@transaction.atomic
def add_service(
    *,
    name: str,
    about: str,
    redirects: Sequence[str],
    scopes: Collection[str],
    keeps_secret: bool,
    by: Actor,
    at: datetime,
) -> tuple[PartnerService, str]:
    """Answers the row and its secret, shown this once ("" for a program that can keep none).

    Refused("redirect-malformed") unless every address is https (http only for the machine itself), of one host.
    """
    by.require("organisation.issue-api-token")
    hosts = {urlsplit(one).hostname or "" for one in redirects}
    if not name or not redirects or len(hosts) != 1 or not all(_is_safe(one) for one in redirects):
        raise Refused(Reason.of("redirect-malformed"))
    secret = secrets.token_urlsafe(32) if keeps_secret else ""
    row = PartnerService.objects.create(
        client_id=secrets.token_hex(11),
        name=name,
        about=about,
        digest=digest_of(secret) if secret else "",
        redirects=list(redirects),
        scopes=[scope for scope in SCOPES if scope in scopes],
        sector=hosts.pop(),
        added_at=at,
    )
    record(ServiceAdded(service=row.pk), by=by, at=at, subject=f"patrons.partner-service:{row.pk}")
    return row, secret


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    local = parts.hostname in {"localhost", "127.0.0.1"}
    return (
        (parts.scheme == "https" or (parts.scheme == "http" and local)) and bool(parts.hostname) and not parts.fragment
    )


@transaction.atomic
def stop_service(*, service: PartnerService, by: Actor, at: datetime) -> None:
    """Nobody is asked for it any more and every permit ends."""
    by.require("organisation.issue-api-token")
    if PartnerService.objects.filter(pk=service.pk, stopped_at=None).update(stopped_at=at):
        PermitToken.objects.filter(permit__service=service).delete()
        Permit.objects.filter(service=service, withdrawn_at=None).update(withdrawn_at=at)
        record(ServiceStopped(service=service.pk), by=by, at=at, subject=f"patrons.partner-service:{service.pk}")


@transaction.atomic
def give_permit(
    *,
    patron: Patron,
    service: PartnerService,
    scopes: Collection[str],
    redirect: str,
    challenge: str,
    nonce: str,
    by: Actor,
    at: datetime,
) -> str:
    """The reader has agreed: answers the code for the service, good once and for two minutes."""
    by.require("patrons.give-permit")
    allowed = [scope for scope in SCOPES if scope in scopes and scope in service.scopes]
    permit, new = Permit.objects.get_or_create(
        patron=patron, service=service, withdrawn_at=None, defaults={"scopes": allowed, "given_at": at}
    )
    if new or set(permit.scopes) != set(allowed):
        permit.scopes = allowed
        permit.save(update_fields=["scopes"])
        record(PermitGiven(service=service.pk, scopes=tuple(allowed)), by=by, at=at, patron_key=patron.key)
    code = secrets.token_urlsafe(32)
    _keep(permit, "code", code, allowed, at=at, lasts=CODE_LASTS, redirect=redirect, challenge=challenge, nonce=nonce)
    return code


def _keep(
    permit: Permit, kind: str, token: str, scopes: Sequence[str], *, at: datetime, lasts: timedelta, **more: str
) -> PermitToken:
    return PermitToken.objects.create(
        permit=permit, kind=kind, digest=digest_of(token), scopes=list(scopes), issued_at=at, expires_at=at + lasts,
        signed_in_at=at, **more,
    )  # fmt: skip


def exchange_code(*, service: PartnerService, code: str, redirect: str, verifier: str, at: datetime) -> Issued:
    """Tokens for a code. A code that comes a second time ends everything under its permit. Raises NotGranted."""
    with transaction.atomic():
        row = _token(service, "code", code)
        if row is not None and row.used_at is not None:
            PermitToken.objects.filter(permit=row.permit).delete()
        elif row is not None and row.expires_at > at and row.redirect == redirect and _proves(verifier, row.challenge):
            PermitToken.objects.filter(pk=row.pk).update(used_at=at)
            return _issue(row, row.scopes, at)
    raise NotGranted("invalid_grant")


def refresh(*, service: PartnerService, token: str, at: datetime) -> Issued:
    """New tokens for a refresh token, which is then used up; one that comes twice was stolen: everything ends."""
    with transaction.atomic():
        row = _token(service, "refresh", token)
        if row is not None and row.used_at is not None:
            PermitToken.objects.filter(permit=row.permit).delete()
        elif row is not None and row.expires_at > at:
            PermitToken.objects.filter(pk=row.pk).update(used_at=at)
            return _issue(row, row.scopes, at)
    raise NotGranted("invalid_grant")


def _token(service: PartnerService, kind: str, token: str) -> PermitToken | None:
    rows = PermitToken.objects.select_for_update(of=("self",)).select_related("permit__patron", "permit__service")
    return rows.filter(
        digest=digest_of(token), kind=kind, permit__service=service, permit__withdrawn_at=None,
        permit__patron__closed_at=None, permit__service__stopped_at=None,
    ).first()  # fmt: skip


def _proves(verifier: str, challenge: str) -> bool:
    """PKCE, S256 only (RFC 7636)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return bool(challenge) and constant_time_compare(digest, challenge)


def _issue(row: PermitToken, scopes: Sequence[str], at: datetime) -> Issued:
    access, again = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    _keep(row.permit, "access", access, scopes, at=at, lasts=ACCESS_LASTS)
    _keep(row.permit, "refresh", again, scopes, at=at, lasts=REFRESH_LASTS)
    return Issued(row.permit, access, again, tuple(scopes), row.nonce, row.signed_in_at)


def permit_of_token(token: str, at: datetime) -> tuple[Permit, frozenset[str]] | None:
    """Under which permit an access token acts, and what it may; None when it is not good."""
    row = (
        PermitToken.objects.filter(
            digest=digest_of(token), kind="access", expires_at__gt=at, permit__withdrawn_at=None,
            permit__patron__closed_at=None, permit__service__stopped_at=None,
        )
        .select_related("permit__patron__category", "permit__patron__home", "permit__service")
        .first()
    )  # fmt: skip
    return (row.permit, frozenset(row.scopes)) if row else None


def drop_token(*, service: PartnerService, token: str) -> None:
    """The service gives a token back (RFC 7009); a refresh token takes everything from the permit along."""
    row = PermitToken.objects.filter(digest=digest_of(token), permit__service=service).first()
    if row is not None:
        same = (
            PermitToken.objects.filter(permit=row.permit)
            if row.kind == "refresh"
            else PermitToken.objects.filter(pk=row.pk)
        )
        same.delete()


@transaction.atomic
def withdraw_permit(*, permit: Permit, by: Actor, at: datetime) -> None:
    """The reader takes it back: every token under it ends at once."""
    by.require("patrons.give-permit")
    PermitToken.objects.filter(permit=permit).delete()
    if Permit.objects.filter(pk=permit.pk, withdrawn_at=None).update(withdrawn_at=at):
        record(PermitWithdrawn(service=permit.service_id), by=by, at=at, patron_key=permit.patron.key)


def forget_old_tokens(at: datetime) -> int:
    """Tokens whose time is over, a day later."""
    return PermitToken.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()[0]


def pseudonym(patron: Patron, service: PartnerService) -> str:
    """The `sub` of this reader for all services of one host, and for no other."""
    return salted_hmac("fumikura.patrons.pairwise", f"{service.sector}|{patron.key}", algorithm="sha256").hexdigest()[
        :40
    ]
