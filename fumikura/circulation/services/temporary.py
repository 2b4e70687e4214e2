"""仮施設: a site works from another house for a time. Everything that is said of it follows; its own stock rests if need be."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fumikura.circulation.models import Allotment, TemporarySite
from fumikura.circulation.network_events import TemporarySiteEnded, TemporarySiteOpened
from fumikura.circulation.services.binding import replace_copy
from fumikura.circulation.services.scene import Scene, lock_item_row
from fumikura.holdings.models import FrozenStock
from fumikura.holdings.services import freeze_stock, thaw_stock
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.services import change_facility


@transaction.atomic
def open_temporary_site(
    *,
    facility: Facility,
    until: date,
    address: str,
    opens: time,
    closes: time,
    by: Actor,
    at: datetime,
    postcode: str = "",
    phone: str = "",
    note: str = "",
    stock: str = "stays",
) -> TemporarySite:
    """From now on the site is elsewhere, with these hours. `stock`: "stays" (neither picked nor returned to) or "moves" along.

    What stood on its pick list is let go. Without `phone` its number goes along; without `address` it stays where it is.
    Refused: temporary-already, ends-before-it-starts, telephone-wrong, postcode-wrong.
    """
    by.require("organisation.configure")
    if TemporarySite.objects.filter(facility=facility, ended_at=None).exists():
        raise Refused(Reason("temporary-already"))
    on = timezone.localdate(at)
    if until < on:
        raise Refused(Reason("ends-before-it-starts"))
    before = {
        "postcode": facility.postcode,
        "address": facility.address,
        "phone": facility.phone,
        "opens": facility.opens.isoformat(),
        "closes": facility.closes.isoformat(),
    }
    rests = stock == "stays" and not FrozenStock.objects.filter(facility=facility, ended_at=None).exists()
    if rests:
        freeze_stock(facility, by=by, at=at)
        _let_go_of_the_pick_list(facility, Scene(by, at))
    where = {"postcode": postcode, "address": address} if address else {}
    number = {"phone": phone} if phone else {}
    change_facility(facility=facility, opens=opens, closes=closes, **where, **number, by=by, at=at)
    row = TemporarySite.objects.create(
        facility=facility, since=on, until=until, note=note, before=before, has_frozen=rests, made_at=at
    )
    opened = TemporarySiteOpened(facility=facility.code, until=until.isoformat())
    Scene(by, at).record(opened, f"organisation.facility:{facility.code}")
    return row


def _let_go_of_the_pick_list(facility: Facility, scene: Scene) -> None:
    """Nobody will fetch what stands here: each reader gets another copy at once, or the old place in the queue."""
    standing = Q(item__stands_at=facility) | Q(item__stands_at=None, item__home=facility)
    listed = Allotment.objects.open().filter(standing, picked_at=None)
    for one in listed.select_related("title__hold__pickup", "title__hold__patron", "item").order_by("item_id"):
        lock_item_row(one.item)
        if _is_still_listed(one):
            replace_copy(one, scene)


def _is_still_listed(one: Allotment) -> bool:
    """Asked under the lock on its item: a desk may have had it in the hand a moment ago."""
    return Allotment.objects.open().filter(pk=one.pk, picked_at=None).exists()


@transaction.atomic
def end_temporary_site(*, facility: Facility, by: Actor, at: datetime) -> None:
    """Back in its own house: address, telephone and hours as before, and its stock moves again. Refused("temporary-none")."""
    by.require("organisation.configure")
    row = TemporarySite.objects.select_for_update().filter(facility=facility, ended_at=None).first()
    if row is None:
        raise Refused(Reason("temporary-none"))
    change_facility(
        facility=facility,
        postcode=row.before["postcode"],
        address=row.before["address"],
        phone=row.before["phone"],
        opens=time.fromisoformat(row.before["opens"]),
        closes=time.fromisoformat(row.before["closes"]),
        by=by,
        at=at,
    )
    if row.has_frozen:
        thaw_stock(facility, by=by, at=at)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    ended = TemporarySiteEnded(facility=facility.code)
    Scene(by, at).record(ended, f"organisation.facility:{facility.code}")


def temporary_site_of(facility: Facility) -> TemporarySite | None:
    """Where it is meanwhile; None when it is at home."""
    return TemporarySite.objects.filter(facility=facility, ended_at=None).first()
