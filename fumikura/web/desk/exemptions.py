"""督促の猶予: whom, or which loan, the night leaves alone for a while, until when and why."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Exemption, Loan
from fumikura.circulation.queries import get_loan, need_open_loan_of
from fumikura.holdings.queries import find_item
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card, signed_in_patron
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.reminders import may_remind
from fumikura.web.desk.words import joined, title_of
from fumikura.web.visitors import typed

WHY = {
    "illness": _("病気・入院"),
    "disaster": _("災害にあった"),
    "post": _("郵便・宅配で返す途中"),
    "searching": _("図書館がさがしている"),
    "other": _("そのほか"),
}
"""Codes of services.exempting.WHY in words."""

Whom = tuple[Patron | None, Loan | None]


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def exemptions(request: HttpRequest, place: Place) -> HttpResponse:
    """Those in force and the form for another; ?reader= or ?loan= fills it in. A POST makes or ends one."""
    if not may_remind(place):
        trouble = joined(*say(Reason.of("not-permitted:circulation.remind")))
        return staff_page(request, place, "exemptions", mode="overdue", heading=gettext("督促の猶予"), trouble=trouble)
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place),
            back=reverse("desk:exemptions"),
            again=lambda trouble: _page(request, place, trouble),
        )
    return _page(request, place)


def _act(request: HttpRequest, place: Place) -> dict[str, Any]:
    sent = request.POST
    if "end" in sent:
        row = Exemption.objects.filter(pk=int(typed(sent, "end", 18))).first()
        if row:
            circulation.end_exemption(exemption=row, by=place.by, at=place.at)
        return {"did": "ended"}
    patron, loan = _whom(request)
    if patron is None and loan is None:
        patron, loan = _read(typed(sent, "scanned", 40))
    circulation.exempt(
        patron=patron,
        loan=loan,
        until=date.fromisoformat(typed(sent, "until", 10)),
        why=typed(sent, "why", 20),
        words=typed(sent, "words", 200),
        by=place.by,
        at=place.at,
    )
    return {"did": "made"}


def _whom(request: HttpRequest) -> Whom:
    """Named by the page that led here; nobody when neither was, or it is no longer there."""
    sent = request.POST if request.method == "POST" else request.GET
    if key := typed(sent, "reader", 64):
        return signed_in_patron(key), None
    number = typed(sent, "loan", 18)
    try:
        return None, get_loan(int(number)) if number.isdecimal() else None
    except Refused:
        return None, None


def _read(number: str) -> Whom:
    """A card: its reader. An item: its open loan. Refused when it is neither."""
    if reader := find_patron_by_card(number):
        return reader, None
    return None, need_open_loan_of(find_item(number))


def _page(request: HttpRequest, place: Place, trouble: str = "") -> HttpResponse:
    today, sent = timezone.localdate(place.at), request.POST
    patron, loan = _whom(request)
    said = {"made": gettext("督促を待つことにしました。"), "ended": gettext("督促を待つのをやめました。")}
    return staff_page(
        request,
        place,
        "exemptions",
        mode="overdue",
        heading=gettext("督促の猶予"),
        trouble=trouble,
        may=True,
        said=said.get(done(request).get("did", ""), ""),
        rows=[_row(one, today) for one in circulation.exemptions(today)],
        about=_name(patron, loan),
        reader=patron.key if patron else "",
        loan=loan.pk if loan else "",
        whys=list(WHY.items()),
        today=today.isoformat(),
        sent={name: typed(sent, name, 200) for name in ("scanned", "until", "why", "words")},
    )


def _row(one: Exemption, today: date) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "name": _name(one.patron, one.loan),
        "is_reader": one.patron is not None,
        "reader": one.patron.key if one.patron else "",
        "loan": one.loan_id or 0,
        "why": WHY.get(one.why, one.why),
        "words": one.words,
        "until": day(one.until, today),
        "since": day(timezone.localdate(one.made_at), today),
    }


def _name(patron: Patron | None, loan: Loan | None) -> str:
    """Of a loan the title alone: the list lies open on a desk."""
    if patron:
        return gettext("{name} さん").format(name=patron.name)
    return f"『{title_of(loan.item)}』" if loan else ""
