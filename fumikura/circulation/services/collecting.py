"""A set that is wanted together is collected at its pickup: what lies there, and what later sets give up for it."""

from django.db.models import Q

from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace
from fumikura.circulation.rules.explaining import Chosen
from fumikura.circulation.rules.holding import FreeCopy
from fumikura.circulation.services.binding import bind, let_go, requeue
from fumikura.circulation.services.queue import route
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item


def complete_set(hold: Hold, scene: Scene) -> int | None:
    """How many volumes collected for later readers make this set whole; None while it is not.

    They are taken only when nothing is missing then. One that is collected at another pickup leaves from there when it is
    scanned: two sets that hold each other's volume never wait for ever.
    """
    missing = [title for title in hold.titles.filter(done_at=None) if not _lies_here(title, scene)]
    lent: list[tuple[HoldTitle, Allotment, ShelfPlace]] = []
    for title in missing:
        found = _collected_for_later(title, hold, scene)
        if found is None or Allotment.objects.open().filter(title=title).exists():
            return None
        lent.append((title, *found))
    for title, given_up, place in lent:
        let_go(given_up, scene)
        requeue(given_up.title, given_up.item, scene)
        bind(title, given_up.item, scene, picked=True, chosen=_lay_there(place, given_up, hold))
    return len(lent) if all(place.facility_id == scene.site.pk for _, _, place in lent) else None


def _lies_here(title: HoldTitle, scene: Scene) -> bool:
    here = ShelfPlace.objects.open().filter(facility=scene.site).values("item")
    return Allotment.objects.open().filter(title=title, item__in=here).exists()


def _collected_for_later(title: HoldTitle, hold: Hold, scene: Scene) -> tuple[Allotment, ShelfPlace] | None:
    """A copy that lies, unannounced, for a set of somebody who comes later: here, else at that set's own pickup."""
    later = Q(title__hold__accepted_at__gt=hold.accepted_at) | Q(
        title__hold__accepted_at=hold.accepted_at, title__hold__entered_at__gt=hold.entered_at
    )
    theirs = Allotment.objects.open().filter(later, item__record=title.record_id).exclude(title__hold=hold)
    if title.item_id:
        theirs = theirs.filter(item=title.item_id)
    theirs = theirs.filter(title__hold__kind=Hold.Kind.TOGETHER).select_related("title__hold__patron", "item")
    found: tuple[Allotment, ShelfPlace] | None = None
    for one in theirs.order_by("-title__hold__accepted_at", "-title__hold__entered_at", "-title__hold"):
        places = ShelfPlace.objects.open().filter(item=one.item_id, ready_on=None).select_related("facility")
        if place := places.first():
            if place.facility_id == scene.site.pk:
                return one, place
            found = found or (one, place)
    return found


def _lay_there(place: ShelfPlace, given_up: Allotment, hold: Hold) -> Chosen:
    copy, ring = FreeCopy(given_up.item_id, place.facility.code), route()
    return Chosen(copy, (copy,), hold.pickup.code, ring.stops, ring.on_call)


def items_here(hold: Hold, scene: Scene) -> list[Item]:
    """The volumes of the set that lie at its pickup."""
    here = ShelfPlace.objects.open().filter(facility=scene.site).values("item")
    return list(Item.objects.filter(allotments__title__hold=hold, allotments__ended_at=None, pk__in=here))
