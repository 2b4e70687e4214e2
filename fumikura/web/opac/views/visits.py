"""移動図書館: the public timetable, and calendars as iCal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities, facility_coded
from fumikura.web.opac.visits import ical_of, stops


@require_safe
def bookmobile(request: HttpRequest) -> HttpResponse:
    """Where the bus stops, on which week, and when it comes next."""
    return render(request, "opac/bookmobile.html", {"stops": stops(timezone.localdate())})


@require_safe
def bookmobile_calendar(request: HttpRequest) -> HttpResponse:
    """All visits of the bus as iCal."""
    return _ical(request, [place for place in facilities() if place.kind == Facility.Kind.STOP], "bookmobile")


@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """One place as iCal: its days off, or for a stop of the bus its visits."""
    place = facility_coded(code) if code.isprintable() else None
    if place is None:
        raise Http404
    return _ical(request, [place], place.code)


def _ical(request: HttpRequest, places: list[Facility], name: str) -> HttpResponse:
    now = timezone.localtime()
    told = ical_of(places, at=now, since=now.date(), host=request.get_host().partition(":")[0])
    answer = HttpResponse(told, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
