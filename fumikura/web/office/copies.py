"""Copies of a title: find the record, give each copy its barcode, its home and its call number."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record, records_by_id
from fumikura.circulation.queries import states_of
from fumikura.circulation.services import bind_new_copies
from fumikura.discovery.queries import parse, search
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of, items_of_records, suggested_call_number
from fumikura.holdings.rules import material_of
from fumikura.holdings.services import NewItem, add_item
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor

ROWS = 20


@dataclass(frozen=True)
class Found:
    record: BibliographicRecord
    copies: int


@require_safe
@for_staff("holdings.add-item")
def find(request: HttpRequest) -> HttpResponse:
    """Which title is the book in the hand?"""
    text = typed(request.GET, "q")
    found: list[Found] = []
    if text:
        ids = [hit.record_id for hit in search(parse(text), rows=ROWS, facets=()).hits]
        records, copies = records_by_id(ids), items_of_records(ids)
        found = [Found(records[number], len(copies.get(number, ()))) for number in ids if number in records]
    return office(request, "find", {"q": text, "found": found})


@dataclass(frozen=True)
class Copy:
    barcode: str
    home: str
    call_number: str
    state: str


@require_http_methods(["GET", "POST"])
@for_staff("holdings.add-item")
def copies(request: HttpRequest, record: int) -> HttpResponse:
    """The copies there are, and a form for one more. What was chosen for the last stays chosen for the next."""
    title = records_by_id([record]).get(record)
    if title is None:
        raise Http404
    homes = [place for place in facilities() if place.holds_stock]
    if request.method == "GET":
        return _page(request, title, homes, {})
    try:
        item = _add(request, title, homes)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, title, homes, {"reasons": told, "barcode": request.POST.get("barcode", "")}, status=422)
    kept = {"added": item["barcode"], "home": item["home"], "call_number": item["call_number"]}
    kept["bound"] = item.get("bound", "0")
    return HttpResponseRedirect(f"{reverse('office:copies', args=[record])}?{urlencode(kept)}")


def _add(request: HttpRequest, record: BibliographicRecord, homes: list[Facility]) -> dict[str, str]:
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    home = next((place for place in homes if place.code == request.POST.get("home")), homes[0])
    new = NewItem(
        barcode=typed(request.POST, "barcode", 60),
        record=record,
        home=home,
        agency=home.agency,
        call_number=typed(request.POST, "call_number", 60),
        volume=typed(request.POST, "volume", 60),
        material=material_of(record.kind),
        reference_only="reference_only" in request.POST,
    )

    def act() -> dict[str, str]:
        item = add_item(new, by=by, at=at)
        bound = bind_new_copies(record=record.pk, by=by, at=at)
        return {"barcode": item.barcode, "home": home.code, "call_number": item.call_number, "bound": str(bound)}

    body, _before = once(visitor(request).request_key, act, door="office", at=at)
    return body


def _page(
    request: HttpRequest,
    record: BibliographicRecord,
    homes: list[Facility],
    extra: dict[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    here = visitor(request).facility
    page = {
        "record": record,
        "copies": _copies(items_of(record.pk)),
        "homes": [(place.code, name_of(place)) for place in homes],
        "home": asked.get("home") or (here.code if here else ""),
        "call_number": asked.get("call_number") or suggested_call_number(describe_record(record), homes[0].agency),
        "added": request.GET.get("added", "")[:40],
        "bound": request.GET.get("bound", "0") not in {"", "0"},
        "request_key": uuid4().hex,
        **extra,
    }
    return office(request, "copies", page, status=status)


def _copies(items: list[Item]) -> list[Copy]:
    states = states_of(items, timezone.now())
    told = {
        "on-shelf": _("棚にあります"),
        "on-loan": _("貸出中"),
        "in-transit": _("移動中"),
        "on-hold-shelf": _("お取り置き中"),
        "missing": _("見つかりません"),
        "withdrawn": _("除籍"),
    }
    return [
        Copy(item.barcode, name_of(item.home), item.call_number, told.get(states[item.pk].kind, _("別に置いています")))
        for item in items
    ]
