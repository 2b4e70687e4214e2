"""回送: what travels from and to here, by which vans and until when; what is late, where to look, and what to do then."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Transit
from fumikura.circulation.rules.travelling import Timetable, journey
from fumikura.circulation.services import LateJourney
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item, get_item
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.rows import journeys_of
from fumikura.web.desk.shelves import kept, whither
from fumikura.web.desk.words import grouped, joined, name_of, title_of
from fumikura.web.visitors import typed
from fumikura.web.ways import names_of_places, way_in_words

Tables = tuple[Timetable, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def transits(request: HttpRequest, place: Place) -> HttpResponse:
    """Open journeys from and to this facility, the late ones first. A POST finds one by its barcode, or gives it up."""
    if request.method == "POST":
        return _act(request, place)
    return _page(request, place)


def _page(request: HttpRequest, place: Place, *, trouble: str = "") -> HttpResponse:
    tables, names = circulation.timetables(), names_of_places()
    late = circulation.late_journeys(place.facility, place.at)
    listed = {one.transit.pk for one in late}
    journeys = [transit for transit in journeys_of(place.facility) if transit.pk not in listed]
    rows = [_row(transit, place, tables, names) for transit in journeys]
    parts = [
        {
            "words": gettext("ここに向かっている本"),
            "other": gettext("出した館"),
            "none": gettext("こちらに向かっている本はありません。"),
            "rows": [row for row in rows if not row["away"]],
        },
        {
            "words": gettext("ここから出した本"),
            "other": gettext("行き先"),
            "none": gettext("ここから出した本はありません。"),
            "rows": [row for row in rows if row["away"]],
        },
    ]
    context = {
        "heading": gettext("回送"),
        "modes": work_modes("transits"),
        "place_name": place.name,
        "parts": parts,
        "late": [_late(one, place.at) for one in late],
        "may_lose": place.by.may("holdings.mark-missing"),
        "said": "" if trouble else _said(answer_to(typed(request.GET, "after", 64), door="desk")),
        "trouble": trouble,
        "request_key": uuid4().hex,
    }
    return render(request, "desk/transits.html", context, status=422 if trouble else 200)


def _row(transit: Transit, place: Place, tables: Tables, names: dict[str, str]) -> dict[str, Any]:
    today = timezone.localdate(place.at)
    seen, since = transit.seen_facility or transit.origin, transit.seen_at or transit.sent_at
    ready = timezone.localtime(since).replace(tzinfo=None)
    legs = journey(tables, origin=seen.code, destination=transit.destination.code, ready=ready)
    return {
        "item": transit.item_id,
        "title": title_of(transit.item),
        "barcode": grouped(transit.item.barcode),
        "away": transit.origin_id == place.facility.pk,
        "other": name_of(transit.destination if transit.origin_id == place.facility.pk else transit.origin),
        "sent": day(timezone.localdate(transit.sent_at), today),
        "days": (today - timezone.localdate(transit.sent_at)).days,
        "way": way_in_words(legs, names),
    }


def _late(late: LateJourney, at: datetime) -> dict[str, Any]:
    today = timezone.localdate(at)
    left = max(0, late.missing_after - late.unseen) if late.missing_after else 0
    return {
        "pk": late.transit.item_id,
        "title": title_of(late.transit.item),
        "barcode": grouped(late.transit.item.barcode),
        "crate": late.crate,
        "last_at": name_of(late.last_at),
        "last_on": day(late.last_on, today),
        "to": name_of(late.transit.destination),
        "expected": day(late.expected_on, today),
        "late": ngettext("{n}開館日の遅れ", "{n}開館日の遅れ", late.days).format(n=late.days),
        "left": ngettext("あと{n}開館日で不明になります", "あと{n}開館日で不明になります", left).format(n=left)
        if left
        else "",
    }


def _act(request: HttpRequest, place: Place) -> HttpResponse:
    key = place.by.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        if "missing" in request.POST:
            item = get_item(int(typed(request.POST, "missing", 18)))
            circulation.lose_on_the_way(item=item, by=place.by, at=place.at)
            return {"lost": title_of(item)}
        item = find_item(typed(request.POST, "scanned", 40))
        return kept(circulation.check_in(item=item, by=place.by, at=place.at), item)

    try:
        once(key, act, door="desk", at=place.at)
    except (Refused, ValueError, Item.DoesNotExist) as failure:
        reasons = failure.reasons if isinstance(failure, Refused) else ()
        trouble = " ".join(joined(*say(reason)) for reason in reasons)
        return _page(request, place, trouble=trouble or gettext("番号が読めません。もう一度読んでください。"))
    return HttpResponseRedirect(f"{reverse('desk:transits')}?{urlencode({'after': key})}")


def _said(done: dict[str, Any]) -> str:
    if "lost" in done:
        return gettext("不明にしました：{title}。どこかで読めば、また見つかります。").format(title=done["lost"])
    return whither(done) if "stop" in done else ""
