"""Pauses in lending."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.events import PatronBlocked, PatronUnblocked
from fumikura.patrons.models import Block, Patron


@transaction.atomic
def block(
    *,
    patron: Patron,
    reason: str,
    by: Actor,
    at: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
    note: str = "",
) -> Block:
    """貸出停止: from `starts_on` (today) through `ends_on`, or until it is lifted. `reason` is a kebab-case code."""
    by.require("patrons.block")
    first = starts_on or timezone.localdate(at)
    if ends_on is not None and ends_on < first:
        raise Refused(Reason.of("ends-before-it-starts"))
    made = Block.objects.create(patron=patron, reason=reason, note=note, starts_on=first, ends_on=ends_on)
    record(
        PatronBlocked(reason=reason, ends_on=ends_on.isoformat() if ends_on else ""),
        by=by,
        at=at,
        subject=f"patrons.block:{made.pk}",
        patron_key=patron.key,
    )
    return made


@transaction.atomic
def unblock(*, block: Block, by: Actor, at: datetime) -> None:
    """Lift the block now. One that was lifted before stays as it was."""
    by.require("patrons.unblock")
    open_row = Block.objects.select_for_update(of=("self",)).select_related("patron").get(pk=block.pk)
    if open_row.lifted_at is not None:
        return
    open_row.lifted_at = at
    open_row.save(update_fields=["lifted_at"])
    record(
        PatronUnblocked(reason=open_row.reason),
        by=by,
        at=at,
        subject=f"patrons.block:{open_row.pk}",
        patron_key=open_row.patron.key,
    )
