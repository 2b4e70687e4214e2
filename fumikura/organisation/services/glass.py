"""緊急の権限: rights taken for half an hour with a written reason, seen by everybody responsible."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.events import GlassBroken, GlassClosed, GlassReviewed
from fumikura.organisation.models import BrokenGlass, Facility, User

LASTS = timedelta(minutes=30)
SHORTEST_REASON = 10
BEHIND_GLASS = frozenset({
    "patrons.view", "patrons.change", "patrons.stop-card", "patrons.unblock", "patrons.set-password",
    "circulation.override-limit", "circulation.override-card", "circulation.override-item", "circulation.override-hold",
    "circulation.override-block", "circulation.override-place", "circulation.close-site",
    "organisation.change-calendar", "organisation.declare-disaster",
})  # fmt: skip
"""What can be taken this way; nothing that gives rights to others or takes data out of the house."""


@transaction.atomic
def break_glass(
    *, user: User, facility: Facility, permissions: Iterable[str], reason: str, by: Actor, at: datetime
) -> BrokenGlass:
    """Half an hour of these rights at one facility. Rights not behind glass are left out.

    Refused: glass-right-missing, glass-reason-missing.
    """
    by.require("organisation.break-glass")
    wanted = sorted(BEHIND_GLASS & set(permissions))
    missing = [("glass-right-missing", not wanted), ("glass-reason-missing", len(reason.strip()) < SHORTEST_REASON)]
    if any(is_missing for _code, is_missing in missing):
        raise Refused(*(Reason.of(code) for code, is_missing in missing if is_missing))
    row = BrokenGlass.objects.create(
        user=user, facility=facility, permissions=wanted, reason=reason.strip(), opened_at=at, until=at + LASTS
    )
    record(GlassBroken(glass=row.pk, permissions=tuple(wanted)), by=by, at=at, subject=f"organisation.glass:{row.pk}")
    return row


@transaction.atomic
def close_glass(*, glass: BrokenGlass, by: Actor, at: datetime) -> None:
    """End it before its time: who took it, or whoever reviews."""
    if by.ref != f"staff:{glass.user_id}":
        by.require("organisation.review-glass")
    if BrokenGlass.objects.filter(pk=glass.pk, ended_at=None, until__gt=at).update(ended_at=at):
        record(GlassClosed(glass=glass.pk), by=by, at=at, subject=f"organisation.glass:{glass.pk}")


@transaction.atomic
def review_glass(*, glass: BrokenGlass, by: Actor, at: datetime) -> None:
    """Somebody responsible has read what was done. Refused: not-yourself; glass-in-use, as more may be done."""
    by.require("organisation.review-glass")
    if by.ref == f"staff:{glass.user_id}":
        raise Refused(Reason.of("not-yourself"))
    if glass.is_open_at(at):
        raise Refused(Reason.of("glass-in-use"))
    if BrokenGlass.objects.filter(pk=glass.pk, reviewed_at=None).update(reviewed_at=at):
        record(GlassReviewed(glass=glass.pk), by=by, at=at, subject=f"organisation.glass:{glass.pk}")
