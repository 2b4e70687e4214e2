"""はじめのページ."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from fumikura.catalogue.queries import records_by_id
from fumikura.holdings.queries import newest_records
from fumikura.kernel.japanese import spoken_name
from fumikura.web.opac import places
from fumikura.web.opac.views.lists import shelf_of_newest_list
from fumikura.web.opac.views.search import doorways

_SHELF = 16


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    everywhere = places.all_today(request, now)
    return render(
        request,
        "opac/home.html",
        {
            "everywhere": everywhere,
            "usual": next((one for one in everywhere if one.is_usual), None),
            "today": timezone.localdate(now),
            "new_books": _new_books(),
            "feature": shelf_of_newest_list(),
            "classes": doorways(),
        },
    )


def _new_books() -> list[dict[str, str]]:
    numbers = newest_records(_SHELF)
    records = records_by_id(numbers)
    return [
        {
            "title": record.title,
            "creator": spoken_name(record.creator),
            "ndc": record.ndc,
            "kind": record.kind,
            "href": reverse("opac:title", args=[record.pk]),
        }
        for number in numbers
        if (record := records.get(number))
    ]
