"""The frame of office pages."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fumikura.web.design.names import name_of
from fumikura.web.staff_frame import framed, ways_open_to
from fumikura.web.staff_ways import OFFICE, OFFICE_GROUPS
from fumikura.web.visitors import for_staff, visitor

__all__ = ["first_page", "name_of", "office"]


def office(request: HttpRequest, template: str, page: dict[str, object], *, status: int = 200) -> HttpResponse:
    groups = [(heading, ways_open_to(request, pages)) for heading, pages in OFFICE_GROUPS]
    frame = {
        **framed(request),
        "office_groups": [(heading, ways) for heading, ways in groups if ways],
        "office_here": next((way.words for _heading, ways in groups for way in ways if way.current), ""),
    }
    return render(request, f"office/{template}.html", {**frame, **page}, status=status)


@require_safe
@for_staff()
def first_page(request: HttpRequest) -> HttpResponse:
    """The first of the pages that this person may open; with none of them, whom to ask."""
    permissions = visitor(request).permissions
    for name, _words, permission in OFFICE:
        if permission in permissions:
            return HttpResponseRedirect(reverse(name))
    return office(request, "nothing", {}, status=403)
