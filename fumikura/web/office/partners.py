"""連携サービス: which other services may ask readers for permission."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.signing import present_key_since, rotate
from fumikura.patrons.queries import partner_services
from fumikura.patrons.services.permits import SCOPES, add_service, stop_service
from fumikura.web.asked_once import asked_once
from fumikura.web.office.frame import office
from fumikura.web.proving import stepped_up
from fumikura.web.scopes import SCOPE_WORDS
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "organisation.issue-api-token"


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
@stepped_up
@asked_once("office")
def partners(request: HttpRequest) -> HttpResponse:
    """The list and the form; a new secret is shown once, on the answer itself."""
    if request.method != "POST":
        return _page(request)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    try:
        if request.POST.get("act") == "stop":
            for service in partner_services():
                if str(service.pk) == request.POST.get("service", ""):
                    stop_service(service=service, by=by, at=at)
            return HttpResponseRedirect(f"{reverse('office:partners')}?saved=1")
        if request.POST.get("act") == "rotate":
            rotate(by=by, at=at)
            return HttpResponseRedirect(f"{reverse('office:partners')}?rotated=1")
        lines = request.POST.get("redirects", "")[:3000].splitlines()
        made = add_service(
            name=typed(request.POST, "name", 80),
            about=typed(request.POST, "about", 300),
            redirects=[line.strip() for line in lines if line.strip()],
            scopes=request.POST.getlist("scope"),
            keeps_secret=request.POST.get("secret") == "1",
            by=by,
            at=at,
        )
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, reasons=told, status=422)
    return _page(request, made=made)


def _page(request: HttpRequest, *, reasons: object = (), made: object = None, status: int = 200) -> HttpResponse:
    page = {
        "services": partner_services(),
        "scopes": [(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        "made": made,
        "reasons": reasons,
        "saved": "saved" in request.GET,
        "rotated": "rotated" in request.GET,
        "key_since": present_key_since(),
        "sent": {name: request.POST.get(name, "") for name in ("name", "about", "redirects")} if reasons else {},
    }
    return office(request, "partners", page, status=status)
