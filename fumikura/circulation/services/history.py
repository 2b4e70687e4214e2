"""Loans that ended before this system was there: counted, and nobody's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fumikura.circulation.events import LoanMade, LoanReturned
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.services.scene import loan_subject
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.journal.services import entry_for, record_many
from fumikura.kernel.actors import Actor
from fumikura.organisation.models import Facility

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class PastLoan:
    """One ended loan as a former system tells it. Never whose it was: coarse attributes only."""

    item: Item
    """With its `record` read."""
    lent_at: datetime
    lent_facility: Facility
    due_on: date
    returned_at: datetime
    returned_facility: Facility
    renewals: int = 0
    category: str = ""
    age_band: str = ""
    district: str = ""


@transaction.atomic
def take_over_loans(loans: Sequence[PastLoan], *, by: Actor) -> int:
    """Take over ended loans, with the journal entries they would have left, so that statistics reach back.

    Open loans are made with check_out at their own time. Answers how many were taken over.
    """
    by.require("circulation.take-over")
    policy_sets = {day: rules_in_force(day).policy_set for day in {timezone.localdate(past.lent_at) for past in loans}}
    rows = Loan.objects.bulk_create(
        [_row(past, policy_sets[timezone.localdate(past.lent_at)]) for past in loans], batch_size=BATCH
    )
    entries = [entry for past, row in zip(loans, rows, strict=True) for entry in _entries(past, row, by)]
    record_many(sorted(entries, key=lambda entry: entry.happened_at))
    return len(rows)


def _row(past: PastLoan, policy_set: int) -> Loan:
    return Loan(
        item=past.item,
        lent_at=past.lent_at,
        lent_facility=past.lent_facility,
        due_on=past.due_on,
        renewals=past.renewals,
        policy_set_id=policy_set,
        returned_at=past.returned_at,
        returned_facility=past.returned_facility,
    )


def _entries(past: PastLoan, row: Loan, by: Actor) -> Iterator[Entry]:
    item, returned_on = past.item, timezone.localdate(past.returned_at)
    made = LoanMade(
        loan=row.pk,
        item=item.pk,
        record=item.record_id,
        due_on=past.due_on.isoformat(),
        kind=row.kind,
        material=item.material,
        ndc=item.record.ndc,
        category=past.category,
        age_band=past.age_band,
        district=past.district,
    )
    returned = LoanReturned(
        loan=row.pk,
        item=item.pk,
        record=item.record_id,
        returned_on=returned_on.isoformat(),
        days_overdue=max(0, (returned_on - past.due_on).days),
        material=item.material,
        ndc=item.record.ndc,
    )
    subject = loan_subject(row)
    yield entry_for(made, by=replace(by, facility=past.lent_facility.code), at=past.lent_at, subject=subject)
    yield entry_for(
        returned, by=replace(by, facility=past.returned_facility.code), at=past.returned_at, subject=subject
    )
