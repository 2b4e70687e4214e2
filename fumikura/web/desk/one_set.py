"""One set on one page: where it is, for whom it is promised, and what can be done with it now."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.circulation import services as circulation
from fumikura.circulation.models import SetBooking
from fumikura.circulation.queries import overridden, states_of
from fumikura.circulation.services.set_terms import WhereSet, where_sets_are
from fumikura.holdings.models import Item, ItemSet
from fumikura.holdings.services.sets import members_of
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities, find_facility
from fumikura.patrons.models import Patron
from fumikura.patrons.services import reader_showing
from fumikura.web.design.days import day
from fumikura.web.desk import second_chance
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.whys import overridden_line
from fumikura.web.desk.words import grouped, name_of, state_line, title_of
from fumikura.web.overriding import WHY_OVERRIDDEN, need_a_reason
from fumikura.web.paper.sets import SetSheet, set_sheet
from fumikura.web.visitors import typed

PASSED = {
    "kept": frozenset({"reference-only", "in-house-only", "latest-issue", "loans-not-allowed"}),
    "booked": frozenset({"set-booked"}),
    "person": frozenset({"set-for-one-person"}),
}
"""Boxes to tick, each for its own objections, and what is passed over by each."""
TICKS = (
    ("kept", gettext_lazy("禁帯出や館内用の本も貸す"), "circulation.override-item"),
    ("booked", gettext_lazy("ほかの申込みと重なってもよい"), "circulation.override-hold"),
    ("person", gettext_lazy("個人のカードでもよい"), "circulation.override-item"),
)
"""Box, words, and the right that lets it count."""
OF_FORM = {"lend": ("kept", "booked", "person"), "place": ("booked",), "book": ("person",)}


def found_set(pk: int) -> ItemSet:
    one = ItemSet.objects.filter(pk=pk, ended_at=None).select_related("home").first()
    if one is None:
        raise Http404
    return one


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def one_set(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """A POST is one act; the two that forget somebody's name can be taken back from this browser for half an hour."""
    one = found_set(pk)
    if request.method != "POST":
        return page_of_set(request, place, one)
    chance = _chance(request, one)
    response = do(
        place,
        lambda: _act(request, place, one),
        back=reverse("desk:set", args=[pk]),
        again=lambda trouble: page_of_set(request, place, one, trouble),
    )
    if response.status_code == 302:
        second_chance.keep(response, place, chance)
    return response


def _chance(request: HttpRequest, one: ItemSet) -> dict[str, Any]:
    """What undoing the act will need, read before it is done."""
    did = typed(request.POST, "did", 12)
    if did == "return":
        return return_chance(one)
    if did == "cancel":
        row = _booking(request, one)
        return {"undo": "restore", "set": one.pk, "booking": row.pk, "patron": row.patron.key if row.patron else ""}
    return {}


def return_chance(one: ItemSet) -> dict[str, Any]:
    """For undoing the return of a whole set; nothing when nobody has it."""
    before = [{**asdict(row), "due_on": row.due_on.isoformat()} for row in circulation.loans_before(one)]
    return {"undo": "return", "set": one.pk, "loans": before} if before else {}


def undo(request: HttpRequest, place: Place) -> dict[str, Any]:
    """Take back what this browser did last with a set. Refused("not-undoable")."""
    chance = second_chance.kept(request, place)
    if chance.get("undo") == "return":
        before = [
            circulation.LentBefore(**{**row, "due_on": date.fromisoformat(row["due_on"])}) for row in chance["loans"]
        ]
        return {"did": "undone-return", "count": circulation.undo_return_set(before=before, by=place.by, at=place.at)}
    row = SetBooking.objects.filter(pk=chance.get("booking", 0)).first()
    if row is None:
        raise Refused(Reason("not-undoable"))
    patron = Patron.objects.filter(key=chance["patron"]).first() if chance["patron"] else None
    circulation.restore_set_booking(booking=row, patron=patron, by=place.by, at=place.at)
    return {"did": "undone-cancel"}


def _booking(request: HttpRequest, one: ItemSet) -> SetBooking:
    pk = typed(request.POST, "booking", 18)
    rows = SetBooking.objects.filter(set=one).select_related("patron", "facility")
    row = rows.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if row is None:
        raise Refused(Reason("booking-over"))
    return row


def _act(request: HttpRequest, place: Place, one: ItemSet) -> dict[str, Any]:
    did = typed(request.POST, "did", 12)
    by, at = place.by, place.at
    match did:
        case "undo":
            return undo(request, place)
        case "cancel":
            circulation.cancel_set_booking(booking=_booking(request, one), by=by, at=at)
            return {"did": did}
        case "recall":
            return {"did": did, "count": circulation.recall_set(set=one, by=by, at=at)}
        case "send-home":
            return {"did": did, "count": len(circulation.send_set_home(set=one, by=by, at=at))}
        case "return":
            return {"did": did, **take_back(one, place)}
    return _give(request, place, one, did)


def take_back(one: ItemSet, place: Place) -> dict[str, Any]:
    """The whole set is received; what the group had lent on may be missing in the box all the same."""
    onward = circulation.lent_on_of_set(one)
    back, left = circulation.return_set(set=one, by=place.by, at=place.at)
    return {"count": len(back), "left": len(left), "onward": onward}


def look_for(onward: Sequence[str]) -> str:
    """What staff check before they believe the box; empty when the group had lent on nothing."""
    if not onward:
        return ""
    words = gettext("また貸し中だった本があります：{numbers}。箱にあるか確かめ、なければ「もどす」を押して1冊ずつ返してください。")  # fmt: skip
    return words.format(numbers="、".join(grouped(number) for number in onward))


def _give(request: HttpRequest, place: Place, one: ItemSet, did: str) -> dict[str, Any]:
    """Book it, lend it, or place it elsewhere: to a card, or to a facility."""
    sent, by, at = request.POST, place.by, place.at
    last_on = date.fromisoformat(typed(sent, "until", 10))
    passing = passing_over(request)
    until = last_on.isoformat()
    if did == "place":
        facility = find_facility(typed(sent, "facility", 20))
        placed = circulation.place_set(
            set=one, facility=facility, until=last_on, by=by, at=at, **passing
        )  # fmt: skip
        counts = {"sent": len(placed.sent), "held": len(placed.for_hold), "later": len(placed.later)}
        return {"did": did, "to": facility.code, "until": until, **counts}
    card, code = typed(sent, "card", 40), typed(sent, "facility", 20)
    patron = reader_showing(card) if card else None
    if did == "book":
        first_on = date.fromisoformat(typed(sent, "first", 10))
        where = find_facility(code) if code else None
        circulation.book_set(
            set=one, first_on=first_on, last_on=last_on, by=by, at=at, patron=patron, facility=where,
            note=typed(sent, "note", 100), **passing,
        )  # fmt: skip
        return {"did": did, "first": first_on.isoformat(), "until": until}
    if patron is None:
        raise Refused(Reason("card-unknown"))
    loans = circulation.lend_set(set=one, patron=patron, until=last_on, by=by, at=at, **passing)
    return {"did": "lend", "count": len(loans), "until": until}


def passing_over(request: HttpRequest) -> dict[str, Any]:
    """What is passed over by the boxes that are ticked, and why. Refused("override-without-reason")."""
    sent = request.POST
    overriding = frozenset[str]().union(*(codes for box, codes in PASSED.items() if box in sent))
    why, words = typed(sent, "why", 20), typed(sent, "words", 200)
    need_a_reason(overriding, why, words)
    return {"overriding": overriding, "why": why, "words": words} if overriding else {}


def page_of_set(request: HttpRequest, place: Place, one: ItemSet, trouble: str = "") -> HttpResponse:
    """The page, with what was typed into the form that was refused."""
    today = timezone.localdate(place.at)
    items = members_of(one)
    chance = second_chance.kept(request, place)
    answer = done(request)
    standing = where_is(one, where_sets_are([one])[one.pk], place.facility, today)
    names = {site.code: name_of(site) for site in facilities()}
    elsewhere = [(site.code, name_of(site)) for site in facilities() if site.pk != one.home_id]
    may = place.by.may("circulation.lend-set")
    return staff_page(
        request,
        place,
        "set",
        mode="sets",
        heading=one.name,
        trouble=trouble,
        said="" if trouble else _said(answer, names, today),
        may_undo=bool(answer)
        and not trouble
        and chance.get("set") == one.pk
        and answer.get("did") in {"return", "cancel"},
        one=one,
        number=grouped(one.number),
        home=name_of(one.home),
        standing=standing,
        bookings=[booking_row(row, today) for row in circulation.open_bookings(one)],
        items=_items(items, names, place),
        elsewhere=[("", gettext("—")), *elsewhere],
        places=elsewhere,
        may=may,
        ticks={form: _ticks(request, place, form) for form in OF_FORM},
        again=_typed_again(request),
        whys=[("", gettext("選んでください")), *WHY_OVERRIDDEN.items()],
        overridden=[overridden_line(past, today) for past in overridden(set=one.pk)],
    )


def _ticks(request: HttpRequest, place: Place, form: str) -> list[tuple[str, str, bool]]:
    """(box, words, ticked) for what this person may pass over in that form."""
    tried = typed(request.POST, "did", 12) == form
    return [
        (box, str(words), tried and box in request.POST)
        for box, words, right in TICKS
        if box in OF_FORM[form] and place.by.may(right)
    ]


def _typed_again(request: HttpRequest) -> dict[str, dict[str, str]]:
    """What was typed into the form that was refused, and into no other: {lend: {…}, place: {…}, book: {…}}."""
    tried = typed(request.POST, "did", 12)
    names = ("card", "first", "until", "facility", "note", "why", "words")
    sent = {name: typed(request.POST, name, 200) for name in names}
    return {form: sent if form == tried else {} for form in ("lend", "place", "book")}


def where_is(one: ItemSet, its: WhereSet, here: Facility, today: date) -> dict[str, Any]:
    """Where a set is now, in words, and which acts make sense."""
    if terms := its.terms:
        place, until = terms[0].facility, day(terms[0].until, today)
        words = gettext("{place}に貸付中：{count}点、{until}まで").format(
            place=name_of(place), count=len(terms), until=until
        )
        over = terms[0].until < today
        return {"is": "placed", "words": words, "kind": "stop" if over else "wait", "here": place.pk == here.pk}
    if lent := its.due:
        words = gettext("貸出中：{count}点、{until}まで").format(count=len(lent), until=day(lent[0], today))
        return {"is": "lent", "words": words, "kind": "stop" if lent[0] < today else "wait", "here": False}
    if its.moving:
        words = gettext("運んでいる途中です：{count}点").format(count=its.moving)
        return {"is": "astray", "words": words, "kind": "wait", "here": False}
    if its.stands_elsewhere:
        return {
            "is": "astray",
            "words": gettext("ほかの館にあります。持ち主の館へもどします"),
            "kind": "wait",
            "here": False,
        }
    return {"is": "home", "words": gettext("持ち主の館にあります"), "kind": "ok", "here": one.home_id == here.pk}


def booking_row(row: SetBooking, today: date) -> dict[str, Any]:
    whom = row.patron.name if row.patron else name_of(row.facility) if row.facility else ""
    return {
        "pk": row.pk,
        "set": row.set,
        "whom": whom,
        "first": day(row.first_on, today),
        "last": day(row.last_on, today),
        "note": row.note,
        "is_now": row.first_on <= today,
    }


def _items(items: Sequence[Item], names: dict[str, str], place: Place) -> list[dict[str, str]]:
    states = states_of(items, place.at)
    today = timezone.localdate(place.at)
    return [
        {
            "title": title_of(item),
            "barcode": grouped(item.barcode),
            "call_number": item.call_number,
            "state": state_line(states[item.pk], item, lambda code: names.get(code, code), today),
            "kind": "ok" if states[item.pk].kind == "on-shelf" else "wait",
        }
        for item in items
    ]


def _said(answer: dict[str, Any], names: dict[str, str], today: date) -> str:
    figures = dict(answer)
    for name in ("first", "until"):
        if name in figures:
            figures[name] = day(date.fromisoformat(figures[name]), today)
    if "to" in figures:
        figures["to"] = names.get(figures["to"], figures["to"])
    spoken = {
        "book": gettext("{first}から{until}まで、申込みを受けました。"),
        "cancel": gettext("申込みを取り消しました。"),
        "undone-cancel": gettext("申込みをもどしました。"),
        "recall": gettext(
            "{count}点を呼びもどしました。置いてある館の「返す組」に出ます。運んでいる途中のものは、着いてから返します。"
        ),
        "send-home": gettext("貸付を終えました。{count}点を持ち主の館行きの箱に入れます。"),
        "return": gettext("{count}点を受け取りました。"),
        "undone-return": gettext("受け取りをもどしました。{count}点は、前と同じ団体に貸したままです。"),
        "lend": gettext("{count}点を貸しました：{until}まで"),
        "place": gettext("{to}に貸し付けました（{until}まで）。{sent}点を{to}行きの箱に入れます。"),
    }.get(str(answer.get("did", "")), "")
    more = look_for(answer.get("onward", ()))
    if answer.get("left"):
        more += gettext("{left}点は箱にないはずの本です。箱を確かめてください。")
    if answer.get("held"):
        more += gettext("{held}点は予約の方が先です。")
    if answer.get("later"):
        more += gettext("{later}点は貸出中などで、もどりしだい送ります。")
    return (spoken + more).format(**figures) if spoken else ""


@require_safe
@at_counter
def paper(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """The slip in the box: label, what must be in it, until when. No reader's name but the class it goes to stands on it."""
    one = found_set(pk)
    items = members_of(one)
    today = timezone.localdate(place.at)
    sheet = SetSheet(
        number=one.number,
        name=one.name,
        library=one.home.name,
        state=where_is(one, where_sets_are([one])[one.pk], place.facility, today)["words"],
        printed=day(today),
        lines=tuple((title_of(item), item.call_number, item.barcode, item.parts) for item in items),
    )
    return HttpResponse(set_sheet(sheet), content_type="application/pdf")
