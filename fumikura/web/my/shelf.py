"""マイ本棚: kept only by wish, sealed, read with a pass phrase that the library does not know, erased by one press."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.refusals import Refused
from fumikura.patrons.sealing import SHORTEST_PHRASE
from fumikura.patrons.services.shelves import erase_shelf, open_shelf, read_shelf, shelf_of
from fumikura.web.design.days import day
from fumikura.web.my.holds import said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, visitor


@sensitive_post_parameters("phrase")
@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def shelf(request: HttpRequest) -> HttpResponse:
    """Open it, read it (the answer alone shows the books; nothing is remembered), erase it."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    if request.method != "POST":
        return _page(request)
    phrase = request.POST.get("phrase", "")[:200]
    try:
        if "erase" in request.POST:
            erase_shelf(patron=patron, by=here.patron_actor(), at=at)
            return HttpResponseRedirect(f"{reverse('my:shelf')}?erased=1")
        if "open" in request.POST:
            open_shelf(patron=patron, phrase=phrase, by=here.patron_actor(), at=at)
            return HttpResponseRedirect(f"{reverse('my:shelf')}?opened=1")
        sheets = read_shelf(patron=patron, phrase=phrase, at=at)
    except Refused as refused:
        return _page(request, reasons=said(refused))
    return _page(request, sheets=[_in_words(sheet) for sheet in sheets], is_read=True)


def _in_words(sheet: Mapping[str, str]) -> dict[str, object]:
    """A line of the 読書通帳: names as they are spoken, days with their year, as it is printed and kept."""
    return {
        **sheet,
        "creator": spoken_name(sheet.get("creator", "")),
        "returned_on": day(date.fromisoformat(sheet["returned_on"]), today=date.min),
    }


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    page = {
        "shelf": shelf_of(signed_in(request)),
        "shortest": SHORTEST_PHRASE,
        "erased": "erased" in request.GET,
        "opened": "opened" in request.GET,
        "request_key": uuid4().hex,
        **more,
    }
    return render(request, "my/shelf.html", page, status=422 if more.get("reasons") else 200)
