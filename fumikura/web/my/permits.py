"""Other services and my record: agreeing (OpenID's authorization page), seeing what I allowed, taking it back."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.journal.services import once
from fumikura.patrons.models import PartnerService
from fumikura.patrons.queries import find_service, permits_of
from fumikura.patrons.services.permits import give_permit, withdraw_permit
from fumikura.web.my.views import signed_in
from fumikura.web.scopes import SCOPE_WORDS
from fumikura.web.visitors import for_patrons, origin_of, visitor

ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt")  # fmt: skip


@require_http_methods(["GET", "POST"])
def allow(request: HttpRequest) -> HttpResponse:
    """OpenID's authorization page. A service or address that is not known is never led back to: the fault is told here."""
    asked = {name: (request.POST if request.method == "POST" else request.GET).get(name, "")[:1000] for name in ASKED}
    service = find_service(asked["client_id"])
    if service is None or asked["redirect_uri"] not in service.redirects:
        return render(request, "my/allow_unknown.html", status=400)
    if error := _objection(asked, service):
        return _back(request, asked, {"error": error})
    if visitor(request).patron is None and asked["prompt"] == "none":
        return _back(request, asked, {"error": "login_required"})
    # After "allow" the browser goes on to the service; our policy for forms must let it.
    parts = urlsplit(asked["redirect_uri"])
    answer = for_patrons(_ask)(request, asked, service)
    vars(answer)["_csp_update"] = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}
    return answer


def _objection(asked: Mapping[str, str], service: PartnerService) -> str:
    """The code of RFC 6749 for what is wrong with the question; empty when nothing is."""
    if not asked["response_type"]:
        return "invalid_request"
    if asked["response_type"] != "code":
        return "unsupported_response_type"
    if asked["code_challenge_method"] != "S256" or not 43 <= len(asked["code_challenge"]) <= 128:
        return "invalid_request"
    scopes = set(asked["scope"].split())
    return "" if scopes and scopes <= set(service.scopes) else "invalid_scope"


def _ask(request: HttpRequest, asked: Mapping[str, str], service: PartnerService) -> HttpResponse:
    patron, scopes = signed_in(request), asked["scope"].split()
    if request.method == "POST" and "yes" not in request.POST:
        return _back(request, asked, {"error": "access_denied"})
    has = next((set(permit.scopes) for permit in permits_of(patron) if permit.service_id == service.pk), set())
    if request.method == "POST" or (has >= set(scopes) and asked["prompt"] != "consent"):
        code = give_permit(
            patron=patron,
            service=service,
            scopes=set(scopes) | has,
            redirect=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked["nonce"],
            by=visitor(request).patron_actor(),
            at=timezone.now(),
        )
        return _back(request, asked, {"code": code})
    if asked["prompt"] == "none":
        return _back(request, asked, {"error": "consent_required"})
    page = {"service": service, "asked": asked, "words": _in_words(scopes), "host": service.sector}
    return render(request, "my/allow.html", page)


def _in_words(scopes: Iterable[str]) -> list[Promise]:
    return [words for scope, words in SCOPE_WORDS.items() if scope in scopes]


def _back(request: HttpRequest, asked: Mapping[str, str], answer: Mapping[str, str]) -> HttpResponse:
    """To the service, with the answer, its own state, and who we are (RFC 9207)."""
    parts = urlsplit(asked["redirect_uri"])
    query = QueryDict(parts.query, mutable=True)
    query.update({**answer, **({"state": asked["state"]} if asked["state"] else {}), "iss": origin_of(request)})
    response = HttpResponse(status=303)
    response["Location"] = parts._replace(query=urlencode(list(query.items()))).geturl()
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@for_patrons
def services(request: HttpRequest) -> HttpResponse:
    """What I allowed to whom."""
    rows = [(permit, _in_words(permit.scopes)) for permit in permits_of(signed_in(request))]
    page = {"rows": rows, "saved": "saved" in request.GET, "request_key": uuid4().hex, "library": settings.LIBRARY_NAME}
    return render(request, "my/services.html", page)


@require_POST
@for_patrons
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    here, at = visitor(request), timezone.now()

    def act() -> dict[str, str]:
        for permit in permits_of(signed_in(request)):
            if permit.pk == pk:
                withdraw_permit(permit=permit, by=here.patron_actor(), at=at)
        return {}

    once(here.request_key, act, door="my", at=at)
    return HttpResponseRedirect(f"{reverse('my:services')}?saved=1")
