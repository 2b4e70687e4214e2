"""Open loans and the mass shifts of due dates that still stand for them."""

from django.db.models import Exists, F, OuterRef, QuerySet

from fumikura.circulation.models import Loan, ShiftedLoan
from fumikura.circulation.queries import loans_by_day
from fumikura.patrons.models import Patron
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared


def open_loans_and_shifts_of(patron: Patron) -> list[tuple[Loan, bool]]:
    """What a reader has, the first to come due first, each with whether it has the day of a mass shift."""
    return [(loan, bool(vars(loan)["is_shifted"])) for loan in _open_loans_and_shifts_of(patron=patron.pk)]


def asked_open_loans_and_shifts_of(patron: Patron) -> Asked:
    """What `open_loans_and_shifts_of` reads, for `read_ahead`."""
    return _open_loans_and_shifts_of.asked(patron=patron.pk)


@prepared
def _open_loans_and_shifts_of(patron: int) -> "QuerySet[Loan]":
    shifted = Exists(standing_shifts().filter(loan=OuterRef("pk")))
    return loans_by_day().filter(patron=patron).annotate(is_shifted=shifted)


def standing_shifts() -> "QuerySet[ShiftedLoan]":
    """Loans that a mass shift moved and nobody has renewed or moved since."""
    moved = ShiftedLoan.objects.filter(shift__undone_at=None)
    return moved.filter(shift__new_due_on=F("loan__due_on"), renewals=F("loan__renewals"))
