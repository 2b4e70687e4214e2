"""Showing a マイナンバーカード to the city's identity service, so that nothing has to be written: there and back."""

from dataclasses import asdict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fumikura.organisation.city_identity import NotConfirmed, ask, facts_told
from fumikura.web.join.views import form_page
from fumikura.web.visitors import origin_of, typed, visitor

KEPT = "city_identity"
"""Session key of state, nonce and verifier; nothing about anybody is in it."""
WAITS_SECONDS = 900


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    if not settings.CITY_ID_URL:
        raise Http404
    try:
        question = ask(back=_back(request))
    except NotConfirmed:
        return form_page(request, {}, not_confirmed=True)
    request.session[KEPT] = {name: value for name, value in asdict(question).items() if name != "address"}
    if visitor(request).staff is None:
        request.session.set_expiry(WAITS_SECONDS)
    return HttpResponseRedirect(question.address)


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The form, filled with what the city knows. It travels sealed in the form: the server keeps nothing of it."""
    if not settings.CITY_ID_URL:
        raise Http404
    try:
        facts = facts_told(
            code=typed(request.GET, "code", 2000),
            state=typed(request.GET, "state", 200),
            kept=request.session.pop(KEPT, {}),
            back=_back(request),
            at=timezone.now(),
        )
    except NotConfirmed:
        return form_page(request, {}, not_confirmed=True)
    return form_page(request, {}, facts=facts)


def _back(request: HttpRequest) -> str:
    return f"{origin_of(request)}{reverse('join:city-identity-back')}"
