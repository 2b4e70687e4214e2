"""Sitemaps (sitemaps.org 0.9): the house's own pages, and every title with the moment it was last written.

Titles come in stretches of row numbers. A stretch costs one walk along the primary key however large the catalogue is, and keeps its address for ever.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import last_record_number, written_between
from fumikura.discovery.lists import staff_lists_with_records
from fumikura.organisation.queries import facilities
from fumikura.programmes.queries import coming_sessions

STRETCH: Final = 20_000
"""Row numbers; the standard allows 50,000 addresses and 50 MB a file."""
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
MOST_DAYS: Final = 2_000
MOST_LISTS: Final = 2_000
KEPT: Final = "public, max-age=3600"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    lines = [HEAD, f'<sitemapindex xmlns="{NAMESPACE}">\n']
    pages = request.build_absolute_uri(reverse("signposts:pages"))
    lines.append(f"<sitemap><loc>{pages}</loc></sitemap>\n")
    for number in range(-(-last_record_number() // STRETCH)):
        address = request.build_absolute_uri(reverse("signposts:stretch", args=[number]))
        lines.append(f"<sitemap><loc>{address}</loc></sitemap>\n")
    lines.append("</sitemapindex>\n")
    return HttpResponse("".join(lines), content_type="application/xml; charset=utf-8", headers={"Cache-Control": KEPT})


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """The first page, every site, coming events, lists that staff made, and what explains the house."""
    here = request.build_absolute_uri("/").rstrip("/")
    lines = [
        HEAD,
        f'<urlset xmlns="{NAMESPACE}">\n',
        *(_page(here, *one) for one in _house(timezone.now())),
        "</urlset>\n",
    ]
    return HttpResponse("".join(lines), content_type="application/xml; charset=utf-8", headers={"Cache-Control": KEPT})


def _house(at: datetime) -> Iterator[tuple[str, datetime | None]]:
    """(path, when it was last written, where that is known)."""
    for name in ("home", "events", "lists", "bookmobile", "all-news", "local-people", "help", "accessibility"):
        yield reverse(f"opac:{name}"), None
    yield reverse("kids:home"), None
    for place in facilities():
        yield f"{reverse('opac:hours')}?{urlencode({'site': place.code})}", None
    coming = {session.programme_id: session.programme for session in coming_sessions(at, most=MOST_DAYS)}
    for programme in coming.values():
        yield reverse("opac:event", args=[programme.pk]), programme.changed_at
    for feature in staff_lists_with_records()[:MOST_LISTS]:
        yield reverse("opac:list", args=[feature.pk]), feature.changed_at


def _page(here: str, path: str, written_at: datetime | None) -> str:
    when = f"<lastmod>{written_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if written_at else ""
    return f"<url><loc>{escape(here + path)}</loc>{when}</url>\n"


@require_safe
def stretch(request: HttpRequest, number: int) -> StreamingHttpResponse:
    if number * STRETCH >= last_record_number():
        raise Http404
    here = request.build_absolute_uri("/").rstrip("/")
    return StreamingHttpResponse(
        (line.encode() for line in _lines(here, number)),
        content_type="application/xml; charset=utf-8",
        headers={"Cache-Control": KEPT},
    )


def _lines(here: str, number: int) -> Iterator[str]:
    yield HEAD
    yield f'<urlset xmlns="{NAMESPACE}">\n'
    for record, written_at in written_between(number * STRETCH, (number + 1) * STRETCH):
        place = here + reverse("opac:title", args=[record])
        yield f"<url><loc>{place}</loc><lastmod>{written_at:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
    yield "</urlset>\n"
