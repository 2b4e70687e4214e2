"""The sites, what each can do, and the days on which it departs from its calendar."""

import calendar
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation import services
from fumikura.organisation.models import ExceptionalDay, Facility
from fumikura.organisation.queries import Opening, calendar_for, calendars_for, exceptional_days, facilities, opening
from fumikura.organisation.queries import find_facility as find
from fumikura.organisation.rules import is_national_holiday
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor

RETURNS: dict[str, Promise] = {
    "any": gettext_lazy("どの館の本も返せる"),
    "own": gettext_lazy("ここの本だけ返せる"),
    "none": gettext_lazy("返せない"),
}
PICKUP: dict[str, Promise] = {
    "all": gettext_lazy("受け取れる"),
    "school": gettext_lazy("学校の人だけ受け取れる"),
    "none": gettext_lazy("受け取れない"),
}

CALENDAR_YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Site:
    facility: Facility
    name: str
    can: tuple[str, ...]
    today: Opening


@require_safe
@for_staff("organisation.change-calendar")
def sites(request: HttpRequest) -> HttpResponse:
    places, now = facilities(), timezone.now()
    calendars = calendars_for(places)
    rows = [
        Site(place, name_of(place), _abilities(place), opening(place, calendars[place.pk], now)) for place in places
    ]
    may_configure = "organisation.configure" in visitor(request).permissions
    return office(request, "sites", {"sites": rows, "may_configure": may_configure})


def _abilities(place: Facility) -> tuple[str, ...]:
    """The capabilities in words: what a person can do there."""
    plain = (
        (place.holds_stock, _("本がある")),
        (place.lends, _("借りられる")),
        (place.registers, _("カードを作れる")),
    )
    return (
        *(said for can, said in plain if can),
        str(RETURNS[place.takes_returns]),
        str(PICKUP[place.pickup]),
    )


@dataclass(frozen=True)
class Day:
    on: date
    in_month: bool
    is_open: bool
    exception: ExceptionalDay | None
    is_today: bool
    is_holiday: bool


@require_http_methods(["GET", "POST"])
@for_staff("organisation.change-calendar")
def month(request: HttpRequest, code: str) -> HttpResponse:
    """One month of one site; a day is chosen by its link and changed in the form beside it."""
    place = found_site(code)
    today = timezone.localdate()
    chosen = _day(request.POST.get("day") or request.GET.get("day", "")) or today
    if request.method == "GET":
        return _page(request, place, chosen, [])
    try:
        _change(request, place, chosen)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, place, chosen, told, status=403)
    return HttpResponseRedirect(f"{reverse('office:month', args=[code])}?day={chosen.isoformat()}")


def found_site(code: str) -> Facility:
    """The site of an address. Who types the address by hand may leave the capitals: codes are written in them."""
    if not code.isprintable():
        raise Http404
    for spelling in dict.fromkeys((code, code.upper())):
        with suppress(Refused):
            return find(spelling)
    raise Http404


def _day(text: str) -> date | None:
    """The day in the address; None for what is no day, or one that no calendar of ours reaches."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in CALENDAR_YEARS else None


def _change(request: HttpRequest, place: Facility, on: date) -> None:
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    note, wanted = typed(request.POST, "note"), request.POST.get("state", "")

    def act() -> dict[str, str]:
        match wanted:
            case "open":
                services.open_day(facility=place, on=on, note=note, by=by, at=at)
            case "closed":
                services.close_day(facility=place, on=on, note=note, by=by, at=at)
            case _:
                services.follow_calendar(facility=place, on=on, by=by, at=at)
        return {"on": on.isoformat()}

    once(visitor(request).request_key, act, door="office", at=at)


def _page(
    request: HttpRequest, place: Facility, chosen: date, reasons: list[tuple[str, str]], *, status: int = 200
) -> HttpResponse:
    first = chosen.replace(day=1)
    weeks = list(_weeks(place, first))
    page = {
        "site": place,
        "site_name": name_of(place),
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=32)).replace(day=1),
        "weeks": weeks,
        "chosen": next(day for week in weeks for day in week if day.on == chosen),
        "weekdays": [day.on for day in weeks[0]],
        "request_key": f"{chosen.isoformat()}-{timezone.now().timestamp():.6f}",
        "reasons": reasons,
    }
    return office(request, "month", page, status=status)


def _weeks(place: Facility, first: date) -> Iterator[list[Day]]:
    """Weeks from Sunday, as calendars on Japanese walls have them."""
    dates = calendar.Calendar(firstweekday=calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    rules, today = calendar_for(place), timezone.localdate()
    exceptions = {row.on: row for row in exceptional_days(place, since=dates[0][0], until=dates[-1][-1])}
    for week in dates:
        yield [
            Day(
                on=on,
                in_month=on.month == first.month,
                is_open=rules.is_open(on),
                exception=exceptions.get(on),
                is_today=on == today,
                is_holiday=is_national_holiday(on),
            )
            for on in week
        ]
