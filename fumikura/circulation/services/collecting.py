"""A set that is wanted together is collected at its pickup: what lies there, and what later sets give up for it."""

from django.db.models import Q

from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace
from fumikura.circulation.rules.explaining import Chosen
from fumikura.circulation.rules.holding import FreeCopy
from fumikura.circulation.services.binding import bind, let_go, lock_hold, lock_hold_unless_at_work, requeue
from fumikura.circulation.services.copies import lock_unless_in_hand
from fumikura.circulation.services.queue import route
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item


def complete_set(hold: Hold, scene: Scene) -> int | None:
    """How many volumes collected for later readers make this set whole; None while it is not.

    They are taken only when nothing is missing then. One that is collected at another pickup leaves from there when it is
    scanned: two sets that hold each other's volume never wait for ever.

    Desks that each lay down a volume of one set look one after the other. A volume that somebody has in the hand just now
    counts as not there yet: whoever has it, or the night, finds the set whole.
    """
    lock_hold(hold.pk)
    missing = [title for title in hold.titles.filter(done_at=None) if not _lies_here(title, scene)]
    if Allotment.objects.open().filter(title__in=missing).exists():
        return None
    lent: list[tuple[HoldTitle, Allotment, ShelfPlace]] = []
    for title in missing:
        found = _collected_for_later(title, hold, scene)
        if found is None:
            return None
        lent.append((title, *found))
    for title, given_up, place in lent:
        let_go(given_up, scene)
        requeue(given_up.title, given_up.item, scene)
        bind(title, given_up.item, scene, picked=True, chosen=_lay_there(place, given_up, hold))
    return len(lent) if all(place.facility_id == scene.site.pk for _, _, place in lent) else None


def _lies_here(title: HoldTitle, scene: Scene) -> bool:
    lying = ShelfPlace.objects.open().filter(facility=scene.site).values("item")
    here = Allotment.objects.open().filter(title=title, item__in=lying)
    return any(lock_unless_in_hand(item) and here.exists() for item in here.values_list("item", flat=True))


def _collected_for_later(title: HoldTitle, hold: Hold, scene: Scene) -> tuple[Allotment, ShelfPlace] | None:
    """A copy that lies, unannounced, for a set of somebody who comes later: here, else at that set's own pickup."""
    later = Q(title__hold__accepted_at__gt=hold.accepted_at) | Q(
        title__hold__accepted_at=hold.accepted_at, title__hold__entered_at__gt=hold.entered_at
    )
    theirs = Allotment.objects.open().filter(later, item__record=title.record_id).exclude(title__hold=hold)
    if title.item_id:
        theirs = theirs.filter(item=title.item_id)
    theirs = theirs.filter(title__hold__kind=Hold.Kind.TOGETHER).select_related("title__hold__patron", "item")
    rows = list(theirs.order_by("-title__hold__accepted_at", "-title__hold__entered_at", "-title__hold"))
    found = [(one, place) for one in rows if (place := _unannounced(one))]
    for one, place in sorted(found, key=lambda pair: pair[1].facility_id != scene.site.pk):
        if _may_be_taken(one, place):
            return one, place
    return None


def _unannounced(one: Allotment) -> ShelfPlace | None:
    return ShelfPlace.objects.open().filter(item=one.item_id, ready_on=None).select_related("facility").first()


def _may_be_taken(one: Allotment, place: ShelfPlace) -> bool:
    """Lock the copy and the set that gives it up, and look again. Neither is waited for: both come after this set's lock."""
    if not (lock_unless_in_hand(one.item_id) and lock_hold_unless_at_work(one.title.hold_id)):
        return False
    now = _unannounced(one)
    return now is not None and now.pk == place.pk and Allotment.objects.open().filter(pk=one.pk).exists()


def _lay_there(place: ShelfPlace, given_up: Allotment, hold: Hold) -> Chosen:
    copy, ring = FreeCopy(given_up.item_id, place.facility.code), route()
    return Chosen(copy, (copy,), hold.pickup.code, ring.stops, ring.on_call)


def items_here(hold: Hold, scene: Scene) -> list[Item]:
    """The volumes of the set that lie at its pickup."""
    here = ShelfPlace.objects.open().filter(facility=scene.site).values("item")
    return list(Item.objects.filter(allotments__title__hold=hold, allotments__ended_at=None, pk__in=here))
