"""The service worker that keeps the card's page for when there is no line. Signing out clears it with the browser's cache."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fumikura.web.design.stylesheet import sheet
from fumikura.web.visitors import for_patrons


@require_safe
@for_patrons
def script(request: HttpRequest) -> HttpResponse:
    """Its scope is /my/card and nothing else."""
    digest = sheet().digest
    response = render(
        request,
        "my/card-worker.js",
        {"card": reverse("my:card"), "sheet": reverse("design:stylesheet", args=[digest]), "digest": digest},
        content_type="text/javascript",
    )
    response["Service-Worker-Allowed"] = reverse("my:card")
    return response
