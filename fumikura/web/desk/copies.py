"""Copies as staff look them up: where each one is, never who has it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fumikura.circulation.queries import ItemState, states_of
from fumikura.holdings.models import Item
from fumikura.organisation.queries import facilities
from fumikura.web.desk.words import grouped, spoken_name, state_line, title_of


@dataclass(frozen=True)
class Copy:
    record_id: int
    title: str
    creator: str
    barcode: str
    call_number: str
    home: str
    state: str
    kind: str
    """The kind of `tag` that fits the state."""


def copies_of(items: list[Item], *, at: datetime) -> list[Copy]:
    states = states_of(items, at)
    names = {place.code: place.short_name or place.name for place in facilities()}
    return [_copy(one, states[one.pk], names, timezone.localdate(at)) for one in items]


def _copy(item: Item, state: ItemState, names: dict[str, str], today: date) -> Copy:
    return Copy(
        record_id=item.record_id,
        title=title_of(item),
        creator=spoken_name(item.record.creator),
        barcode=grouped(item.barcode),
        call_number=item.call_number,
        home=item.home.short_name or item.home.name,
        state=state_line(state, names.get(state.destination, state.destination), today),
        kind="ok" if state.kind == "on-shelf" else "wait",
    )
