"""The walk for those who wait: the pick list on a handheld, and the hold shelf with its slots and slips."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Allotment, Hold, ShelfPlace
from fumikura.circulation.services import CheckedIn
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item, get_item
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import staff_words
from fumikura.kernel.refusals import Refused
from fumikura.notices.composing import Slip as PrintedSlip
from fumikura.notices.composing import Words, slip
from fumikura.notices.queries import wording
from fumikura.notices.words import language_of
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import places_by_code
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.answer import door_among, say
from fumikura.web.desk.antennas import shelf_seen
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import grouped, joined, name_of, title_of
from fumikura.web.visitors import typed


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def picking(request: HttpRequest, place: Place) -> HttpResponse:
    """What to fetch here, in the order of the walk. A POST is a scan of what was found, or "not there"."""
    if request.method == "POST":
        return _pick(request, place)
    return _picking_page(request, place)


def _picking_page(request: HttpRequest, place: Place, *, trouble: str = "") -> HttpResponse:
    done = answer_to(typed(request.GET, "after", 64), door="desk")
    items = circulation.pick_list(place.facility)
    context = {
        "heading": gettext("予約の本を棚から"),
        "modes": work_modes("picking"),
        "place_name": place.name,
        "rows": [_picked(item) for item in items],
        "said": _found_words(done),
        "kind": "wait" if done.get("vain") else "ok",
        "trouble": trouble,
        "request_key": uuid4().hex,
    }
    return render(request, "desk/picking.html", context, status=422 if trouble else 200)


def _picked(item: Item) -> dict[str, Any]:
    location = item.location
    shelf = "" if location is None else location.name if in_japanese() else location.name_en or location.name
    return {
        "pk": item.pk,
        "title": title_of(item),
        "barcode": grouped(item.barcode),
        "call_number": item.call_number,
        "shelf": shelf,
        "again": item.searched_in_vain,
    }


def _found_words(done: dict[str, Any]) -> str:
    if "vain" in done:
        kind = gettext("もう一度さがす本に入れました：{title}") if done["vain"] == "again" else gettext(
            "不明にしました。待っている方の順番はそのままです：{title}"
        )  # fmt: skip
        return kind.format(title=done["title"])
    if "stop" in done:
        return whither(done)
    return ""


def whither(done: dict[str, Any]) -> str:
    """Where a thing goes now, from what was kept of the scan: 『こころ』：北 行きの箱へ。"""
    names = {code: name_of(place) for code, place in places_by_code().items()}
    ways = {
        "shelve": gettext("この館の棚へ"),
        "send": gettext("{to} 行きの箱へ"),
        "hold-shelf": gettext("取置の棚へ（番号 {slot}）"),
        "set-aside": gettext("別に置く"),
        "keep": gettext("別に置く"),
    }
    way = ways[done["stop"]].format(to=names.get(done["to"], done["to"]), slot=done.get("slot", ""))
    if door := door_among(done.get("messages", ())):
        way = gettext("ロッカーの{door}番へ").format(door=door)
    told = [joined(*staff_words(message, "ja" if in_japanese() else "en")) for message in done.get("messages", ())]
    return f"『{done['title']}』 {way}　" + " ".join(told)


def kept(back: CheckedIn, item: Item) -> dict[str, Any]:
    """What is kept of a scan under its request key. Never who waits."""
    place = ShelfPlace.objects.open().filter(item=item).first()
    quiet = {"put-on-hold-shelf", "send-for-hold", "send-home", "was-not-on-loan"}
    return {
        "stop": back.stop.kind,
        "to": back.stop.to,
        "title": title_of(item),
        "slot": slot_of(place) if place else "",
        "messages": [message for message in back.messages if message not in quiet],
    }


def slot_of(place: ShelfPlace) -> str:
    """The number on the slip and on the shelf: it says nothing about the reader."""
    return f"{place.pk % 10000:04d}"


def _pick(request: HttpRequest, place: Place) -> HttpResponse:
    key = place.by.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        if "missing" in request.POST:
            item = get_item(int(typed(request.POST, "missing", 18)))
            again = circulation.not_found(item=item, by=place.by, at=place.at)
            return {"vain": "again" if again else "missing", "title": title_of(item)}
        item = find_item(typed(request.POST, "scanned", 40))
        return kept(circulation.check_in(item=item, by=place.by, at=place.at), item)

    try:
        once(key, act, door="desk", at=place.at)
    except (Refused, ValueError, Item.DoesNotExist) as failure:
        reasons = failure.reasons if isinstance(failure, Refused) else ()
        trouble = " ".join(joined(*say(reason)) for reason in reasons)
        return _picking_page(request, place, trouble=trouble or gettext("番号が読めません。もう一度読んでください。"))
    return HttpResponseRedirect(f"{reverse('desk:picking')}?{urlencode({'after': key})}")


@dataclass(frozen=True)
class Slot:
    """One thing on the hold shelf. For whom is not in it."""

    pk: int
    item: int
    hold: int
    slot: str
    title: str
    barcode: str
    until: str
    is_last_day: bool
    contact: str


@require_safe
@at_counter
def hold_shelf(request: HttpRequest, place: Place) -> HttpResponse:
    """What lies here for readers, what is to be fetched down again, and whom to telephone."""
    return _shelf_page(request, place)


def _shelf_page(request: HttpRequest, place: Place, *, trouble: str = "") -> HttpResponse:
    waiting, to_fetch = shelf_of(place.facility, timezone.localdate(place.at))
    context = {
        "heading": gettext("取置の棚"),
        "modes": work_modes("hold-shelf"),
        "place_name": place.name,
        "slots": [slot for slot in waiting if slot.until or slot.contact != "telephone"],
        "to_call": [slot for slot in waiting if not slot.until and slot.contact == "telephone"],
        "to_fetch": to_fetch,
        "seen": shelf_seen(place),
        "said": _shelf_words(answer_to(typed(request.GET, "after", 64), door="desk")),
        "trouble": trouble,
        "request_key": uuid4().hex,
    }
    return render(request, "desk/hold_shelf.html", context, status=422 if trouble else 200)


def _shelf_words(done: dict[str, Any]) -> str:
    if "until" not in done:
        return ""
    return gettext("{day}まで取り置きます。").format(day=day(date.fromisoformat(done["until"])))


def shelf_of(facility: Facility, today: date) -> tuple[list[Slot], list[Slot]]:
    """(waiting for a reader, to be fetched and scanned) on the hold shelf of a facility, by slot."""
    rows = ShelfPlace.objects.open().filter(facility=facility).select_related("item__record").order_by("until", "pk")
    places = list(rows.defer("item__record__marc"))
    bound = {
        one.item_id: one.title.hold
        for one in Allotment.objects.open()
        .filter(item__in=[place.item_id for place in places])
        .select_related("title__hold")
    }
    waiting: list[Slot] = []
    to_fetch: list[Slot] = []
    for place in places:
        hold = bound.get(place.item_id)
        stays = hold is not None and hold.pickup_id == facility.pk
        (waiting if stays else to_fetch).append(_slot(place, hold, today))
    return waiting, to_fetch


def _slot(place: ShelfPlace, hold: Hold | None, today: date) -> Slot:
    return Slot(
        pk=place.pk,
        item=place.item_id,
        hold=hold.pk if hold else 0,
        slot=slot_of(place),
        title=title_of(place.item),
        barcode=grouped(place.item.barcode),
        until=day(place.until, today) if place.until else "",
        is_last_day=place.until == today,
        contact=hold.contact if hold else "",
    )


@require_POST
@at_counter
def shelf_change(request: HttpRequest, place: Place, hold_id: int) -> HttpResponse:
    """Keep it longer, or: the reader was reached by telephone."""
    key = place.by.request_key or uuid4().hex
    hold = Hold.objects.filter(pk=hold_id).first()

    def act() -> dict[str, Any]:
        assert hold is not None
        verb = circulation.note_reached if "reached" in request.POST else circulation.extend_shelf
        return {"until": verb(hold=hold, by=place.by, at=place.at).isoformat()}

    try:
        if hold is not None:
            once(key, act, door="desk", at=place.at)
    except Refused as refused:
        return _shelf_page(request, place, trouble=" ".join(joined(*say(reason)) for reason in refused.reasons))
    return HttpResponseRedirect(f"{reverse('desk:hold-shelf')}?{urlencode({'after': key})}")


@require_safe
@at_counter
def slips(request: HttpRequest, place: Place) -> HttpResponse:
    """A page of slips to print: the slot in large figures, the last day; no name and no card."""
    waiting, _ = shelf_of(place.facility, timezone.localdate(place.at))
    wanted = {int(number) for number in request.GET.getlist("slot") if number.isdecimal()}
    chosen = [slot for slot in waiting if not wanted or slot.pk in wanted]
    worded = cache(wording)
    context = {
        "heading": gettext("取置の票"),
        "modes": work_modes("hold-shelf"),
        "place_name": place.name,
        "slips": [_slip(slot, place, worded) for slot in chosen],
    }
    return render(request, "desk/slips.html", context)


def _slip(slot: Slot, place: Place, worded: Words) -> PrintedSlip:
    """In the language of the page: a slip that spoke the reader's would say something about who waits."""
    before = "hold-slip-call" if slot.contact == "telephone" else "hold-slip-waiting"
    kind = "hold-slip" if slot.until else before
    values = {"place": place.name, "slot": slot.slot, "until": slot.until}
    return slip(kind, language_of(get_language() or "ja"), values, words=worded)
