"""The frame of office pages: which of them this person may open, and where they work."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from fumikura.organisation.models import Facility
from fumikura.web.design.days import in_japanese
from fumikura.web.staff_ways import OFFICE, OFFICE_GROUPS
from fumikura.web.visitors import for_staff, visitor


@dataclass(frozen=True)
class Way:
    href: str
    words: Promise
    current: bool


def office(request: HttpRequest, template: str, page: dict[str, object], *, status: int = 200) -> HttpResponse:
    here = visitor(request)
    groups = [
        (heading, [
            Way(reverse(name), words, request.path.startswith(reverse(name)))
            for name, words, permission in ways
            if permission in here.permissions
        ])
        for heading, ways in OFFICE_GROUPS
    ]  # fmt: skip
    frame = {
        "office_groups": [(heading, ways) for heading, ways in groups if ways],
        "office_here": next((way.words for _heading, ways in groups for way in ways if way.current), ""),
        "place_name": name_of(here.facility) if here.facility else "",
    }
    return render(request, f"office/{template}.html", {**frame, **page}, status=status)


def name_of(facility: Facility) -> str:
    return facility.name if in_japanese() or not facility.name_en else facility.name_en


@require_safe
@for_staff()
def first_page(request: HttpRequest) -> HttpResponse:
    """The first of the pages that this person may open; with none of them, whom to ask."""
    permissions = visitor(request).permissions
    for name, _words, permission in OFFICE:
        if permission in permissions:
            return HttpResponseRedirect(reverse(name))
    return office(request, "nothing", {}, status=403)
