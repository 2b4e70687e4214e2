"""予約ロッカー at the counter: which doors are free, what to lay in, what to take out, which door is out of order."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.holdings.queries import find_item
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.shelves import kept, whither
from fumikura.web.desk.words import joined, title_of
from fumikura.web.visitors import typed


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def locker(request: HttpRequest, place: Place) -> HttpResponse:
    """Every door; a POST lays something in, takes it out, marks a door, or sets the number of doors."""
    if request.method != "POST":
        return _page(request, place)
    key = place.by.request_key or uuid4().hex
    try:
        once(key, lambda: _act(request, place), door="desk", at=place.at)
    except Refused as refused:
        return _page(request, place, trouble=" ".join(joined(*say(reason)) for reason in refused.reasons))
    return HttpResponseRedirect(f"{reverse('desk:locker')}?{urlencode({'after': key})}")


def _act(request: HttpRequest, place: Place) -> dict[str, Any]:
    by, at, facility = place.by, place.at, place.facility
    if scanned := typed(request.POST, "scanned", 40):
        item = find_item(scanned)
        brought = circulation.bring_to_locker(item=item, facility=facility, by=by, at=at)
        if brought.stay:
            return {"filled": brought.stay.compartment.number, "title": title_of(item)}
        assert brought.back
        return kept(brought.back, item)
    if doors := typed(request.POST, "doors", 3):
        count = circulation.set_up_locker(
            facility=facility, doors=int(doors) if doors.isdecimal() else 0, by=by, at=at
        )  # fmt: skip
        return {"doors": count}
    written = typed(request.POST, "door", 3)
    number = int(written) if written.isdecimal() else 0
    if "taken" in request.POST:
        stay = circulation.stay_here(facility, number)
        lent = circulation.collect_from_locker(stay=stay, by=by, at=at)
        return {"taken": number, "lent": len(lent)}
    if "out" in request.POST:
        circulation.take_out_of_locker(stay=circulation.stay_here(facility, number), by=by, at=at)
        return {"out": number}
    fault = "" if "works" in request.POST else typed(request.POST, "fault", 60) or gettext("開かない")
    circulation.note_door(facility=facility, number=number, fault=fault, by=by, at=at)
    return {"fault": number, "works": not fault}


def _page(request: HttpRequest, place: Place, *, trouble: str = "") -> HttpResponse:
    today = timezone.localdate(place.at)
    states = {
        "free": gettext("空き"),
        "kept": gettext("取置中"),
        "over": gettext("取り出す"),
        "fault": gettext("故障"),
    }
    doors = circulation.doors_of(place.facility, today)
    context = {
        "heading": gettext("予約ロッカー"),
        "modes": work_modes("terminal"),
        "place_name": place.name,
        "doors": [
            {
                "number": door.number,
                "state": door.state,
                "words": states[door.state],
                "fault": door.fault,
                "stay": door.stay,
                "until": day(door.until, today) if door.until else "",
                "opened": _moment(door.opened_at, today) if door.opened_at else "",
            }
            for door in doors
        ],
        "free": sum(door.state == "free" for door in doors),
        "may_set_up": place.by.may("organisation.configure"),
        "said": _said(answer_to(typed(request.GET, "after", 64), door="desk")),
        "trouble": trouble,
        "request_key": uuid4().hex,
    }
    return render(request, "desk/locker.html", context, status=422 if trouble else 200)


def _moment(at: datetime, today: date) -> str:
    local = timezone.localtime(at)
    return f"{day(local.date(), today)} {local:%-H:%M}"


def _said(done: dict[str, Any]) -> str:
    if "filled" in done:
        return gettext("{door}番の扉に入れてください：{title}").format(door=done["filled"], title=done["title"])
    if "taken" in done:
        return gettext("{door}番は空でした。{n}点を貸出にしました。").format(door=done["taken"], n=done["lent"])
    if "stop" in done:
        return whither(done)
    if "out" in done:
        return gettext("{door}番から取り出しました。本を返却として読むと、次の行き先がわかります。").format(
            door=done["out"]
        )
    if "doors" in done:
        return gettext("扉は{n}枚になりました。").format(n=done["doors"])
    if "fault" in done:
        words = gettext("{door}番はまた使えます。") if done["works"] else gettext("{door}番は使わないことにしました。")
        return words.format(door=done["fault"])
    return ""
