"""Claimed returned, declared lost, replaced: loans that do not end on a desk."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from fumikura.circulation.events import LoanDeclaredLost, LoanReplaced, ReturnClaimed
from fumikura.circulation.models import Loan
from fumikura.circulation.services.scene import Scene, Whereabouts, find, loan_subject
from fumikura.circulation.services.without_hope import tell_who_waits_in_vain, waiting_without_hope
from fumikura.holdings.models import Item
from fumikura.holdings.services import NewItem, add_item, keep_aside, withdraw_item
from fumikura.journal.services import forget_patron_of
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused


@transaction.atomic
def claim_returned(*, loan: Loan, by: Actor, at: datetime) -> tuple[str, ...]:
    """The reader says it was returned: staff search, the loan stays open and is neither reminded nor renewed."""
    by.require("circulation.claim-returned")
    where = _open(loan)
    Loan.objects.filter(pk=loan.pk).update(claimed_at=at)
    claimed = ReturnClaimed(loan=loan.pk, item=where.item.pk)
    Scene(by, at).record(claimed, loan_subject(loan))
    return ("search-shelves",)


@transaction.atomic
def declare_lost(*, loan: Loan, by: Actor, at: datetime) -> tuple[str, ...]:
    """The reader lost it: a replacement is asked for, never money. Readers who can now expect no copy are told."""
    by.require("circulation.declare-lost")
    where = _open(loan)
    scene = Scene(by, at)
    Loan.objects.filter(pk=loan.pk).update(lost_at=at)
    left = waiting_without_hope(where.item)
    reader = loan.patron.key if loan.patron else ""
    lost = LoanDeclaredLost(loan=loan.pk, item=where.item.pk, record=where.item.record_id, holds_without_copy=left)
    scene.record(lost, loan_subject(loan), patron_key=reader)
    return ("no-copy-left",) if left else ()


@transaction.atomic
def accept_replacement(*, loan: Loan, by: Actor, at: datetime, new: NewItem | None = None) -> Item | None:
    """弁償: the loan ends, its link to the reader is cut, the old copy is withdrawn; a new copy waits for processing.

    `new` is the copy brought instead; None when its price was paid, and readers who can now expect no copy are told.
    """
    by.require("circulation.accept-replacement")
    where = _open(loan)
    scene = Scene(by, at)
    Loan.objects.filter(pk=loan.pk).update(patron=None, returned_at=at, returned_facility=scene.site)
    replaced = LoanReplaced(loan=loan.pk, item=where.item.pk, record=where.item.record_id)
    scene.record(replaced, loan_subject(loan))
    forget_patron_of(loan_subject(loan))
    # Who may accept a replacement may thereby exchange the copies.
    may = replace(by, permissions=by.permissions | {"holdings.withdraw-item", "holdings.add-item"})
    if not where.is_withdrawn:
        withdraw_item(where.item, reason="replaced", by=may, at=at)
    if new is None:
        if loan.lost_at is None:
            # Of a copy that was declared lost before, who waits was told then.
            tell_who_waits_in_vain(where.item, scene)
        return None
    item = add_item(new, by=may, at=at)
    keep_aside(item, facility=scene.site, why="processing", at=at)
    return item


def _open(loan: Loan) -> Whereabouts:
    where = find(loan.item)
    if where.loan is None or where.loan.pk != loan.pk:
        raise Refused(Reason("not-on-loan"))
    return where
