"""One loan or return of an offline list, entered at its own time into what has become of the item since."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from fumikura.circulation.models import Loan
from fumikura.circulation.services.loans import carry_out
from fumikura.circulation.services.returns import BOX, check_in, end_loan
from fumikura.circulation.services.scene import Scene, Whereabouts, find, lock_patron
from fumikura.circulation.services.wishes import consider
from fumikura.holdings.models import Item
from fumikura.holdings.services import note_seen
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron

WHEREABOUTS = frozenset({"item-on-loan", "already-on-loan-to-you"})


class StayedOut(Exception):
    """Nothing to enter and nothing for a person to decide; `why` says so to the terminal."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def lend_what_left(
    *, item: Item, patron: Patron, by: Actor, at: datetime, besides: Sequence[Reason] = ()
) -> Sequence[str]:
    """The item has left the building: it is on loan whatever speaks against it. Answers the notes, the gravest first.

    `besides`: what speaks against the card that was shown; it is noted and passed over as the rest.

    A loan made meanwhile to another reader stands, and this one is entered as ended at its beginning. An earlier one
    ends now. Refused("item-withdrawn"). StayedOut("scanned-twice").
    """
    lock_patron(patron.pk)
    where, scene, notes = find(item), Scene(by, at), list[str]()
    if where.is_withdrawn:
        raise Refused(Reason("item-withdrawn"))
    ends_at = _seen_since(where, at)
    if loan := where.loan:
        if loan.patron_id == patron.pk and loan.received_at is None:
            raise StayedOut("scanned-twice")
        if loan.lent_at > at:
            return [_enter_ended(where, loan, patron, by, at)]
        if loan.received_at is None:
            end_loan(loan, where.item, scene)
            notes.append("return-was-missing")
    wish = consider(item=item, patron=patron, scene=scene, kind="loan")
    said = {one.code for one in wish.objections}
    objections = (*wish.objections, *(one for one in besides if one.code not in said))
    wish = replace(wish, objections=tuple(one for one in objections if one.code not in WHEREABOUTS))
    made = carry_out(wish)
    notes += [reason.code for reason in wish.objections]
    if ends_at:
        end_loan(_as_lent(made), where.item, Scene(by, ends_at))
        notes.append("seen-since")
    return notes


def _seen_since(where: Whereabouts, at: datetime) -> datetime | None:
    """When the library had the thing in hand again after this loan, if it is in nobody's hands now."""
    seen = Item.objects.values_list("last_seen_at", flat=True).get(pk=where.item.pk)
    return seen if seen and seen > at and where.loan is None else None


def _enter_ended(where: Whereabouts, later: Loan, patron: Patron, by: Actor, at: datetime) -> str:
    """Entered and ended at the beginning of the later loan, which stands."""
    reader, ends_at = later.patron_id, later.lent_at
    # For one moment the later loan steps back: an item has one open loan at a time.
    Loan.objects.filter(pk=later.pk).update(returned_at=ends_at, patron=None)
    made = carry_out(consider(item=where.item, patron=patron, scene=Scene(by, at), kind="loan"))
    end_loan(_as_lent(made), where.item, Scene(by, ends_at))
    Loan.objects.filter(pk=later.pk).update(returned_at=None, patron=reader)
    return "superseded-by-later-loan"


def _as_lent(loan: Loan) -> Loan:
    return Loan.objects.get(pk=loan.pk)


def take_back_what_came(*, item: Item, by: Actor, came_at: datetime, at: datetime) -> Sequence[str]:
    """The loan ends at the moment it came back; where the item goes is decided now. Answers the notes.

    Refused("older-than-open-loan") when it was lent again since. StayedOut("seen-since") when another scan knew better.
    """
    where = find(item)
    if where.loan and where.loan.lent_at > came_at:
        raise Refused(Reason("older-than-open-loan"))
    if where.loan is None and _seen_since(where, came_at):
        raise StayedOut("seen-since")
    if where.loan and where.loan.received_at is None:
        Loan.objects.filter(pk=where.loan.pk).update(received_at=came_at, received_facility=Scene(by, at).site)
    # It lies on the counter already, as what fell into a box does: nothing can be refused.
    back = check_in(item=item, by=replace(by, via=BOX), at=at)
    # The list is entered now, but the thing was in hand then: a later line of the list may lend it again.
    note_seen(item, facility=Scene(by, at).site, at=came_at)
    if back.stop.kind == "hold-shelf":
        return ["put-on-hold-shelf"]
    if back.stop.kind == "set-aside":
        return ["back-to-lender"]
    return ["send-for-hold"] if back.stop.kind == "send" and "send-for-hold" in back.messages else []


def due_notes(item: Item, printed: str, at: datetime) -> Sequence[str]:
    """ "due-before-printed" when the rules give an earlier day than the slip that the reader took home."""
    loan = Loan.objects.filter(item=item, lent_at=at, returned_at=None).first() if printed else None
    return ("due-before-printed",) if loan and loan.due_on.isoformat() < printed else ()
