"""A reader closes the account: nothing may be on loan, holds end, then the person is forgotten."""

from datetime import datetime

from django.db import transaction

from fumikura.circulation.models import Hold, Loan
from fumikura.circulation.services.holds import cancel_hold
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.services import forget


@transaction.atomic
def leave(*, patron: Patron, by: Actor, at: datetime) -> None:
    """Cancel the holds and forget the reader, or Refused with loans-still-open and wards-still-here."""
    by.require("patrons.close-own")
    row = Patron.objects.select_for_update(of=("self",)).get(pk=patron.pk)
    reasons = []
    if count := Loan.objects.open().filter(patron=row).count():
        reasons.append(Reason.of("loans-still-open", count=count))
    if count := Patron.objects.filter(guardian=row, closed_at=None).count():
        reasons.append(Reason.of("wards-still-here", count=count))
    if reasons:
        raise Refused(*reasons)
    for hold in Hold.objects.open().filter(patron=row).order_by("pk"):
        cancel_hold(hold=hold, by=by, at=at)
    forget(patron=row, by=by, at=at)
