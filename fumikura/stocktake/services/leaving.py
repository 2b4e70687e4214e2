"""除籍: proposed by one, approved by another, given away on the recycling day; and taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from fumikura.circulation.services import allot, withdraw
from fumikura.holdings.models import Item, Withdrawal
from fumikura.holdings.services.sightings import reinstate_item
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.organisation.models import Facility
from fumikura.stocktake.events import RecyclingDaySet, WithdrawalDecided, WithdrawalProposed
from fumikura.stocktake.models import RecyclingDay, WithdrawalProposal
from fumikura.stocktake.rules.leaving import REASONS, WAYS_OUT, Leaving, objections_to_approval

NAME = 60


@transaction.atomic
def propose_withdrawal(
    *, items: Sequence[Item], reason: str, way_out: str, by: Actor, at: datetime, note: str = ""
) -> list[WithdrawalProposal]:
    """Propose items to leave the stock, all of them or none. `reason` and `way_out` as in rules.leaving.

    Refused: withdrawal-reason-unknown, withdrawal-proposed-already, item-withdrawn, withdrawal-not-there.
    """
    by.require("stocktake.propose")
    if reason not in REASONS or way_out not in WAYS_OUT:
        raise Refused(Reason("withdrawal-reason-unknown"))
    ids = [item.pk for item in items]
    waiting = WithdrawalProposal.objects.open().filter(item__in=ids).values_list("item__barcode", flat=True)
    reasons = [Reason.of("withdrawal-proposed-already", barcode=barcode) for barcode in waiting]
    reasons += [Reason("item-withdrawn") for _ in Withdrawal.objects.filter(item__in=ids)[:1]]
    facts = Leaving(reason=reason, way_out=way_out, proposed_by=by.ref, decided_by="")
    if reasons := [*reasons, *objections_to_approval(facts)]:
        raise Refused(*reasons)
    made = WithdrawalProposal.objects.bulk_create(
        [
            WithdrawalProposal(
                item=item, reason=reason, way_out=way_out, note=note[:200], proposed_at=at, proposed_by=by.ref
            )
            for item in {item.pk: item for item in items}.values()
        ]
    )
    record(WithdrawalProposed(items=tuple(ids), reason=reason), by=by, at=at)
    return made


@transaction.atomic
def approve_withdrawal(
    *,
    proposal: WithdrawalProposal,
    by: Actor,
    at: datetime,
    overriding: frozenset[str] = frozenset(),
    why: str = "",
    words: str = "",
) -> tuple[str, ...]:
    """The item leaves the stock. Refused: withdrawal-own-proposal, withdrawal-seen-since, and whatever circulation says (last-copy-with-holds …).

    `why` and `words` say why objections are passed over: the journal keeps them.
    """
    by.require("stocktake.approve")
    row = _undecided(proposal)
    seen_at = row.item.last_seen_at
    facts = Leaving(
        reason=row.reason,
        way_out=row.way_out,
        proposed_by=row.proposed_by,
        decided_by=by.ref,
        seen_since=seen_at is not None and seen_at > row.proposed_at,
    )
    objections = objections_to_approval(facts)
    if reasons := standing(objections, overriding=overriding, permissions=by.permissions):
        raise Refused(*reasons)
    # Whoever approves withdraws by that.
    may = replace(by, permissions=by.permissions | {"holdings.withdraw-item"})
    messages = withdraw(
        item=row.item, reason=row.reason, by=may, at=at, overriding=overriding, why=why, words=words, passed=objections
    )
    _decide(row, "approved", by, at)
    return messages


@transaction.atomic
def decline_withdrawal(*, proposal: WithdrawalProposal, by: Actor, at: datetime) -> None:
    """It stays. Who proposed it may take the proposal back; anybody else needs the right to approve."""
    row = _undecided(proposal)
    by.require("stocktake.propose" if row.proposed_by == by.ref else "stocktake.approve")
    _decide(row, "declined", by, at)


@transaction.atomic
def undo_withdrawal(*, proposal: WithdrawalProposal, by: Actor, at: datetime) -> None:
    """An approval was a mistake: the item belongs to the stock again, and to whoever waits for it.

    Refused("not-undoable") once it was given away.
    """
    by.require("stocktake.approve")
    row = WithdrawalProposal.objects.select_for_update(of=("self",)).select_related("item", "day").get(pk=proposal.pk)
    if row.decided_as != "approved" or (row.day and row.day.held_on < at.date()):
        raise Refused(Reason("not-undoable"))
    may = replace(by, permissions=by.permissions | {"holdings.withdraw-item", "circulation.allot"})
    reinstate_item(row.item, by=may, at=at)
    allot(record=row.item.record_id, by=may, at=at)
    row.day = None
    row.save(update_fields=["day"])
    _decide(row, "undone", by, at)


def _undecided(proposal: WithdrawalProposal) -> WithdrawalProposal:
    row = WithdrawalProposal.objects.select_for_update(of=("self",)).select_related("item").get(pk=proposal.pk)
    if row.decided_at:
        raise Refused(Reason("withdrawal-decided-already"))
    return row


def _decide(row: WithdrawalProposal, decided_as: str, by: Actor, at: datetime) -> None:
    row.decided_at, row.decided_by, row.decided_as = at, by.ref, decided_as
    row.save(update_fields=["decided_at", "decided_by", "decided_as"])
    event = WithdrawalDecided(item=row.item_id, record=row.item.record_id, decided_as=decided_as)
    record(event, by=by, at=at, subject=f"holdings.item:{row.item_id}")


@transaction.atomic
def set_recycling_day(*, facility: Facility, name: str, held_on: date, by: Actor, at: datetime) -> RecyclingDay:
    """Set a day; everything approved for citizens that has no day yet is given to it."""
    by.require("stocktake.set-recycling-day")
    day = RecyclingDay.objects.create(facility=facility, name=name.strip()[:NAME], held_on=held_on)
    waiting = WithdrawalProposal.objects.filter(decided_as="approved", way_out="recycling", day=None)
    given = waiting.update(day=day)
    record(RecyclingDaySet(day=day.pk, items=given), by=by, at=at)
    return day
