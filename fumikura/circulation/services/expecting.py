"""What a reader who waits is shown: the state read off the copies, the place in the queue, an estimate."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace
from fumikura.circulation.rules.expecting import Expected
from fumikura.circulation.rules.holding import sleeps, state_of_hold
from fumikura.circulation.rules.travelling import Leg
from fumikura.circulation.services.arriving import Ways
from fumikura.circulation.services.outlook import Outlook
from fumikura.circulation.services.queue import copies_of_titles
from fumikura.kernel.refusals import Reason
from fumikura.patrons.models import Patron
from fumikura.statements.reads import prepared


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
    rows = Hold.objects.open().filter(patron=patron).select_related("pickup__calendar").order_by("accepted_at", "pk")
    order = ("ready", "travelling", "allotted", "collecting", "waiting")
    return sorted(standings_of(list(rows), at), key=lambda one: order.index(one.state))


def standing_of_hold(hold: Hold, at: datetime) -> Standing:
    """Where one hold stands: in the queue, bound, on its way, or ready; with what may be expected."""
    return standings_of([hold], at)[0]


def standings_of(holds: Sequence[Hold], at: datetime) -> list[Standing]:
    """The same of many, in their order: as many questions for thirty as for one."""
    on = timezone.localdate(at)
    titles: defaultdict[int, list[HoldTitle]] = defaultdict(list)
    rows = HoldTitle.objects.filter(hold__in=holds).select_related("record").defer("record__marc")
    for title in rows.order_by("place", "pk"):
        titles[title.hold_id].append(title)
    copies = copies_of_titles([title.pk for of_one in titles.values() for title in of_one])
    seen = [_seen(hold, titles[hold.pk], copies, on) for hold in holds]
    untils = _untils([one.hold.pk for one in seen if one.state == "ready"])
    ways = Ways([one.hold for one in seen if one.state in {"allotted", "travelling"}], at)
    outlook = Outlook({_wanted(one).record_id for one in seen if one.state == "waiting" and not one.is_asleep}, on)
    return [_with_what_may_be_expected(one, untils, ways, outlook, on) for one in seen]


def _seen(hold: Hold, titles: Sequence[HoldTitle], copies: Mapping[int, str], on: date) -> Standing:
    state = state_of_hold(hold.closed_as, [copies[title.pk] for title in titles if title.pk in copies])
    asleep = sleeps(on, first=hold.suspended_from, last=hold.suspended_until)
    return Standing(hold=hold, titles=tuple(titles), state=state, is_asleep=asleep)


def _wanted(one: Standing) -> HoldTitle:
    return next((title for title in one.titles if title.done_at is None), one.titles[0])


def _with_what_may_be_expected(
    seen: Standing, untils: Mapping[int, date], ways: Ways, outlook: Outlook, on: date
) -> Standing:
    hold = seen.hold
    if seen.state == "ready":
        return replace(seen, until=untils.get(hold.pk))
    if seen.state in {"allotted", "travelling"}:
        arrives_at, way = ways.of(hold)
        if arrives_at and timezone.localdate(arrives_at) < on:
            return replace(seen, is_late=True)
        return replace(seen, arrives_at=arrives_at, way=way)
    if seen.state != "waiting":
        return seen
    if seen.is_asleep:
        return replace(seen, expected=Reason("estimate-asleep"))
    wanted = _wanted(seen)
    line = outlook.lines[wanted.record_id]
    position = line.index(hold.pk) + 1 if hold.pk in line else 0
    return replace(
        seen,
        position=position,
        waiting=len(line),
        copies=len(outlook.copies[wanted.record_id]),
        expected=outlook.expected(wanted, position) if position else None,
    )


def waiting_for(record: int) -> int:
    """How many readers wait for a title and have no copy yet: for everybody to see."""
    return sum(_waiting(record=record))


@prepared
def _waiting(record: int) -> "QuerySet[HoldTitle, int]":
    titles = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None)
    waiting = titles.exclude(allotments__in=Allotment.objects.open()).order_by().values("record")
    return waiting.annotate(holds=Count("hold", distinct=True)).values_list("holds", flat=True)


def _untils(holds: Collection[int]) -> dict[int, date]:
    """The day on which the first thing of each goes back; holds that lie ready without a last day are left out."""
    if not holds:
        return {}
    bound = {"item__allotments__title__hold__in": holds, "item__allotments__ended_at": None}
    places = ShelfPlace.objects.open().filter(**bound).exclude(until=None).order_by("-until")
    days = places.values_list("item__allotments__title__hold", "until")
    return {hold: until for hold, until in days if until}
