"""robots.txt (RFC 9309): titles and persons may be kept by search engines; lists without an end and all private doors may not."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

CLOSED = (
    "/api/v1/",
    "/cataloguing/",
    "/desk/",
    "/my/",
    "/office/",
    "/search",
    "/sign-in",
    "/sru",
    "/suggest",
    "/unapi",
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('signposts:sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
