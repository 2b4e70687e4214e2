"""組・学級セット: made once, lent to a class for a term and taken back by one scan of the label on the box."""

from datetime import date
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation.models import Loan
from fumikura.circulation.services import lend_set, return_set
from fumikura.holdings.models import ItemSet
from fumikura.holdings.queries import find_item
from fumikura.holdings.services.sets import find_set, make_set, members_of
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.queries import find_patron_by_card
from fumikura.web.design.days import day
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import grouped, title_of
from fumikura.web.visitors import typed

LISTED = 100
LONGEST = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def sets(request: HttpRequest, place: Place) -> HttpResponse:
    """All sets; a POST lends one, takes one back, or makes one."""
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place),
            back=reverse("desk:sets"),
            again=lambda trouble: _page(request, place, trouble),
        )
    return _page(request, place)


def _act(request: HttpRequest, place: Place) -> dict[str, Any]:
    by, at, sent = place.by, place.at, request.POST
    did = typed(sent, "did", 10)
    if did == "make":
        numbers = sent.get("numbers", "")[:LONGEST].split()
        items = [find_item(number) for number in dict.fromkeys(numbers)]
        made = make_set(
            number=typed(sent, "number", 30),
            name=typed(sent, "name", 100),
            home=place.facility,
            items=items,
            by=by,
            at=at,
        )
        return {"did": "made", "name": made.name, "count": len(items)}
    one = find_set(typed(sent, "number", 30))
    if did == "return":
        back, left = return_set(set=one, by=by, at=at)
        return {"did": "returned", "name": one.name, "count": len(back), "left": len(left)}
    patron = find_patron_by_card(typed(sent, "card", 40))
    if patron is None:
        raise Refused(Reason("card-unknown"))
    until = date.fromisoformat(typed(sent, "until", 10))
    overriding = frozenset(sent.getlist("overriding")) if "anyway" not in sent else frozenset(OVERRIDABLE)
    loans = lend_set(set=one, patron=patron, until=until, by=by, at=at, overriding=overriding)
    return {"did": "lent", "name": one.name, "count": len(loans), "until": until.isoformat()}


OVERRIDABLE = ("reference-only", "in-house-only", "latest-issue", "loans-not-allowed")
"""What a set may hold although single copies are not lent: ticked by those who may."""


def _page(request: HttpRequest, place: Place, trouble: str = "") -> HttpResponse:
    today = timezone.localdate(place.at)
    rows = ItemSet.objects.filter(ended_at=None).select_related("home").annotate(size=Count("members"))
    shown = [_row(one, today) for one in rows.order_by("number")[:LISTED]]
    return staff_page(
        request,
        place,
        "sets",
        mode="sets",
        heading=gettext("組・学級セット"),
        trouble=trouble,
        said=_said(done(request), today),
        rows=shown,
        sent={name: typed(request.POST, name, 100) for name in ("number", "card", "until", "name")},
        numbers=request.POST.get("numbers", "")[:LONGEST] if trouble else "",
        may_make=place.by.may("holdings.make-set"),
        may_lend=place.by.may("circulation.lend-set"),
    )


def _said(answer: dict[str, Any], today: date) -> str:
    match answer.get("did"):
        case "made":
            return gettext("組「{name}」に{count}点を入れました。").format(**answer)
        case "lent":
            until = day(date.fromisoformat(answer["until"]), today)
            return gettext("組「{name}」{count}点を貸しました：{until}まで").format(**{**answer, "until": until})
        case "returned" if answer["left"]:
            words = gettext("組「{name}」{count}点を受け取りました。{left}点は貸出になっていませんでした。箱を確かめてください。")  # fmt: skip
            return words.format(**answer)
        case "returned":
            return gettext("組「{name}」{count}点を受け取りました。").format(**answer)
    return ""


def _row(one: ItemSet, today: date) -> dict[str, Any]:
    items = members_of(one)
    lent = list(Loan.objects.open().filter(item__in=items).order_by("due_on").values_list("due_on", flat=True))
    return {
        "number": grouped(one.number),
        "name": one.name,
        "home": one.home.short_name or one.home.name,
        "size": len(items),
        "lent": len(lent),
        "until": day(lent[0], today) if lent else "",
        "titles": [title_of(item) for item in items],
    }
