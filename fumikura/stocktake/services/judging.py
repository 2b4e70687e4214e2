"""From numbers to readings: which items they are, where those should be, and who stands out of order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from fumikura.circulation.queries import ItemState, states_of
from fumikura.holdings.models import Item, ItemIdentifier
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Card
from fumikura.statements.among import Among, AmongWords, listed
from fumikura.statements.reads import prepared
from fumikura.stocktake.models import Reading, ScanBatch, Stocktake
from fumikura.stocktake.queries import NEEDED, in_range, readings_of
from fumikura.stocktake.rules import verdicts
from fumikura.stocktake.rules.order import RFID_HANDS, out_of_order
from fumikura.stocktake.rules.verdicts import Hearing, Sight

NEIGHBOURS = 2


@dataclass(frozen=True)
class Shelf:
    """What is being read, and in which stocktake."""

    batch: ScanBatch
    stocktake: Stocktake

    @property
    def here(self) -> str:
        return self.stocktake.facility.code


@dataclass(frozen=True)
class Known:
    """What is known before the first number is judged."""

    items: dict[str, Item]
    states: dict[int, ItemState]
    places: dict[int, str]
    """Where an item should stand: the code of a facility."""
    cards: set[str]
    read_before: set[int]
    heard: dict[int, tuple[datetime, bool]]
    """Items heard on another shelf within minutes: when, and whether they belonged there."""


def judge(numbers: Sequence[str], shelf: Shelf, *, at: datetime) -> list[Reading]:
    """Unsaved readings in the order of reading, with their verdicts."""
    known = _known(numbers, shelf, at)
    belongs = [_belongs(known.items.get(number), shelf, known) for number in numbers]
    seen = set(known.read_before)
    # A radio reader says each tag many times: what is to be put right is to be put right once.
    said: set[str] = set()
    readings = []
    batch = shelf.batch.pk
    for place, number in enumerate(numbers):
        item = known.items.get(number)
        if item is None:
            word = verdicts.CARD if number in known.cards else verdicts.DOUBLE if number in said else verdicts.UNKNOWN
            said.add(number)
            # A reader's card laid on the shelf is not written down: its number leads to a person.
            kept = "" if word == verdicts.CARD else number
            readings.append(Reading(batch_id=batch, place=place, number=kept, verdict=word))
            continue
        score = _score(place, item, belongs, shelf, known)
        word = _verdict(item, score, shelf, known, was_read_before=item.pk in seen or item.barcode in said)
        said.add(item.barcode)
        if word in verdicts.STANDS_HERE:
            seen.add(item.pk)
        readings.append(
            Reading(
                batch_id=batch,
                place=place,
                number=number,
                item_id=item.pk,
                verdict=word,
                ghost_score=score,
                seen_before_at=item.last_seen_at,
                seen_before_facility_id=item.last_seen_facility_id,
                searched_before=item.searched_in_vain,
            )
        )
    _mark_out_of_order(readings, shelf, {item.pk: item.call_number for item in known.items.values()})
    return readings


def _known(numbers: Sequence[str], shelf: Shelf, at: datetime) -> Known:
    items = _items_by_number(numbers, shelf.stocktake.facility)
    rows = list({item.pk: item for item in items.values()}.values())
    ids = [item.pk for item in rows]
    codes = dict(Facility.objects.values_list("pk", "code"))
    unknown = [number for number in numbers if number not in items]
    read = readings_of(shelf.stocktake).filter(Among("item", listed(ids)), verdict__in=verdicts.STANDS_HERE)
    return Known(
        items=items,
        states=states_of(rows, at),
        places={item.pk: codes[item.stands_at_id or item.home_id] for item in rows},
        cards=set(_cards(numbers=listed(unknown))),
        read_before=set(read.values_list("item", flat=True)),
        heard=_heard_elsewhere(ids, shelf) if shelf.batch.source == "rfid" else {},
    )


def _items_by_number(numbers: Sequence[str], facility: Facility) -> dict[str, Item]:
    """Barcodes of the own agency first, then those of others, then further numbers such as the UID of a tag."""
    found: dict[str, Item] = {}
    for item in _by_barcode(numbers=listed(dict.fromkeys(numbers))):
        if item.barcode not in found or item.agency_id == facility.agency_id:
            found[item.barcode] = item
    if others := dict(
        _by_identifier(numbers=listed(number for number in dict.fromkeys(numbers) if number not in found))
    ):
        rows = {item.pk: item for item in _by_row(items=listed(others.values()))}
        found |= {number: rows[item] for number, item in others.items()}
    # Thousands of items, a few sites: read once and shared.
    sites = Facility.objects.only("code").in_bulk({item.home_id for item in found.values()})
    for item in found.values():
        item.home = sites[item.home_id]
    return found


@prepared
def _by_barcode(numbers: str) -> "QuerySet[Item]":
    return Item.objects.filter(AmongWords("barcode", numbers)).only(*NEEDED)


@prepared
def _by_identifier(numbers: str) -> "QuerySet[ItemIdentifier, tuple[str, int]]":
    return ItemIdentifier.objects.filter(AmongWords("value", numbers)).order_by("-pk").values_list("value", "item")


@prepared
def _by_row(items: str) -> "QuerySet[Item]":
    return Item.objects.filter(Among("pk", items)).only(*NEEDED)


@prepared
def _cards(numbers: str) -> "QuerySet[Card, str]":
    return Card.objects.filter(AmongWords("number", numbers)).values_list("number", flat=True)


def _heard_elsewhere(ids: Sequence[int], shelf: Shelf) -> dict[int, tuple[datetime, bool]]:
    batch = shelf.batch
    window = (batch.read_at - verdicts.HEARD_TOGETHER, batch.read_at + verdicts.HEARD_TOGETHER)
    rows = Reading.objects.filter(
        Among("item", listed(ids)),
        batch__undone_at=None,
        batch__read_at__range=window,
        batch__stocktake__facility=shelf.stocktake.facility_id,
    ).exclude(batch=batch)
    if batch.shelf:
        rows = rows.exclude(batch__stocktake=batch.stocktake_id, batch__shelf=batch.shelf)
    else:
        rows = rows.exclude(batch__stocktake=batch.stocktake_id)
    found: dict[int, tuple[datetime, bool]] = {}
    for item, read_at, verdict in rows.values_list("item", "batch__read_at", "verdict"):
        belonged = verdict in verdicts.STANDS_HERE
        if item is not None and (belonged or item not in found):
            found[item] = (read_at, belonged)
    return found


def _belongs(item: Item | None, shelf: Shelf, known: Known) -> bool:
    """Whether its proper place is what is being read."""
    if item is None or known.places[item.pk] != shelf.here:
        return False
    location = shelf.stocktake.location_id
    if location is not None and item.location_id not in {location, None}:
        return False
    return in_range(shelf.stocktake, item.call_number)


def _score(place: int, item: Item, belongs: Sequence[bool], shelf: Shelf, known: Known) -> int:
    beside = [*belongs[max(0, place - NEIGHBOURS) : place], *belongs[place + 1 : place + 1 + NEIGHBOURS]]
    heard_at, belonged_there = known.heard.get(item.pk, (None, False))
    hearing = Hearing(
        by_radio=shelf.batch.source == "rfid",
        belongs_here=belongs[place],
        heard_elsewhere_at=heard_at,
        belonged_there=belonged_there,
        neighbours_fit=bool(beside) and all(beside),
    )
    return verdicts.ghost_score(hearing, at=shelf.batch.read_at)


def _verdict(item: Item, score: int, shelf: Shelf, known: Known, *, was_read_before: bool) -> str:
    state = known.states[item.pk]
    sight = Sight(
        state=state.kind,
        is_received=state.is_received,
        stands_at=known.places[item.pk],
        location=item.location_id,
        is_in_range=in_range(shelf.stocktake, item.call_number),
        was_read_before=was_read_before,
        ghost_score=score,
    )
    return verdicts.verdict(sight, here=shelf.here, location=shelf.stocktake.location_id)


def _mark_out_of_order(readings: Sequence[Reading], shelf: Shelf, call_numbers: Mapping[int, str]) -> None:
    """Among those that belong here, who stands between strangers."""
    standing = [one for one in readings if one.verdict in verdicts.STANDS_HERE]
    numbers = [call_numbers[one.item_id or 0] for one in standing]
    slack = RFID_HANDS if shelf.batch.source == "rfid" else 0
    for moved in out_of_order(numbers, slack=slack):
        standing[moved.place].is_out_of_order = True
        standing[moved.place].goes_after = moved.goes_after


def silence_ghosts(batch: ScanBatch, seen: set[int]) -> None:
    """Books that were just read on their own shelf: what another shelf heard of them minutes ago was a ghost."""
    right = Reading.objects.filter(Among("item", listed(seen)), batch=batch, verdict__in=verdicts.STANDS_HERE).values(
        "item"
    )
    window = (batch.read_at - verdicts.HEARD_TOGETHER, batch.read_at + verdicts.HEARD_TOGETHER)
    strangers = {verdicts.OTHER_PLACE, verdicts.OTHER_RANGE}
    Reading.objects.filter(
        item__in=right,
        verdict__in=strangers,
        settled_at=None,
        batch__undone_at=None,
        batch__source="rfid",
        batch__read_at__range=window,
    ).exclude(batch=batch).update(verdict=verdicts.GHOST, ghost_score=95)
