"""The list of dumps, and their files."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from fumikura.protocols.dumps.writing import FILES, contents, dumps

NAMES = frozenset({*FILES, "SHA256SUMS"})


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """JSON: the dumps, the latest first, with the address, size and SHA-256 of each file."""
    found = []
    for dump in dumps():
        said = contents(dump)
        for one in said["files"]:
            address = reverse("dumps:file", args=[dump.name, one["name"]])
            one["url"] = request.build_absolute_uri(address)
        found.append({"name": dump.name, **said})
    return JsonResponse({"dumps": found}, json_dumps_params={"ensure_ascii": False})


@require_safe
def file(request: HttpRequest, dump: str, name: str) -> HttpResponseBase:
    """One file of a dump; it never changes once it is there."""
    place = next((one for one in dumps() if one.name == dump), None)
    if place is None or name not in NAMES:
        raise Http404
    kind = "text/plain; charset=utf-8" if name == "SHA256SUMS" else "application/gzip"
    response = FileResponse((place / name).open("rb"), as_attachment=True, filename=f"{dump}-{name}", content_type=kind)
    patch_cache_control(response, public=True, max_age=86_400, immutable=True)
    return response
