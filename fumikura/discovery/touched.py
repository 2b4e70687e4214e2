"""Which records a piece of the journal touched, as far as the index is concerned."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from fumikura.catalogue.authorities import records_naming
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry

ROOMS: Final = ("catalogue.", "holdings.", "circulation.")
LEAVE_NO_TRACE: Final = frozenset(
    {
        "catalogue.column-mapping-forgotten",
        "catalogue.column-mapping-saved",
        "catalogue.import-finished",
        "circulation.loan-renewed",
        "circulation.refusal-overridden",
        "circulation.renewal-undone",
        "circulation.transit-seen",
        "holdings.item-seen",
    }
)
"""They change nothing that the index knows. Anything else is looked at, so that a new event is never forgotten."""


MANY: Final = 50


STOCK: Final = frozenset({"holdings.stock-frozen", "holdings.stock-thawed"})
"""They name a facility, and touch whatever stands there."""

UNASKED: Final = frozenset({"catalogue.readings-drafted"})
"""The house did it by itself, and nobody stands waiting for it."""


def in_bulk(entry: Entry) -> bool:
    """Whether it touches so many records that reading it takes longer than a moment.

    An authority may stand in thousands of records. How many is not looked up: an entry must be the same for both readers.
    """
    facts = entry.particulars
    if entry.event in UNASKED | STOCK or _numbers(facts.get("authorities")):
        return True
    return len(_numbers(facts.get("records"))) > MANY or len(_numbers(facts.get("items"))) > MANY


def records_touched_by(entries: Iterable[Entry]) -> set[int]:
    """Row numbers of records, from the particulars `record`, `records`, `item`, `items` and `authorities`."""
    records: set[int] = set()
    items: set[int] = set()
    authorities: set[int] = set()
    stocks: set[str] = set()
    for entry in entries:
        if not entry.event.startswith(ROOMS) or entry.event in LEAVE_NO_TRACE:
            continue
        facts = entry.particulars
        if entry.event in STOCK:
            stocks.add(str(facts.get("facility", "")))
        found = {*_numbers(facts.get("record")), *_numbers(facts.get("records"))}
        records |= found
        authorities.update(_numbers(facts.get("authorities")))
        if not found:
            items |= {*_numbers(facts.get("item")), *_numbers(facts.get("items"))}
    if items:
        records |= set(Item.objects.filter(pk__in=items).values_list("record_id", flat=True))
    if stocks:
        standing = Q(stands_at__code__in=stocks) | Q(stands_at=None, home__code__in=stocks)
        records |= set(Item.objects.filter(standing, withdrawal=None).values_list("record_id", flat=True))
    if authorities:
        records |= records_naming(authorities)
    return records


def _numbers(value: object) -> list[int]:
    if isinstance(value, int):
        return [value]
    return [one for one in value if isinstance(one, int)] if isinstance(value, list | tuple) else []
