"""The frame of the pages that belong to no single door of staff."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fumikura.web.staff_frame import framed


def page(request: HttpRequest, template: str, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    return render(request, f"staff/{template}.html", {**framed(request), **values}, status=status)
