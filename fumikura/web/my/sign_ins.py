"""My passkeys, and where I am signed in."""

from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import passkeys
from fumikura.patrons.queries import open_sessions_of, passkeys_of
from fumikura.patrons.services import add_own_passkey, end_other_sessions, remove_own_passkey
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import PASSKEY_CHALLENGE, for_patrons, origin_of, typed, visitor


@require_http_methods(["GET", "POST"])
@for_patrons
def sign_ins(request: HttpRequest) -> HttpResponse:
    """One page: passkeys to add and remove, devices to sign out."""
    if request.method != "POST":
        return _page(request, [])
    patron, by, at = signed_in(request), visitor(request).patron_actor(), timezone.now()
    try:
        match request.POST.get("act", ""):
            case "passkey":
                challenge = request.session.pop(PASSKEY_CHALLENGE, "")
                try:
                    answer = request.POST.get("passkey", "")[:8000]
                    made = passkeys.made(answer, challenge=challenge, origin=origin_of(request))
                except passkeys.NotGood:
                    raise Refused(Reason("passkey-wrong")) from None
                name = typed(request.POST, "name", 60) or _("パスキー")
                add_own_passkey(patron=patron, made=made, name=name, by=by, at=at)
            case "remove":
                for passkey in passkeys_of(patron):
                    if str(passkey.pk) == request.POST.get("of", ""):
                        remove_own_passkey(passkey=passkey, by=by, at=at)
            case "end":
                here = request.COOKIES.get(settings.PATRON_COOKIE_NAME, "")
                end_other_sessions(patron=patron, besides=here, by=by, at=at)
    except Refused as refused:
        told = [Said(*words(reason, get_language() or "ja")) for reason in refused.reasons]
        return _page(request, told, status=422)
    return HttpResponseRedirect(f"{reverse('my:sign-ins')}?saved=1")


@require_safe
@for_patrons
def passkey_question(request: HttpRequest) -> HttpResponse:
    """What the browser's dialogue is to ask, to make a passkey. The challenge stays with us."""
    patron = signed_in(request)
    question, challenge = passkeys.ask_to_make(
        origin=origin_of(request),
        library=settings.LIBRARY_NAME,
        handle=patron.key.encode(),
        name=patron.name,
        known=[one.credential for one in passkeys_of(patron)],
    )
    request.session[PASSKEY_CHALLENGE] = challenge
    return HttpResponse(question, content_type="application/json")


def _page(request: HttpRequest, reasons: list[Said], *, status: int = 200) -> HttpResponse:
    patron = signed_in(request)
    page = {
        "passkeys": passkeys_of(patron),
        "sessions": open_sessions_of(patron),
        "here": request.COOKIES.get(settings.PATRON_COOKIE_NAME, ""),
        "reasons": reasons,
        "saved": "saved" in request.GET,
        "request_key": uuid4().hex,
    }
    return render(request, "my/sign_ins.html", page, status=status)
