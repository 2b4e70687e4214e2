"""組・学級セット: made once, lent to a class for a term and taken back by one scan of the label on the box."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation.models import SetBooking
from fumikura.circulation.services import lend_set, sets_to_send_home
from fumikura.circulation.services.set_terms import WhereSet, where_sets_are
from fumikura.holdings.models import ItemSet
from fumikura.holdings.queries import find_items
from fumikura.holdings.services.sets import find_set, make_set
from fumikura.kernel.refusals import Refused
from fumikura.patrons.services import reader_showing
from fumikura.web.design.days import day
from fumikura.web.desk import second_chance
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.one_set import booking_row, look_for, page_of_set, return_chance, take_back, undo, where_is
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import grouped, name_of, title_of
from fumikura.web.visitors import typed

LISTED = 100
LONGEST = 20_000
AHEAD = timedelta(days=60)
"""Bookings that begin so soon are listed."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def sets(request: HttpRequest, place: Place) -> HttpResponse:
    """All sets; a label leads to its set, a POST lends one, takes one back, undoes that, or makes one."""
    if request.method != "POST":
        return _found(request) or _page(request, place)
    did, number = typed(request.POST, "did", 10), typed(request.POST, "number", 30)
    chance = _return_chance(number) if did == "return" else {}
    response = do(
        place,
        lambda: _act(request, place),
        back=reverse("desk:sets"),
        again=lambda trouble: _refused(request, place, trouble),
    )
    if response.status_code == 302:
        second_chance.keep(response, place, chance)
    return response


def _found(request: HttpRequest) -> HttpResponse | None:
    """The label on a box was read: its page; None for the list, and for a label that nobody knows."""
    try:
        return HttpResponseRedirect(reverse("desk:set", args=[find_set(typed(request.GET, "label", 30)).pk]))
    except Refused:
        return None


def _refused(request: HttpRequest, place: Place, trouble: str) -> HttpResponse:
    """A set that could not be lent is shown on its own page with what was typed: there one may pass over what can be."""
    if typed(request.POST, "did", 10) == "lend":
        try:
            return page_of_set(request, place, find_set(typed(request.POST, "number", 30)), trouble)
        except Refused:
            pass
    return _page(request, place, trouble)


def _return_chance(number: str) -> dict[str, Any]:
    try:
        return return_chance(find_set(number))
    except Refused:
        return {}


def _act(request: HttpRequest, place: Place) -> dict[str, Any]:
    by, at, sent = place.by, place.at, request.POST
    did = typed(sent, "did", 10)
    if did == "undo":
        return undo(request, place)
    if did == "make":
        numbers = sent.get("numbers", "")[:LONGEST].split()
        items = find_items(numbers)
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
        return {"did": "returned", "name": one.name, **take_back(one, place)}
    patron = reader_showing(typed(sent, "card", 40))
    until = date.fromisoformat(typed(sent, "until", 10))
    loans = lend_set(set=one, patron=patron, until=until, by=by, at=at)
    return {"did": "lent", "name": one.name, "count": len(loans), "until": until.isoformat()}


def _page(request: HttpRequest, place: Place, trouble: str = "") -> HttpResponse:
    today = timezone.localdate(place.at)
    rows = ItemSet.objects.filter(ended_at=None).select_related("home")
    listed = list(rows.order_by("number")[:LISTED])
    whereabouts = where_sets_are(listed)
    shown = [_row(one, whereabouts[one.pk], place, today) for one in listed]
    label, answer = typed(request.GET, "label", 30), done(request)
    soon = SetBooking.objects.open().filter(first_on__lte=today + AHEAD).select_related("set", "patron", "facility")
    home = sets_to_send_home(place.facility)
    return staff_page(
        request,
        place,
        "sets",
        mode="sets",
        heading=gettext("組・学級セット"),
        trouble=trouble or (gettext("この番号の組はありません。箱のラベルを確かめてください。") if label else ""),
        said="" if trouble else _said(answer, today),
        may_undo=answer.get("did") == "returned" and bool(second_chance.kept(request, place)),
        rows=shown,
        bookings=[booking_row(row, today) for row in soon.order_by("first_on", "pk")[:LISTED]],
        to_send=[
            {"title": title_of(item), "barcode": grouped(item.barcode), "to": name_of(item.home)} for item in home
        ],
        sent={name: typed(request.POST, name, 200) for name in ("number", "card", "until", "name")},
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
            return words.format(**answer) + look_for(answer["onward"])
        case "returned":
            return gettext("組「{name}」{count}点を受け取りました。").format(**answer) + look_for(answer["onward"])
        case "undone-return":
            return gettext("受け取りをもどしました。{count}点は、前と同じ団体に貸したままです。").format(**answer)
    return ""


def _row(one: ItemSet, its: WhereSet, place: Place, today: date) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "number": grouped(one.number),
        "name": one.name,
        "home": name_of(one.home),
        "size": its.size,
        "standing": where_is(one, its, place.facility, today),
    }
