"""A hold shelf with antennas, on the page of the hold shelf: what it does not see, and what does not belong there."""

from dataclasses import dataclass

from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import ShelfPlace
from fumikura.organisation.antennas import Antennas, shelf_antennas
from fumikura.web.desk.place import Place
from fumikura.web.desk.words import WHY_TO_CLEAR, grouped, title_of


@dataclass(frozen=True)
class Seen:
    """One line: a thing with its slot, where it has one."""

    slot: str
    title: str
    barcode: str
    why: str = ""


@dataclass(frozen=True)
class Shelf:
    antennas: tuple[Antennas, ...]
    right: int
    absent: tuple[Seen, ...]
    wrong: tuple[Seen, ...]


def shelf_seen(place: Place) -> Shelf | None:
    """None where no hold shelf has antennas. While one of them is silent nothing is called absent."""
    antennas = tuple(shelf_antennas(place.facility, place.at))
    if not antennas:
        return None
    numbers = [number for one in antennas for number in one.numbers]
    seen = circulation.seen_on_shelf(place.facility, numbers, timezone.localdate(place.at))
    everything_heard = all(one.is_heard for one in antennas)
    strangers = (Seen("", title_of(item), grouped(item.barcode)) for item in seen.strangers)
    return Shelf(
        antennas=antennas,
        right=len(seen.right),
        absent=tuple(_seen(one) for one in seen.absent) if everything_heard else (),
        wrong=(*(_seen(one, why) for one, why in seen.to_fetch), *strangers),
    )


def _seen(place: ShelfPlace, why: str = "") -> Seen:
    words = str(WHY_TO_CLEAR.get(why, why))
    return Seen(f"{place.pk % 10000:04d}", title_of(place.item), grouped(place.item.barcode), words)
