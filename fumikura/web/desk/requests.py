"""購入リクエスト at the counter, by telephone or on paper: something the library has not, for the patron at the counter."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.acquisitions.queries import suggestions_of
from fumikura.acquisitions.services import suggest, withdraw_suggestion
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import find_facility
from fumikura.patrons.models import Patron
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.holds import CONTACTS, WAYS, contact_words, moment_of, patron_at, pickups, way_words
from fumikura.web.desk.panel import ruby
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.requested import FIELDS, line_of, wish_of
from fumikura.web.visitors import typed


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def requests(request: HttpRequest, place: Place) -> HttpResponse:
    """What the patron asked for, and the form. A POST asks, or withdraws."""
    patron = patron_at(request, place)
    if request.method == "POST" and patron is not None:
        asked = patron
        return do(
            place,
            lambda: _act(request, place, asked),
            back=reverse("desk:requests"),
            again=lambda trouble: _page(request, place, asked, trouble),
        )
    return _page(request, place, patron)


def _act(request: HttpRequest, place: Place, patron: Patron) -> dict[str, Any]:
    sent = request.POST
    if "withdraw" in sent:
        number = typed(sent, "withdraw", 18)
        mine = next((one for one in suggestions_of(patron) if str(one.pk) == number), None)
        if mine is None:
            raise Refused(Reason("suggestion-unknown"))
        withdraw_suggestion(suggestion=mine, by=place.by, at=place.at)
        return {"did": "withdrawn"}
    way, contact = typed(sent, "way", 10), typed(sent, "contact", 10)
    made = suggest(
        patron=patron,
        wish=wish_of(sent),
        pickup=find_facility(typed(sent, "pickup", 20)),
        by=replace(place.by, via=way if way in WAYS else place.by.via),
        at=place.at,
        contact=contact if contact in CONTACTS else "e-mail",
        asked_at=moment_of(typed(sent, "accepted", 20)),
    )
    return {"did": "suggested", "suggestion": made.pk}


def _page(request: HttpRequest, place: Place, patron: Patron | None, trouble: str = "") -> HttpResponse:
    said = {
        "suggested": gettext("リクエストを受けました。返事は、ご本人のページと事務の「購入希望」に出ます。"),
        "withdrawn": gettext("リクエストを取り下げました。"),
    }
    sent = request.POST if trouble else request.GET
    return staff_page(
        request,
        place,
        "requests",
        mode="holds",
        heading=gettext("購入リクエスト"),
        trouble=trouble,
        patron=ruby(patron.name, patron.reading) if patron else None,
        said=said.get(done(request).get("did", ""), ""),
        lines=[line_of(one) for one in suggestions_of(patron)] if patron else [],
        asked={name: typed(sent, name, 500) for name in (*FIELDS, "accepted", "contact", "way")},
        pickups=pickups(),
        pickup=typed(sent, "pickup", 20) or place.facility.code,
        contacts=list(zip(CONTACTS, contact_words(), strict=True)),
        ways=list(zip(WAYS, way_words(), strict=True)),
    )
