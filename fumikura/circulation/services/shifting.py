"""期限の一斉変更: due dates of many loans are moved at once, counted before and taken back after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from fumikura.circulation.models import DueShift, Loan, LoanQuerySet, ShiftedLoan
from fumikura.circulation.network_events import DueDatesShifted, DueDatesShiftedBack
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.shifted import standing_shifts
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

BATCH = 1000


def plan_shift(*, first_on: date, last_on: date, new_due_on: date, facility: Facility | None = None) -> int:
    """The preview: how many loans would move. Nothing is written. Refused as shift_due_dates refuses."""
    _check(first_on, last_on, new_due_on)
    return _due_between(first_on, last_on, facility).count()


@transaction.atomic
def shift_due_dates(
    *,
    first_on: date,
    last_on: date,
    new_due_on: date,
    by: Actor,
    at: datetime,
    facility: Facility | None = None,
) -> DueShift:
    """Everything due from `first_on` through `last_on` becomes due on `new_due_on`; nothing else moves. Readers are told.

    `facility`: only what was lent there. Refused: ends-before-it-starts, new-due-too-early.
    """
    by.require("circulation.shift-due-dates")
    _check(first_on, last_on, new_due_on)
    shift = DueShift.objects.create(
        first_on=first_on, last_on=last_on, new_due_on=new_due_on, facility=facility, made_at=at
    )
    loans = list(_due_between(first_on, last_on, facility).select_for_update(of=("self",)).order_by("item_id"))
    ShiftedLoan.objects.bulk_create(
        [ShiftedLoan(shift=shift, loan=loan, due_before=loan.due_on, renewals=loan.renewals) for loan in loans],
        batch_size=BATCH,
    )
    Loan.objects.filter(shifts__shift=shift).update(due_on=new_due_on)
    shifted = DueDatesShifted(shift=shift.pk, loans=len(loans), new_due_on=new_due_on.isoformat())
    Scene(by, at).record(shifted, f"circulation.shift:{shift.pk}")
    return shift


@dataclass(frozen=True, kw_only=True)
class LeftAsItIs:
    """A loan that keeps its day though the shift was taken back."""

    barcode: str
    due_on: date
    why: Reason
    """left-renewed or left-moved, in kernel.reasons.WHY."""

    @property
    def message(self) -> str:
        return f"not-undone:{self.barcode}"


@dataclass(frozen=True, kw_only=True)
class ShiftUndone:
    """What became of every loan that a shift had moved."""

    put_back: int
    returned: int
    """How many came back meanwhile and have no day any more."""
    left: tuple[LeftAsItIs, ...]


@transaction.atomic
def undo_shift(*, shift: DueShift, by: Actor, at: datetime) -> ShiftUndone:
    """Put the dates back, loan by loan; each one renewed or moved since is left as it is and named with the reason.

    Refused("not-undoable") when it was taken back already.
    """
    by.require("circulation.shift-due-dates")
    row = DueShift.objects.select_for_update().get(pk=shift.pk)
    if row.undone_at:
        raise Refused(Reason("not-undoable"))
    # The loans wait for whoever is renewing one, and are then read as they are.
    locked = Loan.objects.open().filter(pk__in=row.loans.values("loan")).order_by("item_id").select_for_update()
    list(locked.values_list("pk"))
    rows = ShiftedLoan.objects.filter(shift=row, loan__returned_at=None).select_related("loan__item")
    back: dict[date, list[int]] = {}
    left: list[LeftAsItIs] = []
    for one in rows.order_by("loan__item_id"):
        if one.loan.due_on == row.new_due_on and one.loan.renewals == one.renewals:
            back.setdefault(one.due_before, []).append(one.loan_id)
        else:
            left.append(_left(one))
    put_back = 0
    for due_before, loans in back.items():
        for first in range(0, len(loans), BATCH):
            put_back += Loan.objects.filter(pk__in=loans[first : first + BATCH]).update(due_on=due_before)
    returned = row.loans.exclude(loan__returned_at=None).count()
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    Scene(by, at).record(DueDatesShiftedBack(shift=row.pk, loans=put_back), f"circulation.shift:{row.pk}")
    return ShiftUndone(put_back=put_back, returned=returned, left=tuple(left))


def _left(one: ShiftedLoan) -> LeftAsItIs:
    loan = one.loan
    why = Reason("left-renewed" if loan.renewals != one.renewals else "left-moved")
    return LeftAsItIs(barcode=loan.item.barcode, due_on=loan.due_on, why=why)


def shifted_among(loans: Iterable[Loan]) -> frozenset[int]:
    """The loans that have the day of a mass shift, by row number: neither renewed nor moved since."""
    numbers = [loan.pk for loan in loans]
    return frozenset(_shifted_among(loans=listed(numbers))) if numbers else frozenset()


@prepared
def _shifted_among(loans: str) -> "QuerySet[ShiftedLoan, int]":
    return standing_shifts().filter(Among("loan", loans)).values_list("loan", flat=True)


def _check(first_on: date, last_on: date, new_due_on: date) -> None:
    reasons = []
    if last_on < first_on:
        reasons.append(Reason("ends-before-it-starts"))
    if new_due_on <= last_on:
        reasons.append(Reason("new-due-too-early"))
    if reasons:
        raise Refused(*reasons)


def _due_between(first_on: date, last_on: date, facility: Facility | None) -> LoanQuerySet:
    loans = Loan.objects.open().filter(due_on__range=(first_on, last_on), received_at=None).exclude(kind="in-house")
    return loans.filter(lent_facility=facility) if facility else loans
