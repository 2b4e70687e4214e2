"""A hold shelf with antennas: what it sees beside what ought to lie on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fumikura.circulation.models import ShelfPlace
from fumikura.circulation.services.hold_shelf import to_clear
from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility


@dataclass(frozen=True)
class ShelfSeen:
    """For whom anything is, is not in it."""

    right: tuple[ShelfPlace, ...]
    """Seen, and it ought to lie here."""
    to_fetch: tuple[tuple[ShelfPlace, str], ...]
    """Seen, and nobody will collect it here; with the reason of `to_clear`."""
    strangers: tuple[Item, ...]
    """Seen, and it has no place on this shelf: put down by mistake, or not scanned yet."""
    absent: tuple[ShelfPlace, ...]
    """It ought to lie here, and no antenna sees it."""


def seen_on_shelf(facility: Facility, numbers: Iterable[str], on: date) -> ShelfSeen:
    """By all antennas of a facility together; numbers that no item has are passed over."""
    seen = frozenset(numbers)
    rows = ShelfPlace.objects.open().filter(facility=facility).select_related("item__record")
    places = list(rows.defer("item__record__marc").order_by("pk"))
    whys = {one.place.pk: one.why for one in to_clear(facility, on)}
    here = [place for place in places if place.item.barcode in seen]
    known = {place.item.barcode for place in places}
    others = Item.objects.filter(barcode__in=seen - known).select_related("record").defer("record__marc")
    return ShelfSeen(
        right=tuple(place for place in here if place.pk not in whys),
        to_fetch=tuple((place, whys[place.pk]) for place in here if place.pk in whys),
        strangers=tuple(others.order_by("barcode")),
        absent=tuple(place for place in places if place.item.barcode not in seen and place.pk not in whys),
    )
