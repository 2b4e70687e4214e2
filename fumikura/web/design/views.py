"""The stylesheet, the reader's choice of colours and language, and the living gallery."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from fumikura.web.design.context import COLOUR_COOKIE, COLOURS
from fumikura.web.design.gallery import page_values
from fumikura.web.design.reading import ERA_COOKIE, ON, RUBY_COOKIE
from fumikura.web.design.stylesheet import sheet

_YEAR = 365 * 24 * 3600


@require_safe
def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    joined = sheet()
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(joined.zipped if zipped else joined.text, content_type="text/css; charset=utf-8")
    if zipped:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    # A page from before an update asks with the old digest: it gets today's sheet, but may not keep it under that name.
    lasting = digest == joined.digest and not settings.DEBUG
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if lasting else "no-cache"
    return response


# Not protected against forged requests, on purpose: a token would mean a cookie for everybody who only reads a page,
# and all that a forged request could do here is to change somebody's colours or language.
@csrf_exempt
@require_POST
def colours(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("colour", "")
    response = HttpResponseRedirect(_back(request))
    if chosen in COLOURS:
        response.set_cookie(COLOUR_COOKIE, chosen, max_age=_YEAR, samesite="Lax", secure=settings.SECURE_BEHIND_TLS)
    return response


@csrf_exempt
@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """ふりがな and eras, on or off."""
    response = HttpResponseRedirect(_back(request))
    for name in (RUBY_COOKIE, ERA_COOKIE):
        if chosen := request.POST.get(name, ""):
            value = ON if chosen == ON else "off"
            response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=settings.SECURE_BEHIND_TLS)
    return response


language = csrf_exempt(set_language)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "design/gallery.html", page_values(timezone.localdate()))


def _back(request: HttpRequest) -> str:
    """Where the reader was, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
