"""What is mine by right: who looked at my record, a copy of everything that is kept, and the end of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.circulation.services import leave
from fumikura.journal.mixing import is_day_only
from fumikura.journal.models import Entry
from fumikura.journal.queries import entries_about
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import places_by_code
from fumikura.patrons.services import note_own_copy, prove_password
from fumikura.web.design.names import name_of
from fumikura.web.my.own_copy import MOST_ENTRIES, own_copy
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, visitor

VIEWS = {"patrons.patron-viewed"}


@dataclass(frozen=True)
class Look:
    at: datetime
    place: str
    how: str

    @property
    def day_only(self) -> bool:
        """Of what is older than a day only the day is kept."""
        return is_day_only(self.at)


@require_safe
@for_patrons
def seen(request: HttpRequest) -> HttpResponse:
    """When and where staff opened my address and details."""
    patron = signed_in(request)
    places = {code: name_of(place) for code, place in places_by_code().items()}
    entries = [entry for entry in entries_about(patron.key, limit=MOST_ENTRIES) if entry.event in VIEWS]
    looks = [Look(entry.happened_at, places.get(entry.facility, ""), _how(entry)) for entry in entries]
    return render(request, "my/seen.html", {"looks": looks})


def _how(look: Entry) -> str:
    if look.particulars.get("by_glass"):
        return _("緊急の権限で")
    return {"desk": _("カウンターで"), "office": _("事務室で")}.get(look.via, "")


@require_POST
@for_patrons
def data(request: HttpRequest) -> HttpResponse:
    """Everything with my name or key on it, for other programs: JSON with names a person can read."""
    patron, at = signed_in(request), timezone.now()
    note_own_copy(patron=patron, by=visitor(request).patron_actor(), at=at)
    answer = JsonResponse(own_copy(patron, at), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="library-data.json"'
    return answer


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@for_patrons
def close(request: HttpRequest) -> HttpResponse:
    """Close the account: what goes, what stays and why, then the password."""
    if request.method != "POST":
        return render(request, "my/close.html", {"request_key": uuid4().hex})
    patron, here, at = signed_in(request), visitor(request), timezone.now()

    def act() -> dict[str, str]:
        leave(patron=patron, by=here.patron_actor(), at=at)
        return {}

    try:
        if "understood" not in request.POST:
            raise Refused(Reason("not-understood"))
        prove_password(patron=patron, password=request.POST.get("password", "")[:1024], at=at)
        once(here.request_key, act, door="my", at=at)
    except Refused as refused:
        told = [Said(*words(reason, get_language() or "ja")) for reason in refused.reasons]
        return render(request, "my/close.html", {"reasons": told, "request_key": uuid4().hex}, status=422)
    return HttpResponseRedirect(reverse("entrance:gone"))
