"""リクエスト: asking the library for something it has not, and reading its answer."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.acquisitions.queries import suggestions_of
from fumikura.acquisitions.services import suggest, withdraw_suggestion
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import find_facility
from fumikura.web.my.holds import pickups, said
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.requested import FIELDS, line_of, wish_of
from fumikura.web.visitors import for_patrons, typed, visitor


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def requests(request: HttpRequest) -> HttpResponse:
    """The list with its answers and the form; a POST asks."""
    return _ask(request) if request.method == "POST" else _page(request)


def _page(request: HttpRequest, *, reasons: list[Said] | None = None, held: object = 0) -> HttpResponse:
    patron = signed_in(request)
    done = answer_to(typed(request.GET, "after", 64), door="my")
    sent = request.POST if reasons else request.GET
    page = {
        "lines": [line_of(one) for one in suggestions_of(patron)],
        "asked": {name: typed(sent, name, 500) for name in FIELDS},
        "pickups": pickups(patron),
        "pickup": typed(sent, "pickup", 20),
        "done": _done(done),
        "reasons": reasons or [],
        "held": held,
        "request_key": uuid4().hex,
    }
    return render(request, "my/requests.html", page, status=422 if reasons else 200)


def _done(done: dict[str, Any]) -> str:
    if "suggested" in done:
        return _("リクエストを受け付けました。返事はこのページに出ます。")
    return _("リクエストを取り下げました。") if "withdrawn" in done else ""


def _ask(request: HttpRequest) -> HttpResponse:
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    key = here.request_key or uuid4().hex
    wish = wish_of(request.POST)
    try:
        pickup = find_facility(typed(request.POST, "pickup", 20))

        def act() -> dict[str, Any]:
            return {"suggested": suggest(patron=patron, wish=wish, pickup=pickup, by=here.patron_actor(), at=at).pk}

        once(key, act, door="my", at=at)
    except Refused as refused:
        held = next((reason.facts().get("record", 0) for reason in refused.reasons), 0)
        return _page(request, reasons=said(refused), held=held)
    return HttpResponseRedirect(f"{reverse('my:requests')}?{urlencode({'after': key})}")


@require_POST
@for_patrons
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The reader no longer wants it."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    key = here.request_key or uuid4().hex
    mine = next((one for one in suggestions_of(patron) if one.pk == pk), None)
    try:
        if mine is None:
            raise Refused(Reason("suggestion-unknown"))
        found = mine

        def act() -> dict[str, Any]:
            withdraw_suggestion(suggestion=found, by=here.patron_actor(), at=at)
            return {"withdrawn": found.pk}

        once(key, act, door="my", at=at)
    except Refused as refused:
        return _page(request, reasons=said(refused))
    return HttpResponseRedirect(f"{reverse('my:requests')}?{urlencode({'after': key})}")
