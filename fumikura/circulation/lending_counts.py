"""How often titles are lent. Never by whom."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from fumikura.circulation.models import Loan
from fumikura.journal.models import Entry


def loans_of_records(record_ids: Iterable[int]) -> dict[int, int]:
    """How often copies of these records were lent; records that never were are left out."""
    lent = Loan.objects.filter(item__record_id__in=list(record_ids)).values_list("item__record_id")
    return dict(lent.annotate(Count("pk")).order_by())


def most_lent(*, since: datetime, most: int, at_least: int) -> list[int]:
    """Records lent most often since then, each at least so often: by the journal, in which no reader stands beside them."""
    made = Entry.objects.filter(event="circulation.loan-made", happened_at__gte=since)
    counted = made.values_list("particulars__record").annotate(times=Count("pk")).filter(times__gte=at_least)
    return [record for record, _times in counted.order_by("-times", "particulars__record")[:most] if record]
