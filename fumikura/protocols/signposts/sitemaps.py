"""Sitemaps (sitemaps.org 0.9): every title with the moment it was last written, in stretches of row numbers.

A stretch costs one walk along the primary key however large the catalogue is, and keeps its address for ever.
"""

from collections.abc import Iterator
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from fumikura.catalogue.queries import last_record_number, written_between

STRETCH: Final = 20_000
"""Row numbers; the standard allows 50,000 addresses and 50 MB a file."""
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
KEPT: Final = "public, max-age=3600"


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    lines = [HEAD, f'<sitemapindex xmlns="{NAMESPACE}">\n']
    for number in range(-(-last_record_number() // STRETCH)):
        address = request.build_absolute_uri(reverse("signposts:stretch", args=[number]))
        lines.append(f"<sitemap><loc>{address}</loc></sitemap>\n")
    lines.append("</sitemapindex>\n")
    return HttpResponse("".join(lines), content_type="application/xml; charset=utf-8", headers={"Cache-Control": KEPT})


@require_GET
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
