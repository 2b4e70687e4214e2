"""コンテナ: packed here, handed to the van with its list, read on the way, unpacked at the other end."""

from typing import Any
from uuid import uuid4

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Crate, CrateReading
from fumikura.holdings.queries import find_item
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import staff_words
from fumikura.kernel.refusals import Refused
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.answer import say
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.shelves import kept, whither
from fumikura.web.desk.words import grouped, joined, name_of, title_of
from fumikura.web.paper.crates import crate_labels
from fumikura.web.visitors import typed

LISTED = 100
MOST_LABELS = 80


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def crates(request: HttpRequest, place: Place) -> HttpResponse:
    """Crates from and to here. A POST packs one thing, or reads a crate that came."""
    if request.method == "POST":
        return _act(request, place, None)
    return _list(request, place)


def _list(request: HttpRequest, place: Place, *, trouble: str = "") -> HttpResponse:
    here = Q(origin=place.facility) | Q(destination=place.facility)
    rows = _with_places(Crate.objects.open().filter(here)).order_by("-pk")
    context = {
        "heading": gettext("コンテナ"),
        "modes": work_modes("crates"),
        "place_name": place.name,
        "rows": [_row(crate, place) for crate in rows[:LISTED]],
        "moving_on": [
            {"title": title_of(item), "barcode": grouped(item.barcode), "call_number": item.call_number}
            for item in circulation.to_move_on(place.facility)
        ],
        "number": typed(request.GET, "crate", 30) or typed(request.POST, "crate", 30),
        "said": "" if trouble else _said(answer_to(typed(request.GET, "after", 64), door="desk")),
        "trouble": trouble,
        "request_key": uuid4().hex,
    }
    return render(request, "desk/crates.html", context, status=422 if trouble else 200)


def _with_places(crates: "QuerySet[Crate]") -> "QuerySet[Crate]":
    things = Count("lines", filter=Q(lines__unpacked_at=None))
    return crates.select_related("origin", "destination", "seen_facility").annotate(things=things)


def _row(crate: Crate, place: Place) -> dict[str, Any]:
    today = timezone.localdate(place.at)
    return {
        "pk": crate.pk,
        "number": crate.number,
        "origin": name_of(crate.origin),
        "to": name_of(crate.destination),
        "comes_here": crate.destination_id == place.facility.pk,
        "things": vars(crate)["things"],
        "left": day(timezone.localdate(crate.left_at), today) if crate.left_at else "",
        "seen": name_of(crate.seen_facility) if crate.seen_facility else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def crate(request: HttpRequest, place: Place, crate_id: int) -> HttpResponse:
    """One crate: its list to print, and at its destination the unpacking, thing by thing."""
    row = _with_places(Crate.objects.filter(pk=crate_id)).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        return _act(request, place, row)
    return _one(request, place, row)


def _one(request: HttpRequest, place: Place, row: Crate, *, trouble: str = "") -> HttpResponse:
    lines = row.lines.select_related("item__record").order_by("packed_at", "pk")
    context = {
        "heading": gettext("コンテナ {number}").format(number=row.number),
        "modes": work_modes("crates"),
        "place_name": place.name,
        "crate": _row(row, place),
        "closed": row.closed_at is not None,
        "lines": [
            {"title": title_of(line.item), "barcode": grouped(line.item.barcode), "out": line.unpacked_at is not None}
            for line in lines
        ],
        "said": "" if trouble else _said(answer_to(typed(request.GET, "after", 64), door="desk")),
        "trouble": trouble,
        "readings": [_reading(reading) for reading in circulation.readings_of(row)],
        "printed": day(timezone.localdate(place.at)),
        "request_key": uuid4().hex,
    }
    return render(request, "desk/crate.html", context, status=422 if trouble else 200)


def _reading(reading: CrateReading) -> dict[str, str]:
    legs = {
        "loaded": gettext("便に渡しました"),
        "passed": gettext("通りました"),
        "unloaded": gettext("便から降ろしました"),
        "arrived": gettext("受け取りました"),
    }
    van = ""
    if reading.run:
        van = gettext("{name} 第{number}便").format(name=reading.run.route.name, number=reading.run.number)
    at = timezone.localtime(reading.read_at)
    return {
        "when": f"{day(at.date())} {at:%-H:%M}",
        "place": name_of(reading.facility),
        "what": legs[reading.leg],
        "van": van,
    }


@require_safe
@at_counter
def labels(request: HttpRequest, place: Place) -> HttpResponse:
    """Labels for crates as a PDF: so many numbers from a first one on."""
    first, count = typed(request.GET, "first", 12), typed(request.GET, "count", 3)
    stem = first.rstrip("0123456789")
    digits = first[len(stem) :]
    if not digits or not count.isdecimal() or not 1 <= int(count) <= MOST_LABELS:
        return _list(request, place, trouble=gettext("数字で終わる番号と、1から80までの枚数を入れてください。"))
    numbers = [f"{stem}{int(digits) + number:0{len(digits)}d}" for number in range(int(count))]
    return HttpResponse(crate_labels(numbers, library=place.facility.agency.name), content_type="application/pdf")


def _act(request: HttpRequest, place: Place, row: Crate | None) -> HttpResponse:
    key = place.by.request_key or uuid4().hex
    try:
        done, _ = once(key, lambda: _done(request, place, row), door="desk", at=place.at)
    except Refused as refused:
        trouble = " ".join(joined(*say(reason)) for reason in refused.reasons)
        return _one(request, place, row, trouble=trouble) if row else _list(request, place, trouble=trouble)
    query = {"after": key, **({"crate": done["number"]} if done.get("packed") else {})}
    where = reverse("desk:crate", args=[done["crate"]]) if done.get("opens") else reverse("desk:crates")
    return HttpResponseRedirect(f"{where}?{urlencode(query)}")


def _done(request: HttpRequest, place: Place, row: Crate | None) -> dict[str, Any]:
    by, at = place.by, place.at
    if row is None and "arrived" in request.POST:
        came, told = circulation.receive_crate(
            crate=circulation.find_crate(typed(request.POST, "arrived", 40)), by=by, at=at
        )
        return {"crate": came.pk, "number": came.number, "messages": list(told), "arrived": True, "opens": not told}
    if row is None:
        item = find_item(typed(request.POST, "scanned", 40))
        filled = circulation.pack(item=item, crate=typed(request.POST, "crate", 40), by=by, at=at)
        return {"crate": filled.pk, "number": filled.number, "title": title_of(item), "packed": True}
    if "leaves" in request.POST:
        circulation.send_crate(crate=row, by=by, at=at)
        return {"crate": row.pk, "number": row.number, "leaves": True, "opens": True}
    if "finished" in request.POST:
        told = circulation.close_crate(crate=row, by=by, at=at)
        return {"crate": row.pk, "number": row.number, "messages": list(told), "finished": True}
    item = find_item(typed(request.POST, "scanned", 40))
    back = circulation.unpack(item=item, crate=row, by=by, at=at)
    return {"crate": row.pk, "number": row.number, "opens": True, "out": True, **kept(back, item)}


def _said(done: dict[str, Any]) -> str:
    if not done or "number" not in done:
        return ""
    number = done["number"]
    if done.get("packed"):
        return gettext("コンテナ {number} に入れました：{title}").format(number=number, title=done["title"])
    if done.get("out"):
        return whither(done)
    told = " ".join(joined(*staff_words(one, "ja" if in_japanese() else "en")) for one in done.get("messages", ()))
    if done.get("leaves"):
        return gettext("コンテナ {number} を便に渡しました。").format(number=number)
    if done.get("finished"):
        return gettext("コンテナ {number} を空けました。").format(number=number) + told
    return gettext("コンテナ {number} を受け取りました。").format(number=number) + told
