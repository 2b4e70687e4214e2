"""The page of the offline counter and the worker that keeps it in the browser. Neither looks at who asks."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from fumikura.notices.composing import slip
from fumikura.notices.words import language_of
from fumikura.web.desk.offline import words

MODULES = ("page", "check_digits", "counter", "list", "snapshot", "store", "sync", "show", "tones")
"""In static/desk/offline; the page loads the first, which asks for the others."""
SHEETS = ("desk/desk.css", "desk/offline/offline.css")


@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    context = {
        "modules": [static(f"desk/offline/{name}.js") for name in MODULES],
        "modes": words.modes(),
        "keys": words.keys(),
        "icons": words.ICONS,
        "facts": _facts(),
        "slip": _slip(),
    }
    response = render(request, "desk/offline/counter.html", context)
    response["Cache-Control"] = "no-cache"
    return response


def _slip() -> dict[str, Any]:
    """The library's words above and below the days, which the browser fills in by itself."""
    worded = slip("loan-slip", language_of(get_language() or "ja"), {}, [{"day": "—"}])
    return {"heading": worded.heading, "closing": [line.words for line in worded.lines if not line.size]}


def _facts() -> dict[str, Any]:
    """What the script must know beside the snapshot: words, addresses, the time zone."""
    return {
        "words": words.said(),
        "outcomes": words.outcomes(),
        "language": (get_language() or "ja")[:2],
        "zone": settings.TIME_ZONE,
        "worker": reverse("offline:worker"),
        "scope": reverse("desk:lend"),
        "now": reverse("offline:now"),
        "snapshot": reverse("offline:snapshot"),
        "lists": reverse("offline:lists"),
        "replays": reverse("offline:replays"),
        "terminals": reverse("desk:offline-terminals"),
        "signIn": f"{reverse('entrance:staff-sign-in')}?next={reverse('offline:counter')}",
    }


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: new when any file of the page is, so that a browser takes the new ones."""
    context = {"version": version(), "page": reverse("offline:counter"), "scope": reverse("desk:lend")}
    response = render(request, "desk/offline/worker.js", context, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("desk:lend")
    response["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def version() -> str:
    """A digest of everything that the page is made of."""
    digest = hashlib.sha256()
    for name in [f"desk/offline/{module}.js" for module in MODULES] + list(SHEETS):
        if path := finders.find(name):
            digest.update(Path(path).read_bytes())
    for template in sorted((Path(__file__).parent.parent / "templates" / "desk" / "offline").iterdir()):
        digest.update(template.read_bytes())
    return digest.hexdigest()[:16]
