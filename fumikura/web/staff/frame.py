"""The frame of the pages that belong to no single door of staff."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from fumikura.web.staff_frame import framed


def page(request: HttpRequest, template: str, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    frame = {**framed(request), "came_from": _came_from(request)}
    return render(request, f"staff/{template}.html", {**frame, **values}, status=status)


def _came_from(request: HttpRequest) -> str:
    """Where Escape leads: the page of ours on which the key was pressed, else the counter."""
    back = request.GET.get("back", "")
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if ours else reverse("desk:lend")
