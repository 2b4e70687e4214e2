"""団体貸出: a whole set is lent to a class or group for a term, and taken back, in one scan of its label."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from fumikura.circulation.models import Loan
from fumikura.circulation.services.loans import carry_out
from fumikura.circulation.services.returns import CheckedIn, check_in
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.wishes import consider
from fumikura.holdings.models import ItemSet
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
) -> list[Loan]:
    """Lend everything in a set until the end of its term: all of it or, refused with every reason once, nothing.

    What this reader has of it already stays as it is. Refused: set-empty, set-term-past, whatever check_out refuses.
    """
    by.require("circulation.lend-set")
    by.require("circulation.check-out")
    scene = Scene(by, at)
    if until < scene.on:
        raise Refused(Reason("set-term-past"))
    theirs = {loan.item_id for loan in Loan.objects.open().filter(patron=patron, item__set_places__set=set)}
    items = [item for item in members_of(set) if item.pk not in theirs]
    if not items:
        raise Refused(Reason("set-empty"))
    loans, reasons = [], []
    for item in items:
        wish = replace(consider(item=item, patron=patron, scene=scene, kind="loan"), term=until)
        if left := standing(wish.objections, overriding=overriding, permissions=by.permissions):
            reasons += [reason for reason in left if reason not in reasons]
        else:
            loans.append(carry_out(wish))
    if reasons:
        raise Refused(*reasons)
    return loans


@transaction.atomic
def return_set(*, set: ItemSet, by: Actor, at: datetime) -> tuple[list[CheckedIn], list[str]]:
    """Take back everything of a set that is on loan. Answers where each goes, and the barcodes that were not on loan."""
    by.require("circulation.check-in")
    back, not_lent = [], []
    items = members_of(set)
    lent = {loan.item_id for loan in Loan.objects.open().filter(item__in=items)}
    for item in items:
        if item.pk in lent:
            back.append(check_in(item=item, by=by, at=at))
        else:
            not_lent.append(item.barcode)
    if not back:
        raise Refused(Reason("not-on-loan"))
    return back, not_lent
