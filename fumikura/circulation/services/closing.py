"""A site closes at short notice, with a preview before and a way back after."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from fumikura.circulation.models import Allotment, Closure, Hold, Loan, ShelfPlace
from fumikura.circulation.network_events import SiteClosed, SiteReopened
from fumikura.circulation.rules.closing import kept_until
from fumikura.circulation.services.holds import collect_at, open_under_lock
from fumikura.circulation.services.scene import Scene, calendar_to_collect
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for
from fumikura.organisation.rules import Calendar
from fumikura.organisation.services.emergencies import close_days, give_back_days

LONGEST = 400
"""Days; a longer closure is a change of the calendar."""


@dataclass(frozen=True, kw_only=True)
class ClosurePlan:
    """What closing would do. Counts only."""

    days: tuple[date, ...]
    """The days that are open now."""
    holds: int
    """Readers who wait to collect there."""
    kept_longer: int
    """Things on the hold shelf whose last day moves; 0 when the readers are moved elsewhere."""
    leaving: int
    """Things that lie ready there for readers who are moved: to be fetched and scanned; 0 without a substitute."""
    due: int
    """Loans made there that are due on one of the days: shift_due_dates moves them."""


def plan_closure(*, facility: Facility, first_on: date, last_on: date, substitute: Facility | None) -> ClosurePlan:
    """The preview: nothing is written. Refused as close_site refuses."""
    _check(facility, first_on, last_on, substitute)
    calendar = calendar_for(facility)
    days = _open_days(calendar, first_on, last_on)
    return ClosurePlan(
        days=days,
        holds=Hold.objects.open().filter(pickup=facility).count(),
        kept_longer=0 if substitute else len(_longer(facility, days)),
        leaving=_lying_for([facility.pk])[facility.pk, facility.pk] if substitute else 0,
        due=Loan.objects.open().filter(lent_facility=facility, due_on__range=(first_on, last_on)).count(),
    )


def left_behind(facilities: Iterable[int]) -> Mapping[int, int]:
    """How many things lie on the hold shelf of each of these sites for readers who collect elsewhere by now.

    They leave when somebody fetches and scans them (`to_clear` names them); a site that closed is told so while it can.
    """
    leaving: Counter[int] = Counter()
    for (site, pickup), count in _lying_for(facilities).items():
        leaving[site] += count if pickup != site else 0
    return leaving


def _lying_for(facilities: Iterable[int]) -> Counter[tuple[int, int]]:
    """Site and pickup to how many things lie at that site for readers who collect at that pickup."""
    places = ShelfPlace.objects.filter(facility__in=facilities, ended_at=None, item__allotments__ended_at=None)
    pickup = "item__allotments__title__hold__pickup"
    return Counter(places.filter(item__allotments__isnull=False).values_list("facility", pickup))


@transaction.atomic
def close_site(
    *,
    facility: Facility,
    first_on: date,
    last_on: date,
    by: Actor,
    at: datetime,
    substitute: Facility | None = None,
    note: str = "",
) -> Closure:
    """緊急休館. With a substitute its waiting readers collect there, and so does whoever asks for this site meanwhile;
    without, what lies ready waits as many open days. What lies ready for those who are moved is to be fetched (`left_behind`).

    What is in the van is met by the next scan. Due dates are not touched: shift_due_dates does that.
    Refused: ends-before-it-starts, closure-too-long, not-a-pickup.
    """
    by.require("circulation.close-site")
    _check(facility, first_on, last_on, substitute)
    scene = Scene(by, at)
    calendar = calendar_for(facility)
    days = _open_days(calendar, first_on, last_on)
    longer = [] if substitute else _longer(facility, days)
    opened = close_days(facility, days, note)
    closure = Closure.objects.create(
        facility=facility, first_on=first_on, last_on=last_on, substitute=substitute, note=note, made_at=at,
        opened=opened, days=[day.isoformat() for day in days],
        kept_longer=[[place.pk, before.isoformat(), after.isoformat()] for place, before, after in longer],
    )  # fmt: skip
    for place, _before, after in longer:
        ShelfPlace.objects.filter(pk=place.pk).update(until=after)
    waiting = Allotment.objects.open().filter(item__in=[place.item_id for place, _before, _after in longer])
    scene.record(
        SiteClosed(
            closure=closure.pk,
            facility=facility.code,
            first_on=first_on.isoformat(),
            last_on=last_on.isoformat(),
            holds_kept_longer=tuple(sorted(set(waiting.values_list("title__hold", flat=True)))),
        ),
        f"organisation.facility:{facility.code}",
    )
    if substitute:
        closure.moved_holds = _move(Hold.objects.open().filter(pickup=facility).order_by("pk"), substitute, scene)
        closure.save(update_fields=["moved_holds"])
    return closure


@transaction.atomic
def undo_close_site(*, closure: Closure, by: Actor, at: datetime) -> Closure:
    """Open again: the days, the pickups and the last days as before, where nobody has changed them since.

    Refused("not-undoable") when it was taken back already.
    """
    by.require("circulation.close-site")
    scene = Scene(by, at)
    row = Closure.objects.select_for_update(of=("self",)).select_related("facility").get(pk=closure.pk)
    if row.undone_at:
        raise Refused(Reason("not-undoable"))
    give_back_days(row.facility, _days_nobody_else_closes(row), row.opened)
    for place, before, after in row.kept_longer:
        ShelfPlace.objects.open().filter(pk=place, until=after).update(until=before)
    _move(Hold.objects.open().filter(pk__in=row.moved_holds, pickup=row.substitute), row.facility, scene)
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    reopened = SiteReopened(closure=row.pk, facility=row.facility.code)
    scene.record(reopened, f"organisation.facility:{row.facility.code}")
    return row


def _days_nobody_else_closes(row: Closure) -> list[date]:
    """The days that this closure closed, without those of another one that still stands: these are the other one's from now on."""
    days = [date.fromisoformat(day) for day in row.days]
    others = Closure.objects.select_for_update().filter(facility=row.facility, undone_at=None).exclude(pk=row.pk)
    for other in others.order_by("pk"):
        shared = [day for day in days if other.first_on <= day <= other.last_on]
        if shared:
            other.days = sorted({*other.days, *(day.isoformat() for day in shared)})
            other.opened |= {day: note for day, note in row.opened.items() if date.fromisoformat(day) in shared}
            other.save(update_fields=["days", "opened"])
            days = [day for day in days if day not in shared]
    return days


def _check(facility: Facility, first_on: date, last_on: date, substitute: Facility | None) -> None:
    reasons = []
    if last_on < first_on:
        reasons.append(Reason("ends-before-it-starts"))
    if (last_on - first_on).days > LONGEST:
        reasons.append(Reason.of("closure-too-long", limit=LONGEST))
    if substitute and (substitute.pk == facility.pk or substitute.pickup == Facility.Pickup.NONE):
        reasons.append(Reason("not-a-pickup"))
    if reasons:
        raise Refused(*reasons)


def _open_days(calendar: Calendar, first_on: date, last_on: date) -> tuple[date, ...]:
    days = (first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1))
    return tuple(day for day in days if calendar.is_open(day))


def _longer(facility: Facility, days: tuple[date, ...]) -> list[tuple[ShelfPlace, date, date]]:
    """Hold-shelf places with their last day before and after; those not yet reached by telephone have none."""
    calendar = calendar_to_collect(facility)
    found = []
    for place in ShelfPlace.objects.open().filter(facility=facility).exclude(until=None).exclude(ready_on=None):
        assert place.until is not None and place.ready_on is not None
        after = kept_until(place.until, ready_on=place.ready_on, closed=days, before=calendar)
        if after != place.until:
            found.append((place, place.until, after))
    return found


def _move(holds: "QuerySet[Hold]", to: Facility, scene: Scene) -> list[int]:
    moved = []
    for hold in holds:
        collect_at(open_under_lock(hold), to, scene, site_closes=True)
        moved.append(hold.pk)
    return moved
