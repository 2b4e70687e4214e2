"""開館日: every place today, and one place's month."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from fumikura.circulation.services import temporary_site_of
from fumikura.kernel.contacts import from_abroad
from fumikura.organisation import queries
from fumikura.organisation.models import Facility
from fumikura.organisation.rules import WEEKDAYS, AudienceHours
from fumikura.web.closing_words import rule_in_words, weekday_name
from fumikura.web.maps import city_map, floor_maps
from fumikura.web.opac import places
from fumikura.web.opac.opening_hours import departures, usual_hours
from fumikura.web.opac.views.events import coming

_YEAR = 365 * 24 * 3600
_MONTHS_SHOWN = 12
_EVENTS = 4
_LIBRARIES = frozenset({Facility.Kind.CENTRAL, Facility.Kind.BRANCH, Facility.Kind.ROOM, Facility.Kind.SCHOOL})


@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    everywhere = places.all_today(request, now)
    wanted = request.GET.get("site", "")
    chosen = next((one for one in everywhere if one.place.code == wanted), None)
    chosen = chosen or next((one for one in everywhere if one.is_usual), None)
    first = _month(request.GET.get("month", ""), today)
    return render(
        request,
        "opac/hours.html",
        {
            "everywhere": everywhere,
            "rules": [rule_in_words(rule) for rule in chosen.place.calendar.rules] if chosen else [],
            "hours": _hours_of(chosen),
            "temporary": temporary_site_of(chosen.place) if chosen else None,
            "chosen": chosen,
            "map": city_map(
                [(one.place, one.name, one.opening.is_open_now) for one in everywhere],
                chosen.place.code if chosen else "",
            ),
            "floors": floor_maps(chosen.place) if chosen else [],
            "events": coming(now, facility=chosen.place.code, most=_EVENTS) if chosen else [],
            "first": first,
            "weeks": places.month_of(chosen.place, first, today) if chosen else [],
            "previous": _address(chosen, _neighbour(first, -1, today)),
            "next": _address(chosen, _neighbour(first, 1, today)),
            **_for_machines(request, chosen, today),
        },
    )


def _for_machines(request: HttpRequest, chosen: places.Today | None, today: date) -> dict[str, object]:
    """The place as schema.org describes it, at the one address that stands for it."""
    if chosen is None:
        return {}
    place = chosen.place
    calendar, openings = queries.calendar_for(place), [AudienceHours.read(one) for one in place.openings]
    own = f"{reverse('opac:hours')}?{urlencode({'site': place.code})}"
    return {
        "place_type": "Library" if place.kind in _LIBRARIES else "CivicStructure",
        "address": request.build_absolute_uri(own),
        "telephone": from_abroad(place.phone),
        "is_asked_for": request.GET.get("site", "") == place.code,
        "usual": usual_hours(calendar, place.opens, place.closes, openings, today),
        "departures": departures(calendar, place.opens, place.closes, openings, today),
    }


def _hours_of(chosen: places.Today | None) -> list[dict[str, object]]:
    """Hours of single desks or audiences, in words; none where everybody comes at any time."""
    if chosen is None or not chosen.place.openings:
        return []
    desks = {desk.code: desk.name for desk in queries.service_points(chosen.place)}
    found: list[dict[str, object]] = []
    for one in map(AudienceHours.read, chosen.place.openings):
        every_day = len(one.weekdays) == len(WEEKDAYS)
        found.append(
            {
                "who": gettext("学校の人") if one.audience == "school" else gettext("だれでも"),
                "desk": desks.get(one.desk, ""),
                "holds": one.hands_out_holds,
                "days": gettext("毎日") if every_day else "・".join(map(weekday_name, one.weekdays)),
                "hours": f"{one.opens:%-H:%M} – {one.closes:%-H:%M}",
            }
        )
    return found


# Not protected against forged requests: it sets nothing but which library's hours come first, and a token would
# mean a cookie for everybody who only reads.
@csrf_exempt
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the reader's usual library, in a cookie of their own."""
    code = request.POST.get("site", "")
    response = HttpResponseRedirect(f"{reverse('opac:hours')}?{urlencode({'site': code})}")
    if any(place.code == code for place in queries.facilities()):
        response.set_cookie(places.USUAL_COOKIE, code, max_age=_YEAR, samesite="Lax", secure=settings.SECURE_BEHIND_TLS)
    return response


def _month(wanted: str, today: date) -> date:
    """The first of the month asked for as 2026-12, within a year of today; this month otherwise."""
    this = today.replace(day=1)
    try:
        asked = date.fromisoformat(f"{wanted}-01")
    except ValueError:
        return this
    return asked if abs(_months_between(this, asked)) <= _MONTHS_SHOWN else this


def _neighbour(first: date, step: int, today: date) -> date | None:
    month = first.month - 1 + step
    neighbour = date(first.year + month // 12, month % 12 + 1, 1)
    return neighbour if abs(_months_between(today, neighbour)) <= _MONTHS_SHOWN else None


def _address(chosen: places.Today | None, month: date | None) -> str:
    if chosen is None or month is None:
        return ""
    return f"{reverse('opac:hours')}?{urlencode({'site': chosen.place.code, 'month': f'{month:%Y-%m}'})}"


def _months_between(one: date, other: date) -> int:
    return (other.year - one.year) * 12 + other.month - one.month
