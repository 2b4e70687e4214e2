"""What is mine by right: who looked at my record, a copy of everything that is kept, and the end of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.acquisitions.queries import suggestions_of
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.services import leave
from fumikura.discovery.lists import listed_in
from fumikura.discovery.offered import offered_by
from fumikura.discovery.saved import saved_searches
from fumikura.discovery.wishes import wish_lists, wished_in
from fumikura.journal.mixing import is_day_only
from fumikura.journal.models import Entry
from fumikura.journal.queries import entries_about
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.queries import choices_of
from fumikura.organisation.queries import places_by_code
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import contacts_of, current_card, open_blocks
from fumikura.patrons.services import note_own_copy, prove_password
from fumikura.web.design.names import name_of
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, visitor

MOST_ENTRIES = 2000
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
    answer = JsonResponse(_everything(patron, at), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="library-data.json"'
    return answer


def _everything(patron: Patron, at: datetime) -> dict[str, Any]:
    card = current_card(patron)
    fields = (
        "name",
        "reading",
        "born_on",
        "residency",
        "services",
        "postcode",
        "address",
        "district",
        "phone",
        "email",
        "language",
    )
    return {
        "made_at": at.isoformat(),
        "person": {name: getattr(patron, name) for name in fields}
        | {"category": patron.category.code, "home": patron.home.code, "registered_at": patron.registered_at},
        "note_of_the_library": patron.note,
        "guardian": patron.guardian.name if patron.guardian else "",
        "card": {"number": card.number, "issued_on": card.issued_on, "expires_on": card.expires_on} if card else None,
        "blocks": [
            {"reason": block.reason, "since": block.starts_on, "until": block.ends_on}
            for block in open_blocks(patron, timezone.localdate(at))
        ],
        "loans": [
            {"title": loan.item.record.title, "item": loan.item.barcode, "lent_at": loan.lent_at, "due_on": loan.due_on}
            for loan in open_loans_of(patron)
        ],
        "holds": [
            {"titles": [one.record.title for one in hold.titles.select_related("record")], "asked_at": hold.accepted_at}
            for hold in patron.holds.filter(closed_at=None).order_by("pk")
        ],
        "suggestions": [{"title": one.title, "asked_at": one.asked_at} for one in suggestions_of(patron)],
        "saved_searches": [{"name": one.name, "address": one.address} for one in saved_searches(patron)],
        "books_to_read": {one.name: [row.record.title for row in wished_in(one)] for one in wish_lists(patron)},
        "lists_shown_to_all": [
            {"title": one.title, "shown_as": one.shown_as, "books": [row.record.title for row in listed_in(one)]}
            for one in offered_by(patron)
        ],
        "told_by": {kind: choice.channels for kind, choice in choices_of(patron).items()},
        "reached_at": [{"way": one.way, "name": one.name, "since": one.since} for one in contacts_of(patron)],
        "passkeys": [{"name": one.name, "added_at": one.added_at} for one in patron.passkeys.order_by("pk")],
        "permits": [
            {"service": one.service.name, "scopes": one.scopes, "given_at": one.given_at}
            for one in patron.permits.filter(withdrawn_at=None).select_related("service")
        ],
        "journal": [
            {"at": entry.happened_at, "what": entry.event, "where": entry.facility, "by": entry.via}
            for entry in entries_about(patron.key, limit=MOST_ENTRIES)
        ],
    }


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
