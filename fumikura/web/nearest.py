"""For each title the copy to walk to, for pages that show one place only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_to_list
from fumikura.circulation.queries import ItemState, states_of
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of_records


@dataclass(frozen=True)
class Nearest:
    record: BibliographicRecord
    item: Item | None
    state: ItemState | None

    @property
    def is_in(self) -> bool:
        return self.state is not None and self.state.is_available


def nearest_copies(numbers: Iterable[int], *, at: datetime, usual: str) -> list[Nearest]:
    """In this order; one that is in goes before others, one at the `usual` facility before the rest.

    What left the catalogue is left out. As many queries for twelve as for one.
    """
    wanted = list(numbers)
    records = records_to_list(wanted)
    items = items_of_records(records)
    states = states_of([item for copies in items.values() for item in copies], at)
    found = []
    for pk in wanted:
        if pk in records:
            ranked = sorted(
                items.get(pk, []), key=lambda item: (not states[item.pk].is_available, item.home.code != usual)
            )
            item = ranked[0] if ranked else None
            found.append(Nearest(records[pk], item, states[item.pk] if item else None))
    return found
