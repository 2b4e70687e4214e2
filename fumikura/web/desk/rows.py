"""Rows for the counter's lists, each with everything its line needs in one query."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from fumikura.circulation.models import Loan, Transit
from fumikura.circulation.queries import loans_with_items
from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility
from fumikura.statements.reads import prepared

MOST_LISTED = 200


_ITEM = ("barcode", "volume", "material", "parts", "parts_words", "record__title", "record__creator")
"""All that the counter's lists say of an item: whole rows are what a scan would otherwise spend its time on."""

_COUNTED = (
    "item__collection", "item__origin", "item__home__code", "item__home__kind", "lent_facility__code", "lent_facility__kind",
)  # fmt: skip
"""What the limits count a loan by, beside its material."""

_STATE = ("reference_only", "in_house_only", "last_seen_at", "searched_in_vain")


def open_loans(patron: int) -> list[Loan]:
    """What the patron has, the first to come due first."""
    return _loans_of(patron=patron)


@prepared
def _loans_of(patron: int) -> "QuerySet[Loan]":
    rows = Loan.objects.open().filter(patron=patron).select_related("item__record", "item__home", "lent_facility")
    columns = ("item", "due_on", "renewals", "kind", "received_at", *(f"item__{name}" for name in _ITEM), *_COUNTED)
    return rows.only(*columns).order_by("due_on", "lent_at", "id")


def items_by_id(ids: Collection[int]) -> dict[int, Item]:
    rows = Item.objects.filter(pk__in=ids).select_related("record", "home").only(*_ITEM, "home__code", *_STATE)
    return {item.pk: item for item in rows}


def loans_by_id(ids: Collection[int]) -> dict[int, Loan]:
    return {loan.pk: loan for loan in loans_with_items().filter(pk__in=ids)}


def journeys_of(facility: Facility) -> Sequence[Transit]:
    """Open journeys from and to `facility`, the oldest first."""
    touching = Transit.objects.open().filter(Q(origin=facility) | Q(destination=facility))
    rows = touching.select_related("item__record", "origin", "destination", "seen_facility").defer("item__record__marc")
    return list(rows.order_by("sent_at", "id")[:MOST_LISTED])


def overdue_of(facility: Facility, today: date) -> Sequence[Loan]:
    """What was lent at `facility` and should have come back before `today`, the longest overdue first."""
    rows = loans_with_items().open().filter(lent_facility=facility, due_on__lt=today, received_at=None)
    return list(rows.order_by("due_on", "id")[:MOST_LISTED])
