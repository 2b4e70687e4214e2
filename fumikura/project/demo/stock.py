"""The shelves and what stands on them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import groupby

from django.utils import timezone

from fumikura.catalogue.queries import records_of
from fumikura.holdings import services as holdings
from fumikura.holdings.models import Item, ShelvingLocation
from fumikura.holdings.services import NewItem
from fumikura.kernel.actors import Actor
from fumikura.organisation.models import Agency, Facility
from fumikura.project.demo.copies import Copy, barcode
from fumikura.project.demo.files import toml
from fumikura.project.demo.marc import SOURCE, call_number


def build_shelves(places: Sequence[Facility], *, by: Actor, at: datetime) -> dict[tuple[str, str], ShelvingLocation]:
    """Shelving locations by (facility, code)."""
    plan = toml("town.toml")["locations"]
    return {
        (place.code, code): holdings.add_location(
            facility=place, code=code, name=name, name_en=name_en, is_open=is_open, by=by, at=at
        )
        for place in places
        if place.holds_stock
        for code, name, name_en, is_open in plan[place.kind]
    }


def build_stock(
    copies: Sequence[Copy],
    *,
    agency: Agency,
    places: Mapping[str, Facility],
    shelves: Mapping[tuple[str, str], ShelvingLocation],
    by: Actor,
) -> list[Item]:
    """Add every copy on the day on which it came; answer the items in the order of their barcodes."""
    records = {record.number: record for record in records_of(SOURCE)}
    found: list[Item] = []
    numbered = sorted(enumerate(copies, start=1), key=lambda pair: pair[1].added_on)
    for day, arrived in groupby(numbered, key=lambda pair: pair[1].added_on):
        new = [
            NewItem(
                barcode=barcode(ordinal),
                record=records[copy.title.number],
                home=places[copy.home],
                agency=agency,
                location=_shelf(copy, shelves),
                call_number=call_number(copy.title),
                material=copy.material,
                volume=copy.volume or copy.title.volume,
                reference_only=copy.reference_only,
                in_house_only=copy.in_house_only,
                is_latest_issue=copy.is_latest_issue,
            )
            for ordinal, copy in arrived
        ]
        found += holdings.add_items(new, by=by, at=morning(day))
    return sorted(found, key=lambda item: item.barcode)


def morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9, 15)))


def _shelf(copy: Copy, shelves: Mapping[tuple[str, str], ShelvingLocation]) -> ShelvingLocation:
    """The shelf that was meant, or the nearest thing that the place has."""
    wanted = (copy.shelf, "children" if copy.title.children else "general", "general", "children", "local")
    return next(shelves[copy.home, code] for code in wanted if (copy.home, code) in shelves)
