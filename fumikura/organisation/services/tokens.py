"""Verbs about API tokens."""

import secrets
from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.organisation.events import ApiTokenIssued, ApiTokenRevoked
from fumikura.organisation.models import ApiToken, Facility, User
from fumikura.organisation.queries import digest_of


@transaction.atomic
def issue_api_token(
    *, user: User, facility: Facility, name: str, by: Actor, at: datetime, account: str = ""
) -> tuple[ApiToken, str]:
    """Let a program act as `user` at `facility`. Answers the row and the token, which is shown this once and not kept.

    `name` says what for; `account` who sat at the command line. Both are written down.
    """
    by.require("organisation.issue-api-token")
    token = f"fumikura_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(user=user, facility=facility, name=name, digest=digest_of(token), issued_at=at)
    event = ApiTokenIssued(token=row.pk, user=user.pk, used_for=name, account=account)
    record(event, by=by, at=at, subject=f"organisation.api-token:{row.pk}")
    return row, token


@transaction.atomic
def revoke_api_token(*, token: ApiToken, by: Actor, at: datetime, account: str = "") -> None:
    """End the token at once; revoking it again changes nothing. `account` as above."""
    by.require("organisation.issue-api-token")
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        event = ApiTokenRevoked(token=token.pk, user=token.user_id, account=account)
        record(event, by=by, at=at, subject=f"organisation.api-token:{token.pk}")
