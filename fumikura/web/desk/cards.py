"""利用カード: the card of one reader at the counter: good for longer, stopped when it is lost, another one handed out."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import current_card
from fumikura.patrons.services import reissue_card, renew_card, stop_card
from fumikura.web.design.days import day
from fumikura.web.desk.about_reader import about_reader
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import category_of, grouped
from fumikura.web.visitors import typed


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
@about_reader
def card(request: HttpRequest, place: Place, one: Patron) -> HttpResponse:
    """A POST makes it good again (renew), stops it (lost), or hands out the card with this number (number)."""
    if request.method != "POST":
        return _page(request, place, one)
    return do(
        place,
        lambda: _act(request, place, one),
        back=reverse("desk:card", args=[one.key]),
        again=lambda trouble: _page(request, place, one, trouble),
    )


def _act(request: HttpRequest, place: Place, one: Patron) -> dict[str, Any]:
    by, at, used = place.by, place.at, current_card(one)
    if "number" in request.POST:
        term = "anew" if "anew" in request.POST else "as-before"
        made = reissue_card(patron=one, number=typed(request.POST, "number", 40), by=by, at=at, term=term)
        return {"did": "issued", "until": made.expires_on.isoformat()}
    if used is None:
        raise Refused(Reason("card-stopped"))
    if "lost" in request.POST:
        stop_card(card=used, reason="lost", by=by, at=at)
        return {"did": "stopped"}
    return {"did": "renewed", "until": renew_card(card=used, by=by, at=at).expires_on.isoformat()}


def _page(request: HttpRequest, place: Place, one: Patron, trouble: str = "") -> HttpResponse:
    used, today, by = current_card(one), timezone.localdate(place.at), place.by
    return staff_page(
        request,
        place,
        "card",
        mode="patrons",
        heading=gettext("{name} さんの利用カード").format(name=one.name),
        trouble=trouble,
        one=one,
        category=category_of(one),
        said=_said(done(request), today),
        number=grouped(used.number) if used else "",
        until=day(used.expires_on, today) if used else "",
        is_over=used is not None and used.expires_on < today,
        sent=typed(request.POST, "number", 40) if trouble else "",
        anew="anew" in request.POST,
        may={
            "renew": used is not None and by.may("patrons.renew-card"),
            "stop": used is not None and by.may("patrons.stop-card"),
            "issue": by.may("patrons.issue-card") and (used is None or by.may("patrons.stop-card")),
        },
    )


def _said(answer: dict[str, Any], today: date) -> str:
    until = day(date.fromisoformat(answer["until"]), today) if "until" in answer else ""
    match answer.get("did"):
        case "renewed":
            return gettext("{day}まで使えるようにしました。").format(day=until)
        case "stopped":
            return gettext("カードを止めました。だれが読ませても使えません。")
        case "issued":
            return gettext("新しいカードを渡せます。{day}まで使えます。").format(day=until)
    return ""
