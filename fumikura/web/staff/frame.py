"""The frame of the pages that belong to no single door of staff."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fumikura.organisation.models import Facility
from fumikura.web.design.days import in_japanese
from fumikura.web.visitors import visitor


def page(request: HttpRequest, template: str, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    here = visitor(request)
    frame = {"place_name": name_of(here.facility) if here.facility else ""}
    return render(request, f"staff/{template}.html", {**frame, **values}, status=status)


def name_of(facility: Facility) -> str:
    return facility.name if in_japanese() else facility.name_en or facility.name
