"""コンテナ: filled at one site, read at every stop, unpacked at another. Its list never overrules what a book is."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from fumikura.circulation.models import Crate, CrateLine, CrateReading, Transit
from fumikura.circulation.network_events import CrateClosed, CrateSeen
from fumikura.circulation.services.journeys import see_on_its_way
from fumikura.circulation.services.returns import CheckedIn, check_in
from fumikura.circulation.services.scene import Scene, find
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility

LONGEST_NUMBER = 30


def find_crate(scanned: str) -> Crate:
    """The crate under way with this label. Refused("crate-unknown")."""
    rows = Crate.objects.open().select_related("origin", "destination", "seen_facility")
    if crate := rows.filter(number=clean(scanned)).first():
        return crate
    raise Refused(Reason.of("crate-unknown", number=clean(scanned)[:LONGEST_NUMBER]))


@transaction.atomic
def pack(*, item: Item, crate: str, to: Facility | None = None, by: Actor, at: datetime) -> Crate:
    """Lay a travelling item into the crate with this label; an empty crate is begun for `to`, or for the item's destination.

    Refused: not-travelling (scan it as a return first), wrong-crate.
    """
    by.require("circulation.pack")
    scene = Scene(by, at)
    where = find(item)
    if where.transit is None:
        raise Refused(Reason("item-on-loan") if where.loan else Reason("not-travelling"))
    destination = where.transit.destination
    filling = _locked(crate) or _begin(crate, to or destination, scene)
    if filling.destination_id != destination.pk:
        raise Refused(Reason.of("wrong-crate", to=destination.code))
    CrateLine.objects.filter(item=item, unpacked_at=None).exclude(crate=filling).update(unpacked_at=at)
    CrateLine.objects.get_or_create(crate=filling, item=item, unpacked_at=None, defaults={"packed_at": at})
    see_on_its_way(where.transit, where.item, scene)
    return filling


def _locked(number: str) -> Crate | None:
    rows = Crate.objects.open().select_for_update(of=("self",)).select_related("destination")
    return rows.filter(number=clean(number)).first()


def _begin(number: str, to: Facility, scene: Scene) -> Crate:
    label = clean(number)
    if not label or len(label) > LONGEST_NUMBER:
        raise Refused(Reason.of("crate-unknown", number=label[:LONGEST_NUMBER]))
    return Crate.objects.create(number=label, origin=scene.site, destination=to, opened_at=scene.at)


@transaction.atomic
def send_crate(*, crate: Crate, by: Actor, at: datetime) -> Crate:
    """Hand it to the van: its list is the manifest."""
    return _seen(crate, by, at, leaves=True)


@transaction.atomic
def receive_crate(*, crate: Crate, by: Actor, at: datetime) -> tuple[Crate, tuple[str, ...]]:
    """A crate is read at a stop: all in it was seen there, no journey ends; at its destination it is unpacked next."""
    read = _seen(crate, by, at, leaves=False)
    return read, () if read.destination.code == by.facility else ("still-on-its-way",)


def _seen(crate: Crate, by: Actor, at: datetime, *, leaves: bool) -> Crate:
    row = read_on_the_way(crate, by=by, at=at, leaves=leaves)
    arrives = row.destination.code == by.facility and not leaves
    leg = "loaded" if leaves else "arrived" if arrives else "passed"
    CrateReading.objects.create(crate=row, facility=Scene(by, at).site, read_at=at, leg=leg)
    return row


def read_on_the_way(crate: Crate, *, by: Actor, at: datetime, leaves: bool) -> Crate:
    """A step of the verbs that read a label: all in the crate was seen where `by` is."""
    by.require("circulation.pack")
    scene = Scene(by, at)
    row = Crate.objects.open().select_for_update(of=("self",)).select_related("destination").filter(pk=crate.pk).first()
    if row is None:
        raise Refused(Reason.of("crate-unknown", number=crate.number))
    items = list(row.lines.filter(unpacked_at=None).order_by("item_id").values_list("item", flat=True))
    Transit.objects.open().filter(item__in=items).update(seen_at=at, seen_facility=scene.site)
    row.seen_at, row.seen_facility = at, scene.site
    if leaves:
        row.left_at = at
    row.save(update_fields=["seen_at", "seen_facility", "left_at"])
    seen = CrateSeen(crate=row.pk, items=tuple(items), destination=row.destination.code)
    scene.record(seen, f"circulation.crate:{row.pk}")
    return row


@transaction.atomic
def unpack(*, item: Item, crate: Crate, by: Actor, at: datetime) -> CheckedIn:
    """Take one thing out: handled by what it is, as any scan; "manifest-extra" when its list does not
    name it. What lay in the wrong crate is out of the right one, too.
    """
    by.require("circulation.pack")
    lines = CrateLine.objects.filter(item=item, unpacked_at=None)
    listed = lines.filter(crate=crate).exists()
    lines.update(unpacked_at=at)
    back = check_in(item=item, by=by, at=at)
    if listed:
        return back
    return CheckedIn(back.stop, back.loan, ("manifest-extra", *back.messages))


@transaction.atomic
def close_crate(*, crate: Crate, by: Actor, at: datetime) -> tuple[str, ...]:
    """Unpacking is finished; what did not come out is named ("manifest-short:BARCODE") and goes on being looked for."""
    by.require("circulation.pack")
    row = Crate.objects.open().select_for_update().filter(pk=crate.pk).first()
    if row is None:
        raise Refused(Reason.of("crate-unknown", number=crate.number))
    # What was scanned by itself meanwhile has ended that journey or is on another: it is not looked for.
    on_the_way = Transit.objects.open().filter(item=OuterRef("item"), sent_at__lte=OuterRef("packed_at"))
    missed = row.lines.filter(Exists(on_the_way), unpacked_at=None)
    short = list(missed.select_related("item").order_by("item__barcode"))
    row.lines.filter(unpacked_at=None).update(unpacked_at=at)
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    closed = CrateClosed(crate=row.pk, not_in_it=tuple(line.item_id for line in short))
    Scene(by, at).record(closed, f"circulation.crate:{row.pk}")
    return tuple(f"manifest-short:{line.item.barcode}" for line in short)
