"""団体貸出: a whole set is lent to a class or group for a term, and taken back, in one scan of its label."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from fumikura.circulation.models import Loan, OnwardLoan, Transit
from fumikura.circulation.services.loans import carry_out
from fumikura.circulation.services.returns import CheckedIn, check_in, undo_check_in
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.set_terms import (
    deposits_of,
    end_bookings,
    objections_to_card,
    objections_to_promises,
    open_bookings,
    recall_set,
    set_subject,
    standing_free,
)
from fumikura.circulation.services.wishes import consider
from fumikura.holdings.models import Deposit, Item, ItemSet
from fumikura.holdings.services.sets import members_of
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.patrons.models import Patron


@transaction.atomic
def lend_set(
    *,
    set: ItemSet,
    patron: Patron,
    until: date,
    by: Actor,
    at: datetime,
    overriding: frozenset[str] = frozenset(),
    why: str = "",
    words: str = "",
) -> list[Loan]:
    """Lend everything in a set until the end of its term: all of it or, refused with every reason once, nothing.

    What this reader has of it already stays as it is. A booking of theirs is kept by it. `why` and `words` say why
    objections are passed over. Refused: set-empty, set-term-past, set-booked (by others),
    set-for-one-person (a card that is no group's, and that no booking names), whatever check_out refuses.
    """
    by.require("circulation.lend-set")
    by.require("circulation.check-out")
    scene = Scene(by, at, why=why, words=words)
    if until < scene.on:
        raise Refused(Reason("set-term-past"))
    theirs = {loan.item_id for loan in Loan.objects.open().filter(patron=patron, item__set_places__set=set)}
    items = [item for item in members_of(set) if item.pk not in theirs]
    if not items:
        raise Refused(Reason("set-empty"))
    theirs_booked = [row for row in open_bookings(set) if row.patron_id == patron.pk]
    promised = objections_to_promises(set, until, scene, besides=theirs_booked)
    if not any(row.first_on <= until for row in theirs_booked):
        # Whoever took the booking has answered for the card already.
        promised = (*objections_to_card(patron, scene), *promised)
    loans, reasons = list[Loan](), list(standing(promised, overriding=overriding, permissions=by.permissions))
    for item in items:
        wish = replace(consider(item=item, patron=patron, scene=scene, kind="loan"), term=until)
        if left := standing(wish.objections, overriding=overriding, permissions=by.permissions):
            reasons += [reason for reason in left if reason not in reasons]
        else:
            loans.append(carry_out(wish))
    if reasons:
        raise Refused(*reasons)
    scene.record_passed_over(promised, set_subject(set))
    end_bookings([row for row in theirs_booked if row.first_on <= until], "lent", scene)
    return loans


@transaction.atomic
def return_set(*, set: ItemSet, by: Actor, at: datetime) -> tuple[list[CheckedIn], list[str]]:
    """Take back everything of a set that comes home from a group or from a term elsewhere, or receive it at that place.

    Answers where each goes, and the barcodes that were neither lent nor away. Refused: not-on-loan when none was,
    set-at-its-place where it stands for its term: from there it is sent home by `send_set_home`.
    """
    by.require("circulation.check-in")
    items = members_of(set)
    on_deposit = deposits_of(set)
    lent = {loan.item_id for loan in Loan.objects.open().filter(item__in=items)}
    # What readers borrowed from a set on deposit is with them, not in the box.
    away = _away(set, items, on_deposit, by, at) - lent if on_deposit else lent | _astray(items)
    back, not_lent = [], []
    OnwardLoan.objects.filter(loan__returned_at=None, loan__item__in=away).delete()
    for item in items:
        if item.pk in away:
            back.append(check_in(item=item, by=by, at=at))
        else:
            not_lent.append(item.barcode)
    if not back:
        raise Refused(Reason("not-on-loan"))
    return back, not_lent


def _away(one: ItemSet, items: Sequence[Item], terms: Sequence[Deposit], by: Actor, at: datetime) -> frozenset[int]:
    """What comes with the box to the place of its term; anywhere else the box ends the term, and all of it comes."""
    site = Scene(by, at).site
    here = {term.item_id for term in terms if term.facility_id == site.pk}
    coming = Transit.objects.open().filter(item__in=here, destination=site).values_list("item", flat=True)
    if arriving := frozenset(coming):
        return arriving
    if here:
        raise Refused(Reason("set-at-its-place"))
    recall_set(set=one, by=by, at=at)
    return frozenset(item.pk for item in items)


@transaction.atomic
def send_set_home(*, set: ItemSet, by: Actor, at: datetime) -> list[CheckedIn]:
    """At the place of its term: the term ends, and what stands there is sent home. Refused("set-not-placed")."""
    by.require("circulation.check-in")
    recall_set(set=set, by=by, at=at)
    site = Scene(by, at).site
    return [check_in(item=item, by=by, at=at) for item in standing_free(members_of(set), site)]


def _astray(items: Sequence[Item]) -> set[int]:
    """What is on a journey or stands elsewhere than at home: a set that was recalled comes back so."""
    journeys = set(Transit.objects.open().filter(item__in=items).values_list("item", flat=True))
    return journeys | {item.pk for item in items if item.stands_at_id}


@dataclass(frozen=True)
class LentBefore:
    """A loan of a set as it was before it was taken back: what only the desk that took it still knows."""

    loan: int
    patron: str
    due_on: date
    renewals: int


def loans_before(one: ItemSet) -> tuple[LentBefore, ...]:
    """Ask before `return_set`, to be able to undo it."""
    loans = Loan.objects.open().filter(item__set_places__set=one).select_related("patron").order_by("pk")
    return tuple(
        LentBefore(loan=loan.pk, patron=loan.patron.key, due_on=loan.due_on, renewals=loan.renewals)
        for loan in loans
        if loan.patron
    )


@transaction.atomic
def undo_return_set(*, before: Sequence[LentBefore], by: Actor, at: datetime) -> int:
    """A whole set that was taken back by mistake is on loan again: all of it or, refused, nothing.

    Refused("not-undoable") once anything of it was lent, promised to others or seen on its way.
    """
    by.require("circulation.check-in")
    readers = {row.key: row for row in Patron.objects.filter(key__in={one.patron for one in before})}
    loans = Loan.objects.select_related("item").in_bulk([one.loan for one in before])
    if not before or len(loans) < len(before) or any(one.patron not in readers for one in before):
        raise Refused(Reason("not-undoable"))
    for one in before:
        undo_check_in(
            loan=loans[one.loan],
            patron=readers[one.patron],
            due_on=one.due_on,
            renewals=one.renewals,
            by=by,
            at=at,
        )
    return len(before)
