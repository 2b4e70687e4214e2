"""DAIA: where the copies of titles are, for a discovery system's list of hits."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import records_by_id, records_with_any
from fumikura.circulation.queries import ItemState, states_of
from fumikura.discovery.parsing import isbn_query
from fumikura.discovery.query import Field
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of_records
from fumikura.organisation.models import Agency
from fumikura.protocols.paia.answers import copy, edition, failed, record_of, said

MOST = 100


@require_safe
def daia(request: HttpRequest) -> HttpResponse:
    """`id` holds up to a hundred titles, parted by |: our number, the title's address, or an ISBN."""
    if request.GET.get("format", "json") != "json":
        return failed("invalid_request", 400, "format=json")
    asked = [one.strip()[:300] for one in request.GET.get("id", "").split("|") if one.strip()]
    if not 0 < len(asked) <= MOST:
        return failed("invalid_request", 400, f"id (1–{MOST})")
    numbers = {one: _records(one) for one in asked}
    there = records_by_id(number for found in numbers.values() for number in found)
    items = items_of_records(there)
    states = states_of([item for copies in items.values() for item in copies], timezone.now())
    agency = Agency.objects.order_by("id").first()
    institution = {"content": agency.name if agency else "", "href": request.build_absolute_uri("/")}
    if agency and agency.isil:
        institution["id"] = f"http://uri.gbv.de/organization/isil/{agency.isil}"
    documents = [
        {
            "id": edition(request, number),
            "requested": one,
            "href": edition(request, number),
            "about": there[number].title,
            "item": [_item(request, item, states) for item in items.get(number, [])],
        }
        for one, found in numbers.items()
        for number in found
        if number in there
    ]
    body = {"document": documents, "institution": institution, "timestamp": timezone.now().isoformat()}
    response = said(body)
    response.headers["X-DAIA-Version"] = "1.0.0"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _records(name: str) -> list[int]:
    if name.lower().startswith("isbn:") or len(name.replace("-", "")) in (10, 13):
        isbn = isbn_query(name.removeprefix("isbn:").removeprefix("ISBN:"))
        if isinstance(isbn, Field) and (found := records_with_any("isbn", [isbn.value])):
            return found.get(isbn.value, [])
    number = record_of(name)
    return [number] if number else []


def _item(request: HttpRequest, item: Item, states: Mapping[int, ItemState]) -> dict[str, Any]:
    state = states[item.pk]
    told: dict[str, Any] = {
        "id": copy(request, item.record_id, item.barcode),
        "label": item.call_number,
        "department": {"content": item.home.name, "id": request.build_absolute_uri(f"/hours?site={item.home.code}")},
    }
    if item.location:
        told["storage"] = {"content": item.location.name}
    is_in, lends = state.kind == "on-shelf", not state.reference_only and state.kind != "withdrawn"
    # A client shows its button for a hold where a loan has an address.
    asked_at = {"href": edition(request, item.record_id)} if lends else {}
    services: dict[str, tuple[bool, dict[str, str]]] = {
        "presentation": (is_in, {}),
        "loan": (is_in and state.is_available, asked_at),
    }
    told["available"] = [{"service": name, **more} for name, (yes, more) in services.items() if yes]
    told["unavailable"] = [_not_now(name, state, more) for name, (yes, more) in services.items() if not yes]
    return told


def _not_now(service: str, state: ItemState, more: Mapping[str, str]) -> dict[str, Any]:
    """When it may be expected: a day while it is lent, else nobody knows."""
    expected = state.due_on.isoformat() if state.kind == "on-loan" and state.due_on else "unknown"
    return {"service": service, "expected": expected, **more}
