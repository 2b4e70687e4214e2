"""Copies as staff look them up: where each one is, never who has it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fumikura.circulation.queries import ItemState, states_of
from fumikura.discovery.queries import parse, search
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of_records
from fumikura.kernel.japanese import spoken_name
from fumikura.organisation.queries import facilities
from fumikura.web.desk.words import grouped, name_of, state_line, title_of

MOST_TITLES = 20


@dataclass(frozen=True)
class Copy:
    item_id: int
    record_id: int
    title: str
    creator: str
    barcode: str
    call_number: str
    home: str
    state: str
    kind: str
    """The kind of `tag` that fits the state."""


def copies_found(item: Item | None, words: str, *, at: datetime) -> list[Copy]:
    """The copy that was scanned, or the copies of the titles that these words find."""
    items = [item] if item else _of_titles(words)
    states = states_of(items, at)
    names = {place.code: name_of(place) for place in facilities()}
    return [_copy(one, states[one.pk], names, timezone.localdate(at)) for one in items]


def _of_titles(words: str) -> list[Item]:
    hits = search(parse(words), rows=MOST_TITLES, facets=()).hits
    by_record = items_of_records([hit.record_id for hit in hits])
    return [item for hit in hits for item in by_record.get(hit.record_id, ())]


def _copy(item: Item, state: ItemState, names: dict[str, str], today: date) -> Copy:
    return Copy(
        item_id=item.pk,
        record_id=item.record_id,
        title=title_of(item),
        creator=spoken_name(item.record.creator),
        barcode=grouped(item.barcode),
        call_number=item.call_number,
        home=name_of(item.home),
        state=state_line(state, item, lambda code: names.get(code, code), today),
        kind="ok" if state.kind == "on-shelf" else "wait",
    )
