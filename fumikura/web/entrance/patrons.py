"""Patrons sign in with the number of their card, as typed or scanned, and a password."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.kernel.refusals import Refused
from fumikura.organisation import passkeys
from fumikura.patrons.models import Patron
from fumikura.patrons.services.passkeys import check_passkey
from fumikura.patrons.services.passwords import check_password
from fumikura.patrons.services.sessions import end_session, open_session
from fumikura.web.entrance.words import words_for
from fumikura.web.visitors import (
    PASSKEY_CHALLENGE,
    address_of,
    device_of,
    keep_patron_signed_in,
    origin_of,
    safe_next,
    visitor,
)

HOME = "/my/"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    back = safe_next(request, HOME)
    if request.method == "GET" and visitor(request).patron is not None:
        return HttpResponseRedirect(back)
    card, password = request.POST.get("card", "")[:64], request.POST.get("password", "")[:1024]
    page = {"next": back, "card": card, "idle": "idle" in request.GET, "left": "left" in request.GET}
    if request.method == "GET":
        return render(request, "entrance/sign_in.html", page)
    if not card or not password:
        # A scanner ends with Enter: the card is read, the password comes next. That is no mistake.
        return render(request, "entrance/sign_in.html", page)
    try:
        patron = check_password(card, password, address_of(request), timezone.now())
    except Refused as refused:
        return render(request, "entrance/sign_in.html", {**page, "reasons": words_for(refused)}, status=403)
    return _come_in(request, patron, back)


@never_cache
@require_safe
def passkey_question(request: HttpRequest) -> HttpResponse:
    """What the browser's dialogue is to ask somebody whom we do not know yet. The challenge stays with us."""
    question, challenge = passkeys.ask_to_sign(origin=origin_of(request), known=[])
    request.session[PASSKEY_CHALLENGE] = challenge
    request.session.set_expiry(600)
    return HttpResponse(question, content_type="application/json")


@never_cache
@require_POST
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey in place of card and password."""
    back = safe_next(request, HOME)
    try:
        patron = check_passkey(
            answer=request.POST.get("passkey", "")[:8000],
            challenge=request.session.pop(PASSKEY_CHALLENGE, ""),
            origin=origin_of(request),
            address=address_of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        page = {"next": back, "reasons": words_for(refused)}
        return render(request, "entrance/sign_in.html", page, status=403)
    return _come_in(request, patron, back)


def _come_in(request: HttpRequest, patron: Patron, back: str) -> HttpResponse:
    end_session(key=request.COOKIES.get(settings.PATRON_COOKIE_NAME, ""))
    response = HttpResponseRedirect(back)
    at = timezone.now()
    keep_patron_signed_in(response, open_session(patron=patron, at=at, device=device_of(request)))
    rotate_token(request)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    end_session(key=request.COOKIES.get(settings.PATRON_COOKIE_NAME, ""))
    response = HttpResponseRedirect(f"{reverse('entrance:sign-in')}?left=1")
    response.delete_cookie(settings.PATRON_COOKIE_NAME, samesite="Lax")
    response["Clear-Site-Data"] = '"cache"'
    return response


@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    """The account was closed: nobody is signed in any more."""
    response = render(request, "entrance/gone.html")
    response.delete_cookie(settings.PATRON_COOKIE_NAME, samesite="Lax")
    response["Clear-Site-Data"] = '"cache"'
    return response
