"""開館日: every place today, and one place's month."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fumikura.organisation import queries
from fumikura.web.opac import places

_YEAR = 365 * 24 * 3600
_MONTHS_SHOWN = 12


@require_GET
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
            "chosen": chosen,
            "first": first,
            "weeks": places.month_of(chosen.place, first, today) if chosen else [],
            "previous": _address(chosen, _neighbour(first, -1, today)),
            "next": _address(chosen, _neighbour(first, 1, today)),
        },
    )


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
