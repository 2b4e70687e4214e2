"""Searching and reading titles: open to everybody."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record, records_by_id
from fumikura.circulation.queries import ItemState, states_of
from fumikura.discovery.answers import FACETS
from fumikura.discovery.queries import parse, search
from fumikura.holdings.queries import items_of
from fumikura.holdings.rules import presence
from fumikura.kernel.japanese import spoken_name
from fumikura.protocols.api.problems import NotReady
from fumikura.protocols.api.schemas import (
    FacetOut,
    FacetValueOut,
    Hit,
    ItemOut,
    NameOut,
    Problem,
    SearchAnswer,
    SearchIn,
    TitleOut,
)

router = Router(tags=["search"])


@router.get(
    "/search", response={200: SearchAnswer, 422: Problem, 503: Problem}, summary="Search the catalogue", auth=None
)
def search_catalogue(request: HttpRequest, asked: Query[SearchIn]) -> SearchAnswer:
    """Exact total, one page of hits, and facets counted over all hits."""
    filters = {name: values for name in FACETS if (values := getattr(asked, name))}
    found = search(parse(asked.q), start=asked.start, rows=asked.rows, sort=asked.sort, filters=filters, by=asked.by)
    if not found.ready:
        raise NotReady
    records = records_by_id([hit.record_id for hit in found.hits])
    return SearchAnswer(
        total=found.total,
        works=found.works,
        start=asked.start,
        hits=[hit_out(request, records[hit.record_id], hit.others) for hit in found.hits if hit.record_id in records],
        facets=[
            FacetOut(name=facet.name, values=[FacetValueOut(value=v.value, count=v.count) for v in facet.values])
            for facet in found.facets
        ],
    )


@router.get(
    "/titles/{record_id}",
    response={200: TitleOut, 404: Problem, 422: Problem},
    summary="One title and its copies",
    auth=None,
)
def read_title(request: HttpRequest, record_id: int) -> TitleOut:
    """The description, and where each copy stands at this moment (from the database, not from the index)."""
    record = records_by_id([record_id]).get(record_id)
    if record is None:
        raise Http404
    said = describe_record(record)
    return TitleOut(
        id=record.pk,
        title=said.title,
        reading=said.title_reading,
        subtitle=said.subtitle,
        volume=said.volume,
        creators=[NameOut(name=name.name, reading=name.reading, role=name.role) for name in said.creators],
        publisher=said.publisher,
        published=said.published,
        year=said.year,
        isbns=list(said.isbns),
        ndc=list(said.ndc),
        subjects=list(said.subjects),
        language=said.language,
        kind=said.kind,
        items=items_out(record.pk),
        url=address_of(request, record),
    )


def items_out(record_id: int) -> list[ItemOut]:
    items = items_of(record_id)
    states = states_of(items, timezone.now())
    return [
        ItemOut(
            agency=item.agency.code,
            barcode=item.barcode,
            facility=item.home.code,
            facility_name=item.home.name,
            location=item.location.name if item.location else "",
            call_number=item.call_number,
            volume=item.volume,
            state=states[item.pk].kind,
            available=states[item.pk].is_available,
            reference_only=states[item.pk].reference_only,
            due_on=states[item.pk].due_on,
            destination=states[item.pk].destination,
            **_last_seen(states[item.pk]),
        )
        for item in items
    ]


def _last_seen(state: ItemState) -> dict[str, Any]:
    """The same confidence as on the title page."""
    seen_on = timezone.localdate(state.last_seen_at) if state.last_seen_at else None
    known = presence(seen_on=seen_on, searched_in_vain=state.searched_in_vain, today=timezone.localdate())
    return {"last_seen_on": known.seen_on, "presence": known.level}


def hit_out(request: HttpRequest, record: BibliographicRecord, editions: Sequence[int] = ()) -> Hit:
    return Hit(
        id=record.pk,
        title=record.title,
        reading=record.reading,
        volume=record.volume,
        creators=[spoken_name(record.creator)] if record.creator else [],
        publisher=record.publisher,
        year=record.year,
        kind=record.kind,
        ndc=record.ndc,
        editions=list(editions),
        url=address_of(request, record),
    )


def address_of(request: HttpRequest, record: BibliographicRecord) -> str:
    return request.build_absolute_uri(reverse("opac:title", args=[record.pk]))
