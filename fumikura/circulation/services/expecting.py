"""What a reader who waits is shown: the state read off the copies, the place in the queue, an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from fumikura.circulation.models import Allotment, Hold, HoldTitle, Loan, ShelfPlace, Transit
from fumikura.circulation.rules.expecting import Expected, expected
from fumikura.circulation.rules.holding import sleeps, state_of_hold
from fumikura.circulation.rules.travelling import Leg
from fumikura.circulation.services.copies import copies_that_could_serve
from fumikura.circulation.services.queue import copies_of_titles, waiting_line
from fumikura.circulation.services.routes import way_between
from fumikura.circulation.services.scene import calendar_to_collect
from fumikura.circulation.services.stays import usual_turn
from fumikura.holdings.models import Item, Missing
from fumikura.kernel.refusals import Reason
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for
from fumikura.patrons.models import Patron
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

LATE_DAYS = 7
"""When an overdue copy is hoped for."""
PICKING_TIME = timedelta(hours=3)
"""From the pick list to the van's shelf."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One hold as its reader sees it. Nothing in it is about anybody else."""

    hold: Hold
    titles: tuple[HoldTitle, ...]
    state: str
    """waiting, allotted, travelling, collecting, ready, or how it was closed."""
    position: int = 0
    """1 is next; 0 when it has a copy or sleeps."""
    waiting: int = 0
    """How many wait for the title."""
    copies: int = 0
    expected: Expected | Reason | None = None
    """When it may come; a reason (kernel.reasons.WHY) when nobody can tell."""
    arrives_at: datetime | None = None
    """By the van's timetable, for a copy that has been found or is on its way."""
    way: tuple[Leg, ...] = ()
    """By which vans the last of its copies comes."""
    until: date | None = None
    """The last day to collect."""
    is_late: bool = False
    """On its way, and should have been here by the van's timetable on a day that is over."""
    is_asleep: bool = False


def holds_of(patron: Patron, at: datetime) -> list[Standing]:
    """Everything the reader waits for, what can be collected first."""
    rows = Hold.objects.open().filter(patron=patron).select_related("pickup").order_by("accepted_at", "pk")
    order = ("ready", "travelling", "allotted", "collecting", "waiting")
    return sorted((standing_of_hold(hold, at) for hold in rows), key=lambda one: order.index(one.state))


def standing_of_hold(hold: Hold, at: datetime) -> Standing:
    """Where one hold stands: in the queue, bound, on its way, or ready; with what may be expected."""
    titles = tuple(HoldTitle.objects.filter(hold=hold).select_related("record").order_by("place", "pk"))
    on = timezone.localdate(at)
    state = state_of_hold(hold.closed_as, copies_of_titles([title.pk for title in titles]).values())
    asleep = sleeps(on, first=hold.suspended_from, last=hold.suspended_until)
    seen = Standing(hold=hold, titles=titles, state=state, is_asleep=asleep)
    if state == "ready":
        return replace(seen, until=_until(hold))
    if state in {"allotted", "travelling"}:
        arrives_at, way = _arrives(hold, at)
        if arrives_at and timezone.localdate(arrives_at) < on:
            return replace(seen, is_late=True)
        return replace(seen, arrives_at=arrives_at, way=way)
    if state != "waiting":
        return seen
    if asleep:
        return replace(seen, expected=Reason("estimate-asleep"))
    wanted = next((title for title in titles if title.done_at is None), titles[0])
    line = waiting_line(wanted.record_id, on)
    position = line.index(hold.pk) + 1 if hold.pk in line else 0
    return replace(
        seen,
        position=position,
        waiting=len(line),
        copies=len(_serving(wanted.record_id)),
        expected=_expected(wanted, position, on) if position else None,
    )


def waiting_for(record: int) -> int:
    """How many readers wait for a title and have no copy yet: for everybody to see."""
    return sum(_waiting(record=record))


@prepared
def _waiting(record: int) -> "QuerySet[HoldTitle, int]":
    titles = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None)
    waiting = titles.exclude(allotments__in=Allotment.objects.open()).order_by().values("record")
    return waiting.annotate(holds=Count("hold", distinct=True)).values_list("holds", flat=True)


def _until(hold: Hold) -> date | None:
    places = ShelfPlace.objects.open().filter(item__allotments__title__hold=hold, item__allotments__ended_at=None)
    return places.exclude(until=None).order_by("until").values_list("until", flat=True).first()


def _arrives(hold: Hold, at: datetime) -> tuple[datetime | None, tuple[Leg, ...]]:
    """The last of its copies to come, and its way."""
    ways: list[tuple[datetime, tuple[Leg, ...]]] = []
    bound = Allotment.objects.open().filter(title__hold=hold)
    for allotment in bound.select_related("item__home", "item__stands_at"):
        journey = (
            Transit.objects.open().filter(item=allotment.item_id).select_related("origin", "seen_facility").first()
        )
        place = allotment.item.stands_at or allotment.item.home
        if journey:
            place = journey.seen_facility or journey.origin
        ready = journey.seen_at or journey.sent_at if journey else _at_work(at, place) + PICKING_TIME
        if place.pk == hold.pickup_id:
            ways.append((ready, ()))
        elif legs := way_between(place, hold.pickup, ready):
            ways.append((timezone.make_aware(legs[-1].arrives), legs))
        else:
            return None, ()
    if not ways:
        return None, ()
    last, legs = max(ways, key=lambda way: way[0])
    return _when_open(last, hold.pickup), legs


def _at_work(at: datetime, site: Facility) -> datetime:
    """Nobody goes along the shelves on a day off, or in the night."""
    local = timezone.localtime(at)
    calendar = calendar_for(site)
    day = calendar.next_open(_today_or_after_hours(local, site))
    opening = timezone.make_aware(datetime.combine(day, site.opens))
    return max(at, opening)


def _today_or_after_hours(local: datetime, site: Facility) -> date:
    """The next day once the doors have been shut; a place that is open all night shuts at no hour after it opens."""
    is_shut = site.opens < site.closes <= local.time()
    return local.date() + timedelta(days=1) if is_shut else local.date()


def _when_open(at: datetime, pickup: Facility) -> datetime:
    """Nobody unpacks on a day off, or when the doors have been shut: then the next open day, when they open."""
    local = timezone.localtime(at)
    day = calendar_to_collect(pickup).next_open(_today_or_after_hours(local, pickup))
    return at if day == local.date() else timezone.make_aware(datetime.combine(day, pickup.opens))


def _serving(record: int) -> Sequence[Item]:
    return _serving_items(record=record)


@prepared
def _serving_items(record: int) -> "QuerySet[Item]":
    items = Item.objects.filter(record=record, withdrawal=None, reference_only=False, in_house_only=False, origin="own")
    return items.exclude(missings__in=Missing.objects.filter(found_at=None)).only("pk", "material")


def _expected(title: HoldTitle, position: int, on: date) -> Expected | Reason:
    items = [item for item in _serving(title.record_id) if title.item_id in {None, item.pk}]
    return _estimate(title.record_id, items, position, on)


def estimate_for_title(record: int, at: datetime) -> Expected | Reason:
    """For somebody who would ask now. A reason when nobody can tell."""
    on = timezone.localdate(at)
    return _estimate(record, _serving(record), len(waiting_line(record, on)) + 1, on)


def _estimate(record: int, items: Sequence[Item], position: int, on: date) -> Expected | Reason:
    loans = _loans_of(items=listed(item.pk for item in items)) if items else []
    due = {item: due_on for item, due_on, lost_at in loans if lost_at is None}
    lost = {item for item, _due_on, lost_at in loans if lost_at is not None}
    present = [item for item in items if item.pk not in lost]
    if not present:
        return Reason("estimate-no-copy")
    turn = usual_turn(record, present[0].material)
    if turn is None:
        return Reason("estimate-no-history")
    # A copy in other hands than a borrower's is on its way to a reader before us.
    elsewhere = on + timedelta(days=turn.slow)
    free_on = [_back_on(due.get(item.pk), elsewhere, on) for item in present]
    free_on += [on] * copies_that_could_serve(record, on).count("free")
    found = expected(position=position, free_on=free_on, turn=turn, travel_days=2)
    return found or Reason("estimate-no-copy")


def _back_on(due_on: date | None, elsewhere: date, on: date) -> date:
    if due_on is None:
        return elsewhere
    return due_on if due_on >= on else on + timedelta(days=LATE_DAYS)


@prepared
def _loans_of(items: str) -> "QuerySet[Loan, tuple[int, date, datetime | None]]":
    return Loan.objects.open().filter(Among("item", items)).values_list("item", "due_on", "lost_at")
