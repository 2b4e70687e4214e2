"""特集: what staff and readers put together for readers; each list is a page and a feed."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.discovery.answers import Answer, Hit
from fumikura.discovery.lists import (
    find_list,
    first_of_each,
    listed_in,
    lists_with_records,
    sizes,
    staff_lists_with_records,
)
from fumikura.discovery.models import FeatureList, ListedRecord
from fumikura.discovery.query import Everything
from fumikura.kernel.japanese import spoken_name
from fumikura.web.design.days import in_japanese
from fumikura.web.opac import places
from fumikura.web.opac.hits import shown_hits

ON_SHELF, MOST = 12, 50
KEPT = 900
"""Seconds that a feed reader may keep the answer."""


@dataclass(frozen=True)
class Shelf:
    title: str
    note: str
    href: str
    size: int
    books: list[dict[str, str]]
    by: str = ""
    """The name under which a reader shows it; empty for a list of the staff."""


def title_of(feature: FeatureList) -> str:
    return feature.title if in_japanese() else feature.title_en or feature.title


def _note_of(feature: FeatureList) -> str:
    return feature.note if in_japanese() else feature.note_en or feature.note


def shelf_of_newest_list() -> Shelf | None:
    """Of the staff's own, for the first page; None when there is no list."""
    newest = staff_lists_with_records().first()
    return _shelves([newest])[0] if newest else None


def _shelves(features: list[FeatureList]) -> list[Shelf]:
    how_many, books = sizes(), first_of_each(features, most=ON_SHELF)
    return [
        Shelf(
            title=title_of(feature),
            note=_note_of(feature),
            href=reverse("opac:list", args=[feature.pk]),
            size=how_many.get(feature.pk, 0),
            books=[_book(row) for row in books[feature.pk]],
            by=feature.shown_as,
        )
        for feature in features
    ]


def _book(row: ListedRecord) -> dict[str, str]:
    return {
        "title": " ".join(filter(None, [row.record.title, row.record.volume])),
        "creator": spoken_name(row.record.creator),
        "ndc": row.record.ndc,
        "kind": row.record.kind,
        "href": reverse("opac:title", args=[row.record_id]),
    }


@require_safe
def all_lists(request: HttpRequest) -> HttpResponse:
    shelves = _shelves(list(lists_with_records()[:MOST]))
    page = {"shelves": [one for one in shelves if not one.by], "readers": [one for one in shelves if one.by]}
    return render(request, "opac/lists.html", page)


@require_safe
def one_list(request: HttpRequest, number: int) -> HttpResponse:
    feature = _find(number)
    rows = {row.record_id: row for row in listed_in(feature)}
    answer = Answer(len(rows), tuple(map(Hit, rows)))
    hits = shown_hits(answer, Everything(), places.names(), timezone.now())
    return render(
        request,
        "opac/list.html",
        {
            "title": title_of(feature),
            "note": _note_of(feature),
            "by": feature.shown_as,
            "number": feature.pk,
            "address": request.build_absolute_uri(reverse("opac:list", args=[feature.pk])),
            "feed": reverse("opac:list-feed", args=[feature.pk]),
            "changed_at": feature.changed_at,
            "hits": [(hit, rows[hit.record.pk].note) for hit in hits],
        },
    )


@require_safe
def feed(request: HttpRequest, number: int) -> HttpResponse:
    feature = _find(number)
    house = settings.LIBRARY_NAME if in_japanese() else settings.LIBRARY_NAME_EN
    made = Rss201rev2Feed(
        title=_("%(house)s：%(words)s") % {"house": house, "words": title_of(feature)},
        link=request.build_absolute_uri(reverse("opac:list", args=[feature.pk])),
        description=_note_of(feature) or title_of(feature),
        language=get_language(),
        feed_url=request.build_absolute_uri(),
    )
    for row in listed_in(feature):
        address = request.build_absolute_uri(reverse("opac:title", args=[row.record_id]))
        said = " ".join(filter(None, [spoken_name(row.record.creator), row.record.publisher, row.note]))
        made.add_item(title=row.record.title, link=address, description=said, unique_id=address, pubdate=row.added_at)
    page = HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")
    page["Cache-Control"] = f"public, max-age={KEPT}"
    return page


def _find(number: int) -> FeatureList:
    feature = find_list(number) if number < 2**63 else None
    if feature is None:
        raise Http404
    return feature
