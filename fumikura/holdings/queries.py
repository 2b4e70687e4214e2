"""Reading the stock."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from fumikura.catalogue.description import Description
from fumikura.catalogue.models import BibliographicRecord
from fumikura.holdings.call_numbers import call_number, rules_of, standard_rules
from fumikura.holdings.models import (
    CallNumberRules,
    Item,
    ItemQuerySet,
    KeptAside,
    Relocation,
    ShelvingLocation,
    Tagging,
)
from fumikura.holdings.rules import tag_number
from fumikura.kernel.barcodes import clean
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Agency, Facility
from fumikura.statements.among import Among, AmongWords, listed
from fumikura.statements.reads import prepared

PERIODICALS = ("magazine", "newspaper")
COPIES_AT_ONCE = 20
"""More copies of one title than this, bought together, may shorten the list of new titles."""

COPIES_OF_A_TITLE = 3
"""As many copies of one title may stand together on a shelf before a neighbour is missed."""

RECENTLY_ADDED = 2_000
"""Copies of a facility among which a new one finds its like."""

MOST_BESIDE = 10 * COPIES_OF_A_TITLE
"""Neighbours are looked for among so many copies on either side."""


def find_item(scanned: str, *, agency: str = "") -> Item:
    """The item with this barcode, or another number of it such as the UID of its tag. Refused("item-unknown").

    Without `agency`, a number that two agencies use is refused as unknown: the scanner's agency must then be named.
    """
    number = clean(scanned)
    found = [item for item in _items_numbered(barcode=number) if agency in {"", item.agency.code}]
    if not found:
        others = _with_places(
            Item.objects.filter(identifiers__value__in={number, tag_number(scanned)} - {""}).distinct()
        )
        found = [item for item in others if agency in {"", item.agency.code}]
    if len(found) != 1:
        raise Refused(Reason.of("item-unknown", barcode=number))
    return found[0]


def find_items(scanned: Iterable[str]) -> list[Item]:
    """The same of many numbers, each item once, in their order. Refused("item-unknown") for each number that is none's."""
    numbers = list(dict.fromkeys(scanned))
    found = known_items(numbers)
    if unknown := [number for number in numbers if number not in found]:
        raise Refused(*(Reason.of("item-unknown", barcode=clean(number)) for number in unknown))
    return list({found[number].pk: found[number] for number in numbers}.values())


def known_items(scanned: Iterable[str]) -> dict[str, Item]:
    """The same by what was scanned, without what is unknown: as many questions for a thousand numbers as for one."""
    spelt = {one: {clean(one)} - {""} for one in scanned}
    found = _by_what_was_said(spelt, _with_places(Item.objects.annotate(said=F("barcode"))), "barcode")
    others = {one: {*numbers, tag_number(one)} - {""} for one, numbers in spelt.items() if one not in found}
    if others:
        named = _with_places(Item.objects.annotate(said=F("identifiers__value")))
        found |= _by_what_was_said(others, named, "identifiers__value")
    return {one: next(iter(items.values())) for one, items in found.items() if len(items) == 1}


def _by_what_was_said(spelt: Mapping[str, set[str]], items: ItemQuerySet, where: str) -> dict[str, dict[int, Item]]:
    """For each of these the items that have one of its spellings, by row number; those without any are left out."""
    named: defaultdict[str, dict[int, Item]] = defaultdict(dict)
    for item in items.filter(AmongWords(where, listed(set[str]().union(*spelt.values())))):
        named[vars(item)["said"]][item.pk] = item
    found = {one: {pk: item for said in numbers for pk, item in named[said].items()} for one, numbers in spelt.items()}
    return {one: items for one, items in found.items() if items}


@prepared
def _items_numbered(barcode: str) -> ItemQuerySet:
    return _with_places(Item.objects.filter(barcode=barcode))


def get_item(pk: int) -> Item:
    """The item with this row number. Refused("item-unknown")."""
    found = _with_places(Item.objects.filter(pk=pk)).first()
    if found is None:
        raise Refused(Reason.of("item-unknown"))
    return found


def items_of(record_id: int) -> list[Item]:
    """The copies of one record that have not been withdrawn, by home and barcode."""
    return items_of_records([record_id]).get(record_id, [])


def items_of_records(record_ids: Iterable[int]) -> dict[int, list[Item]]:
    """The same for many records with one query. Records without copies are left out."""
    found: dict[int, list[Item]] = {}
    for item in _items_of(records=listed(record_ids)):
        found.setdefault(item.record_id, []).append(item)
    return found


@prepared
def _items_of(records: str) -> "QuerySet[Item]":
    items = _with_places(Item.objects.in_stock().filter(Among("record", records)))
    return items.order_by("home__listed_order", "call_number", "barcode")


def copies_with_home(record_ids: Iterable[int]) -> dict[int, list[Item]]:
    """The same with the facility where each belongs and what says where they are; nothing else of them is read."""
    found: dict[int, list[Item]] = {}
    for item in _copies_with_home(records=listed(record_ids)):
        found.setdefault(item.record_id, []).append(item)
    return found


@prepared
def _copies_with_home(records: str) -> "QuerySet[Item]":
    items = Item.objects.in_stock().filter(Among("record", records)).select_related("home")
    said = ("reference_only", "in_house_only", "stands_at", "searched_in_vain", "last_seen_at", "added_on")
    return items.only("record", "home__code", *said).order_by("home__listed_order", "call_number", "barcode")


def call_number_rules(agency: Agency) -> str:
    """How this agency makes call numbers, as text; the standard rules when it has said nothing."""
    said = CallNumberRules.objects.filter(agency=agency).values_list("text", flat=True).first()
    return said or standard_rules()


def suggested_call_number(title: Description, agency: Agency, *, volume: str = "") -> str:
    """By the agency's rules; empty when none fits."""
    return call_number(rules_of(call_number_rules(agency)), title, volume=volume)


def locations_of(facility_ids: Iterable[int]) -> list[ShelvingLocation]:
    """Where items can stand in these facilities, in walking order."""
    found = ShelvingLocation.objects.filter(facility_id__in=list(facility_ids)).select_related("facility")
    return list(found.order_by("facility__listed_order", "walk_order", "code"))


def usual_location(record: BibliographicRecord, home: Facility, call_number: str) -> ShelvingLocation | None:
    """Where a new copy would stand there: with the copies of its title; else where most of what was added last with the
    same first line on its spine stands; else most of the same kind. None when nothing of either kind is there."""
    there = Item.objects.in_stock().filter(home=home).exclude(location=None).order_by("-pk")
    if beside := there.filter(record=record).select_related("location").first():
        return beside.location
    rows = there.values_list("location_id", "call_number", "record__kind")[:RECENTLY_ADDED]
    same_kind = [(location, number.partition("/")[0]) for location, number, kind in rows if kind == record.kind]
    first_line = call_number.partition("/")[0]
    alike = [location for location, line in same_kind if line == first_line]
    usual = Counter(alike or [location for location, _line in same_kind]).most_common(1)
    return ShelvingLocation.objects.get(pk=usual[0][0]) if usual else None


def items_in_stock() -> Iterator[Item]:
    """Every copy not withdrawn, in the order of its record and without holding them all."""
    rows = Item.objects.in_stock().select_related("home").order_by("record_id", "pk")
    return rows.iterator(chunk_size=2_000)


def items_to_label(*, barcodes: Sequence[str] = (), home: str = "", since: date | None = None) -> list[Item]:
    """Copies in stock by barcode, for printing: these numbers, of one facility, added since a day."""
    items = _with_places(Item.objects.in_stock())
    if barcodes:
        items = items.filter(barcode__in=[clean(number) for number in barcodes])
    if home:
        items = items.filter(home__code=home)
    if since:
        items = items.filter(added_on__gte=since)
    return list(items.order_by("barcode"))


def _with_places(items: ItemQuerySet) -> ItemQuerySet:
    return items.select_related("record", "agency", "home", "location", "withdrawal").defer("record__marc")


def newest_records(limit: int) -> list[int]:
    """Record numbers of the titles whose copies came last, the newest first; each once. Periodicals come every day: not they."""
    rows = (
        Item.objects.in_stock()
        .exclude(material__in=PERIODICALS)
        .order_by("-pk")
        .values_list("record_id", flat=True)[: limit * COPIES_AT_ONCE]
    )
    return list(dict.fromkeys(rows))[:limit]


def neighbours(item: Item, *, each_side: int) -> list[Item]:
    """The copies that stand beside this one on its shelf, from left to right, itself among them; one copy of each title.

    Read of each: its call number, and title, creator and class of its record. Empty when nobody knows where it stands.
    """
    if item.location_id is None or not item.call_number:
        return []
    where = {"location": item.location_id, "record": item.record_id, "call_number": item.call_number}
    left, right = _standing_left(**where), _standing_right(**where)
    return [*reversed(_one_of_each_title(left, each_side)), item, *_one_of_each_title(right, each_side)]


@prepared
def _standing_left(location: int, record: int, call_number: str) -> "QuerySet[Item]":
    left = _on_the_shelf(location, record).filter(call_number__lt=call_number)
    return left.order_by("-call_number", "-pk")[:MOST_BESIDE]


@prepared
def _standing_right(location: int, record: int, call_number: str) -> "QuerySet[Item]":
    right = _on_the_shelf(location, record).filter(call_number__gte=call_number)
    return right.order_by("call_number", "pk")[:MOST_BESIDE]


def _on_the_shelf(location: int, record: int) -> ItemQuerySet:
    shelf = Item.objects.in_stock().filter(location=location).exclude(record=record).select_related("record")
    return shelf.only("call_number", "record__title", "record__creator", "record__ndc")


def _one_of_each_title(items: Sequence[Item], most: int) -> list[Item]:
    found: dict[int, Item] = {}
    for item in items[: most * COPIES_OF_A_TITLE]:
        found.setdefault(item.record_id, item)
    return list(found.values())[:most]


def tag_of(item: Item) -> Tagging | None:
    """What is noted of its IC tag now."""
    return Tagging.objects.filter(item=item, ended_at=None).first()


@dataclass(frozen=True)
class TaggedPlace:
    """How far the tagging of one location of one facility is."""

    facility: Facility
    location: ShelvingLocation | None
    tagged: int
    to_tag: int
    not_taggable: int
    """Noted as such, or another library's."""

    @property
    def whole(self) -> int:
        """What is tagged or is to be."""
        return self.tagged + self.to_tag


def tagging_progress(facility: Facility | None = None) -> list[TaggedPlace]:
    """By site and location, in the order of lists and of the walk; of one site, or of the whole network."""
    items = Item.objects.in_stock().filter(home=facility) if facility else Item.objects.in_stock()
    noted = Tagging.objects.filter(ended_at=None, item__withdrawal=None, item__origin="own")
    if facility:
        noted = noted.filter(item__home=facility)
    stock = items.order_by().values_list("home", "location").annotate(n=Count("pk"), own=Count("pk", Q(origin="own")))
    done = noted.order_by().values_list("item__home", "item__location")
    counts = {(home, place): (tagged, all_noted - tagged) for home, place, all_noted, tagged in done.annotate(
        n=Count("pk"), tagged=Count("pk", ~Q(tag="")))}  # fmt: skip
    homes = Facility.objects.in_bulk({home for home, *_ in stock})
    places = ShelvingLocation.objects.in_bulk({place for _, place, *_ in stock if place})
    rows = []
    for home, place, count, own in stock:
        tagged, marked = counts.get((home, place), (0, 0))
        left = own - tagged - marked
        rows.append(TaggedPlace(homes[home], places.get(place or 0), tagged, left, count - own + marked))
    return sorted(rows, key=_walked)


def _walked(row: TaggedPlace) -> tuple[int, str, bool, int, str]:
    place = row.location
    there = (False, place.walk_order, place.code) if place else (True, 0, "")
    return (row.facility.listed_order, row.facility.code, *there)


def items_to_tag(facility: Facility) -> Iterator[Item]:
    """Copies of this site without a tag, in the order of the walk along its shelves, without holding them all."""
    noted = Tagging.objects.filter(item=OuterRef("pk"), ended_at=None)
    missing = _with_places(Item.objects.in_stock().filter(home=facility, origin="own").exclude(Exists(noted)))
    return missing.order_by("location__walk_order", "location__code", "call_number", "barcode").iterator(2_000)


def kept_aside_at(facility: Facility, *, limit: int) -> list[KeptAside]:
    """What waits here for somebody's work, the longest first, with item and title."""
    rows = KeptAside.objects.filter(facility=facility, ended_at=None).select_related("item__record")
    return list(rows.defer("item__record__marc").order_by("since", "pk")[:limit])


def kept_aside(item: Item) -> bool:
    return KeptAside.objects.filter(item=item, ended_at=None).exists()


def new_home_of(item: Item) -> Facility | None:
    """Where it is to belong once it has come there; None when it stays where it belongs."""
    row = Relocation.objects.filter(item=item, ended_at=None).select_related("home").first()
    return row.home if row else None
