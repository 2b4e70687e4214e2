"""Several titles as one wish: any of them, one after the other, or all together. Searched and ticked on one page."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold
from fumikura.discovery.queries import parse, search
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.refusals import Reason, Refused
from fumikura.web.my.holds import pickups, place, said
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, typed

MOST = 30


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def hold_set(request: HttpRequest) -> HttpResponse:
    """The page keeps what was ticked while one searches on; the POST places one hold for all of it."""
    return _place(request) if request.method == "POST" else _page(request)


def chosen(request: HttpRequest) -> list[BibliographicRecord]:
    """The ticked titles in the order in which they were sent."""
    sent = request.POST if request.method == "POST" else request.GET
    numbers = [int(one) for one in sent.getlist("record") if one.isdecimal() and len(one) < 18][:MOST]
    records = records_by_id(numbers)
    return [records[pk] for pk in dict.fromkeys(numbers) if pk in records]


def _page(request: HttpRequest, *, reasons: list[Said] | None = None) -> HttpResponse:
    patron = signed_in(request)
    asked, ticked = typed(request.GET, "q"), chosen(request)
    known = {record.pk for record in ticked}
    hits = search(parse(asked), rows=MOST, facets=()).hits if asked else []
    records = records_by_id(hit.record_id for hit in hits)
    page = {
        "asked": asked,
        "ticked": [_line(record) for record in ticked],
        "found": [_line(records[hit.record_id]) for hit in hits if hit.record_id in records and hit.record_id not in known],
        "kinds": [
            (Hold.Kind.ORDERED.value, _("順番に（前の本を受け取れるようになったら次）")),
            (Hold.Kind.TOGETHER.value, _("全部そろえて")),
            (Hold.Kind.ANY_OF.value, _("どれか（下の数だけ）")),
        ],
        "kind": typed(request.POST, "kind", 10) or Hold.Kind.ORDERED.value,
        "want": typed(request.POST, "want", 2) or "1",
        "pickups": pickups(patron),
        "reasons": reasons or [],
        "request_key": uuid4().hex,
    }  # fmt: skip
    return render(request, "my/hold_set.html", page, status=422 if reasons else 200)


def _line(record: BibliographicRecord) -> dict[str, Any]:
    title = " ".join(part for part in (record.title, record.volume) if part)
    return {"pk": record.pk, "title": title, "creator": spoken_name(record.creator)}


def want_of(records: list[BibliographicRecord], kind: str, number: str) -> circulation.Want:
    """The wish that was typed. Refused("set-too-small") with fewer than two titles."""
    if kind not in Hold.Kind.values or kind == Hold.Kind.ONE or len(records) < 2:
        raise Refused(Reason("set-too-small"))
    enough = int(number) if number.isdecimal() and number.isascii() else 1
    return circulation.Want(tuple(records), kind=kind, enough=min(max(enough, 1), len(records)))


def _place(request: HttpRequest) -> HttpResponse:
    try:
        return place(request, want_of(chosen(request), typed(request.POST, "kind", 10), typed(request.POST, "want", 2)))
    except Refused as refused:
        return _page(request, reasons=said(refused))
