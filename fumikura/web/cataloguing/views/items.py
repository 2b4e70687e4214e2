"""Copies of a title, many at once: numbers from a roll or one by one, where they stand, what their spine says."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record, records_by_id
from fumikura.circulation.services import bind_new_copies
from fumikura.holdings.models import Item, ShelvingLocation
from fumikura.holdings.queries import items_of, locations_of, suggested_call_number, usual_location
from fumikura.holdings.rules import material_of
from fumikura.holdings.services import NewItem, add_items
from fumikura.journal.services import once
from fumikura.kernel.barcodes import roll
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities
from fumikura.web.cataloguing.frame import name_of, page, told
from fumikura.web.visitors import for_staff, typed, visitor

MOST = 200
"""Copies in one go; a labelled trolley has fewer."""


@dataclass(frozen=True)
class Place:
    """A facility, or a part of one, where copies can stand: its value in the form and its words."""

    facility: Facility
    location: ShelvingLocation | None

    @property
    def value(self) -> str:
        return f"{self.facility.code}/{self.location.code if self.location else ''}"

    @property
    def words(self) -> str:
        if self.location is None:
            return name_of(self.facility)
        return f"{name_of(self.facility)} {self.location.name}"


@require_http_methods(["GET", "POST"])
@for_staff("holdings.add-item")
def items(request: HttpRequest, record: int) -> HttpResponse:
    """The copies there are, and a form for more. Added ones lead on to their labels."""
    title = records_by_id([record]).get(record)
    if title is None:
        raise Http404
    places = _places()
    if request.method == "GET" or not places:
        return _page(request, title, places, {})
    try:
        body = _add(request, title, places)
    except Refused as refused:
        return _page(request, title, places, {"reasons": told(refused)}, status=422)
    added = list(body["barcodes"])
    kept = {"added": " ".join(added), "place": request.POST.get("place", ""), "bound": str(body.get("bound", 0))}
    if not request.POST.get("barcodes", "").strip():
        kept["first"] = _next_on_the_roll(places, added)
    return HttpResponseRedirect(f"{reverse('cataloguing:items', args=[record])}?{urlencode(kept)}")


def _places() -> list[Place]:
    homes = {home.pk: home for home in facilities() if home.holds_stock}
    inside: dict[int, list[ShelvingLocation]] = {}
    for location in locations_of(homes):
        inside.setdefault(location.facility_id, []).append(location)
    return [Place(home, location) for pk, home in homes.items() for location in (*inside.get(pk, ()), None)]


def _add(request: HttpRequest, record: BibliographicRecord, places: list[Place]) -> dict[str, Any]:
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()
    chosen = next((place for place in places if place.value == request.POST.get("place")), places[0])
    volume = typed(request.POST, "volume", 60)
    new = [
        NewItem(
            barcode=barcode,
            record=record,
            home=chosen.facility,
            agency=chosen.facility.agency,
            location=chosen.location,
            call_number=typed(request.POST, "call_number", 60),
            volume=volume,
            material=material_of(record.kind),
            reference_only="reference_only" in request.POST,
        )
        for barcode in _barcodes(request, chosen.facility)
    ]

    def act() -> dict[str, Any]:
        added = [item.barcode for item in add_items(new, by=by, at=at)]
        return {"barcodes": added, "bound": bind_new_copies(record=record.pk, by=by, at=at)}

    body, _before = once(visitor(request).request_key, act, door="cataloguing", at=at)
    return body


def _barcodes(request: HttpRequest, home: Facility) -> list[str]:
    """Those that were scanned one by one; or as many as wanted from the first on the roll. Refused: roll-too-short."""
    listed = request.POST.get("barcodes", "").split()[:MOST]
    if listed:
        return listed
    first, wanted = typed(request.POST, "first", 30), typed(request.POST, "count", 4)
    count = int(wanted) if wanted.isdecimal() and wanted.isascii() else 0
    if not first or not 1 <= count <= MOST:
        raise Refused(Reason.of("roll-too-short", barcode=first, count=count))
    try:
        return roll(home.agency.item_check, first, count)
    except ValueError:
        raise Refused(Reason.of("roll-too-short", barcode=first, count=count)) from None


def _next_on_the_roll(places: list[Place], added: list[str]) -> str:
    try:
        return roll(places[0].facility.agency.item_check, added[-1], 2)[1]
    except ValueError:
        return ""


def _page(
    request: HttpRequest,
    record: BibliographicRecord,
    places: list[Place],
    extra: dict[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    here = visitor(request).facility
    description = describe_record(record)
    suggested = suggested_call_number(description, places[0].facility.agency) if places else ""
    own = [place for place in places if here and place.facility.pk == here.pk]
    usual = usual_location(record, own[0].facility, suggested) if own else None
    added = request.GET.get("added", "").split()[:MOST]
    copies: list[Item] = items_of(record.pk)
    values = {
        "record": record,
        "copies": [(item, name_of(item.home), item.location.name if item.location else "") for item in copies],
        "places": [(place.value, place.words) for place in places],
        "place": asked.get("place") or next((place.value for place in own if place.location == usual), ""),
        "call_number": asked.get("call_number") or suggested,
        "volume": asked.get("volume", description.volume),
        "first": asked.get("first", ""),
        "count": asked.get("count") or "1",
        "barcodes": request.POST.get("barcodes", ""),
        "added": added,
        "bound": int(bound) if (bound := typed(request.GET, "bound", 4)).isdecimal() else 0,
        "labels": f"{reverse('cataloguing:labels')}?{urlencode({'barcodes': ' '.join(added)})}",
        "request_key": uuid4().hex,
        **extra,
    }
    return page(request, "items", values, status=status)
