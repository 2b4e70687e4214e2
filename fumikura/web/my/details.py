"""登録の変更: address and the card's term are asked for on line and granted at a desk; mail and telephone change at once."""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Application
from fumikura.patrons.services.applications import addresses_of_postcode, ask_for_change, has_postcodes
from fumikura.patrons.services.register import change_own
from fumikura.web.my.holds import said
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, typed, visitor


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def details(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" or "look_up" in request.POST:
        return _page(request)
    patron, by, at = signed_in(request), visitor(request).patron_actor(), timezone.now()
    try:
        if "renewal" in request.POST:
            ask_for_change(patron=patron, kind=Application.Kind.RENEWAL, answers={}, by=by, at=at)
        elif "address" in request.POST:
            answers = {name: typed(request.POST, name, 200) for name in ("postcode", "address")}
            ask_for_change(patron=patron, kind=Application.Kind.CHANGE, answers=answers, by=by, at=at)
        else:
            mail = typed(request.POST, "email", 200)
            try:
                if mail:
                    validate_email(mail)
            except ValidationError:
                raise Refused(Reason("e-mail-malformed")) from None
            change_own(patron=patron, email=mail, phone=typed(request.POST, "phone", 20), by=by, at=at)
    except Refused as refused:
        return _page(request, reasons=said(refused))
    return HttpResponseRedirect(f"{reverse('my:details')}?done=1")


def _page(request: HttpRequest, *, reasons: list[Said] | None = None) -> HttpResponse:
    patron = signed_in(request)
    sent = request.POST
    postcode = typed(sent, "postcode", 10) or patron.postcode
    page = {
        "patron": patron,
        "postcode": postcode,
        "address": typed(sent, "address", 200) or patron.address,
        "found": addresses_of_postcode(postcode) if "look_up" in sent else [],
        "looked": "look_up" in sent,
        "fills": has_postcodes(),
        "waiting": list(Application.objects.filter(patron=patron, settled_at=None)),
        "reasons": reasons or [],
        "done": "done" in request.GET,
        "request_key": uuid4().hex,
    }
    return render(request, "my/details.html", page, status=422 if reasons else 200)
