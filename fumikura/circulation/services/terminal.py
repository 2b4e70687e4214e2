"""図書館ターミナル: a counter without stock. Crates are received whole; what lies ready is handed out from its place in the crate."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fumikura.circulation.models import Crate, CrateLine, ShelfPlace
from fumikura.circulation.rules.returning import OnHoldShelf, SendTo
from fumikura.circulation.services.crates import close_crate, pack, receive_crate, unpack
from fumikura.circulation.services.returns import CheckedIn, check_in
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that lies ready here for a reader."""

    item: Item
    place: ShelfPlace
    crate: str
    """In which crate it came; empty when it was laid on the shelf by hand."""
    position: int
    """Its place in that crate, from the front."""


def waiting_for_reader(patron: Patron, facility: Facility) -> list[Waiting]:
    """What this reader may take with them here, crate by crate."""
    rows = ShelfPlace.objects.open().filter(
        facility=facility, item__allotments__ended_at=None, item__allotments__title__hold__patron=patron
    )
    places = list(rows.exclude(ready_on=None).select_related("item__record", "item__home").distinct())
    return sorted((_waiting(place) for place in places), key=lambda one: (one.crate, one.position))


def _waiting(place: ShelfPlace) -> Waiting:
    line = CrateLine.objects.filter(item=place.item_id, crate__destination=place.facility_id).order_by("-pk").first()
    if line is None:
        return Waiting(item=place.item, place=place, crate="", position=0)
    before = CrateLine.objects.filter(crate=line.crate_id, pk__lte=line.pk).count()
    return Waiting(item=place.item, place=place, crate=line.crate.number, position=before)


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A crate received whole."""

    crate: Crate
    ready: int
    doors: tuple[tuple[str, str], ...]
    """(barcode, door) at a locker, where nothing stays in the crate."""
    elsewhere: tuple[tuple[str, str], ...]
    """(barcode, facility code) of what does not stay here: it goes on with the next van."""


@transaction.atomic
def receive_whole_crate(*, crate: Crate, by: Actor, at: datetime) -> Arrived:
    """Everything on the list is scanned at once and stays in the crate, in its order; at a locker it goes behind doors. Refused: crate-unknown."""
    receive_crate(crate=crate, by=by, at=at)
    ready, doors, elsewhere = 0, [], []
    for line in crate.lines.filter(unpacked_at=None).select_related("item").order_by("pk"):
        back = unpack(item=line.item, crate=crate, by=by, at=at)
        if isinstance(back.stop, OnHoldShelf):
            ready += 1
            told = [one.about for one in map(Reason, back.messages) if one.kind == "put-in-locker"]
            doors += [(line.item.barcode, door) for door in told]
        else:
            elsewhere.append((line.item.barcode, back.stop.to))
    close_crate(crate=crate, by=by, at=at)
    return Arrived(crate=crate, ready=ready, doors=tuple(doors), elsewhere=tuple(elsewhere))


@transaction.atomic
def return_into_crate(*, item: Item, facility: Facility, by: Actor, at: datetime) -> tuple[CheckedIn, Crate | None]:
    """Take something back and lay it into the crate that stands open for its next stop; None when none stands open."""
    back = check_in(item=item, by=by, at=at)
    if not isinstance(back.stop, SendTo):
        return back, None
    rows = Crate.objects.open().filter(origin=facility, destination__code=back.stop.to, left_at=None)
    crate = rows.order_by("-pk").first()
    if crate is None:
        return back, None
    try:
        return back, pack(item=item, crate=crate.number, by=by, at=at)
    except Refused:
        return back, None
