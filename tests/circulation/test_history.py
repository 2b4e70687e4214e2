from datetime import timedelta

import pytest

from fumikura.circulation.models import Loan
from fumikura.circulation.services import PastLoan, take_over_loans
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted
from tests.cast import AT, SYSTEM, chuo, kita
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db


def past_loan(barcode: str, days_ago: int) -> PastLoan:
    lent_at = AT - timedelta(days=days_ago)
    return PastLoan(
        item=item(barcode),
        lent_at=lent_at,
        lent_facility=chuo(),
        due_on=(lent_at + timedelta(days=14)).date(),
        returned_at=lent_at + timedelta(days=16),
        returned_facility=kita(),
        category="adult",
        age_band="30-39",
        district="本町",
    )


def test_loans_of_a_former_system_are_nobodys_and_are_counted_at_their_own_time() -> None:
    assert take_over_loans([past_loan("30000017", 90), past_loan("30000025", 80)], by=SYSTEM) == 2
    assert list(Loan.objects.values_list("patron", "returned_facility__code")) == [(None, "KITA"), (None, "KITA")]
    entries = Entry.objects.filter(event__startswith="circulation.loan-").order_by("id")
    assert [entry.event for entry in entries] == [
        "circulation.loan-made", "circulation.loan-made", "circulation.loan-returned", "circulation.loan-returned",
    ]  # fmt: skip
    assert {entry.patron_key for entry in entries} == {""}
    assert [entry.facility for entry in entries] == ["CHUO", "CHUO", "KITA", "KITA"]
    assert entries[0].happened_at == AT - timedelta(days=90)
    assert entries[2].particulars["days_overdue"] == 2


def test_taking_over_needs_its_own_right() -> None:
    with pytest.raises(NotPermitted):
        take_over_loans([past_loan("30000017", 90)], by=at_desk(without=("circulation.take-over",)))
    assert not Loan.objects.exists()
