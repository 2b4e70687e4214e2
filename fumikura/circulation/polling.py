"""Whether copies are in, for those who ask about hundreds of titles every few seconds: one statement, no rows of models."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from fumikura.circulation.models import Allotment, Loan, ShelfPlace, Transit
from fumikura.holdings.models import FrozenStock, Item, KeptAside, Missing
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared


class Copy(NamedTuple):
    """What `queries.states_of` says of a copy in stock, as far as it is polled."""

    facility: str
    """Code of the facility it belongs to."""
    due_on: date | None
    """While it is lent."""
    is_available: bool
    """On a shelf, and lent to whoever comes."""


def copies_polled(record_ids: Iterable[int]) -> dict[int, list[Copy]]:
    """The copies in stock by record, in the order of `holdings.queries.items_of`. Records without copies are left out."""
    found: dict[int, list[Copy]] = {}
    for record, facility, due_on, is_kept_from_readers in _copies(records=listed(record_ids)):
        copy = Copy(facility, due_on, due_on is None and not is_kept_from_readers)
        found.setdefault(record, []).append(copy)
    return found


@prepared
def _copies(records: str) -> "QuerySet[Any, tuple[int, str, date | None, bool]]":
    mine = Q(item=OuterRef("pk"))
    elsewhere = (
        Transit.objects.open().filter(mine),
        ShelfPlace.objects.open().filter(mine),
        Allotment.objects.open().filter(mine),
        KeptAside.objects.filter(mine, ended_at=None),
        Missing.objects.filter(mine, found_at=None),
    )
    kept_from_readers = Q(reference_only=True) | Q(in_house_only=True)
    standing = Coalesce(OuterRef("stands_at"), OuterRef("home"))
    for rows in (*elsewhere, FrozenStock.objects.filter(facility=standing, ended_at=None)):
        kept_from_readers |= Q(Exists(rows))
    copies = Item.objects.in_stock().filter(Among("record", records))
    told: QuerySet[Any, tuple[int, str, date | None, bool]] = copies.annotate(
        due_on=Subquery(Loan.objects.open().filter(mine).values("due_on")[:1]),
        is_kept_from_readers=ExpressionWrapper(kept_from_readers, BooleanField()),
    ).values_list("record", "home__code", "due_on", "is_kept_from_readers")
    return told.order_by("home__listed_order", "call_number", "barcode")
