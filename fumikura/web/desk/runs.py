"""便: today's runs, and the page in the van: where it is, what to set down, what to take up, label by label."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.circulation import services as circulation
from fumikura.circulation.services import Load, PlannedRun
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import places_by_code
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import joined, name_of
from fumikura.web.paper.crates import ManifestPage, manifest_pages
from fumikura.web.visitors import typed

Places = dict[str, Facility]


@require_safe
@at_counter
def runs(request: HttpRequest, place: Place) -> HttpResponse:
    """Every run of today, and where its van is."""
    today = timezone.localdate(place.at)
    places = places_by_code()
    context = {
        "heading": gettext("きょうの便"),
        "modes": work_modes("runs"),
        "place_name": place.name,
        "today": day(today, today),
        "rows": [_row(run, places) for run in circulation.runs_on(today)],
    }
    return render(request, "desk/runs.html", context)


def _row(run: PlannedRun, places: Places) -> dict[str, Any]:
    loads = [load for load in circulation.manifest(run) if not load.first_with]
    return {
        "route": run.route.code,
        "name": run.route.name,
        "number": run.number,
        "leaves": _clock(run.calls[0].at),
        "back": _clock(run.calls[-1].at),
        "crates": len(loads),
        "things": sum(load.things for load in loads),
        **_standing(run, places),
    }


def _standing(run: PlannedRun, places: Places) -> dict[str, Any]:
    if run.row is None or run.row.left_at is None:
        return {"state": gettext("これから"), "kind": ""}
    if run.row.ended_at:
        return {"state": gettext("もどりました"), "kind": "ok"}
    here = run.noted.get(run.here)
    words = gettext("{place}にいます") if here and here.came_at else gettext("{place}へ向かっています")
    return {"state": words.format(place=_name(run.here, places)), "kind": "wait"}


def _name(code: str, places: Places) -> str:
    return name_of(places[code]) if code in places else code


def _clock(at: datetime | None) -> str:
    if at is None:
        return ""
    return f"{timezone.localtime(at) if timezone.is_aware(at) else at:%-H:%M}"


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def run(request: HttpRequest, place: Place, route: str, number: int) -> HttpResponse:
    """The page in the van. A POST is a departure, an arrival, or the label of a crate."""
    found = _run(request, place, route, number)
    if request.method == "POST":
        return _act(request, place, found)
    return _page(request, place, found)


def _run(request: HttpRequest, place: Place, route: str, number: int) -> PlannedRun:
    try:
        on = date.fromisoformat(typed(request.GET, "on", 10) or timezone.localdate(place.at).isoformat())
        return circulation.find_run(route, on, number)
    except (Refused, ValueError):
        raise Http404 from None


def _page(
    request: HttpRequest, place: Place, found: PlannedRun, *, trouble: str = "", unread: tuple[Load, ...] = ()
) -> HttpResponse:
    places = places_by_code()
    chosen = typed(request.POST, "stop", 20) or typed(request.GET, "stop", 20)
    stop = chosen if chosen in found.stops else found.here or found.stops[0]
    loads = circulation.manifest(found)
    calls = [_call(found, index, places) for index in range(len(found.calls))]
    context = {
        "heading": _words_of_run(found),
        "modes": work_modes("runs"),
        "place_name": place.name,
        "run": found,
        "stop": stop,
        "stop_name": _name(stop, places),
        "calls": calls,
        "here": next((number for number, call in enumerate(calls) if call["code"] == stop and not call["is_over"]), -1),
        "next": _next(found, places),
        "begun": found.row is not None and found.row.left_at is not None,
        "lists": _lists(loads, stop, places),
        "said": "" if trouble or unread else _said(answer_to(typed(request.GET, "after", 64), door="desk"), places),
        "trouble": trouble,
        "unread": [load.crate.number for load in unread],
        "what": typed(request.POST, "what", 12),
        "request_key": uuid4().hex,
    }
    return render(request, "desk/run.html", context, status=422 if trouble or unread else 200)


def _words_of_run(found: PlannedRun) -> str:
    return gettext("{name} 第{number}便").format(name=found.route.name, number=found.number)


def _call(found: PlannedRun, index: int, places: Places) -> dict[str, Any]:
    call = found.calls[index]
    is_last = index == len(found.calls) - 1 and index > 0 and call.stop == found.calls[0].stop
    noted = None if index == 0 or is_last else found.noted.get(call.stop)
    row = found.row
    stamps = {0: row.left_at if row else None}
    came = noted.came_at if noted else row.ended_at if row and is_last else None
    went = noted.went_at if noted else stamps.get(index)
    return {
        "code": call.stop,
        "name": _name(call.stop, places),
        "planned": _clock(call.at),
        "came": _clock(came),
        "went": _clock(went),
        "is_over": bool(went) or (is_last and bool(came)),
    }


def _next(found: PlannedRun, places: Places) -> dict[str, str]:
    """The one button that comes next."""
    here = found.here
    if not here:
        return {}
    name = _name(here, places)
    row = found.row
    if row is None or row.left_at is None:
        return {"what": "left", "stop": here, "label": gettext("{place}を出発").format(place=name)}
    if here == found.stops[0]:
        return {"what": "back", "stop": here, "label": gettext("{place}にもどった").format(place=name)}
    noted = found.noted.get(here)
    if noted and noted.came_at:
        return {"what": "went", "stop": here, "label": gettext("{place}を出発").format(place=name)}
    return {"what": "came", "stop": here, "label": gettext("{place}に着いた").format(place=name)}


def _lists(loads: list[Load], stop: str, places: Places) -> list[dict[str, Any]]:
    down = [load for load in loads if load.is_aboard and stop in {load.to, load.crate.destination.code}]
    up = [load for load in _waiting(loads, stop) if not load.first_with]
    left = [load for load in _waiting(loads, stop) if load.first_with]
    rest = [load for load in loads if load.is_aboard and load not in down]
    parts = (
        (gettext("ここで降ろす箱"), gettext("ここで降ろす箱はありません。"), down),
        (gettext("ここで載せる箱"), gettext("ここで載せる箱はありません。"), up),
        (gettext("先に来る便の箱：残っていたら載せます"), "", left),
        (gettext("積んだまま次へ行く箱"), "", rest),
    )
    return [
        {"words": words, "none": none, "rows": [_crate(load, places) for load in part]}
        for words, none, part in parts
        if part or none
    ]


def _unread(found: PlannedRun, stop: str) -> tuple[Load, ...]:
    """What should have been set down or taken up at this stop, and its label was not read there."""
    loads = circulation.manifest(found)
    down = [load for load in loads if load.is_aboard and stop in {load.to, load.crate.destination.code}]
    return (*down, *(load for load in _waiting(loads, stop) if not load.first_with))


def _waiting(loads: list[Load], stop: str) -> list[Load]:
    return [load for load in loads if not load.is_aboard and not load.is_set_down and load.origin == stop]


def _crate(load: Load, places: Places) -> dict[str, Any]:
    change = len(load.legs) > 1
    return {
        "number": load.crate.number,
        "things": load.things,
        "to": _name(load.crate.destination.code, places),
        "via": _name(load.to, places) if change else "",
        "first_with": _words_of_run(load.first_with) if load.first_with else "",
    }


def _act(request: HttpRequest, place: Place, found: PlannedRun) -> HttpResponse:
    key = place.by.request_key or uuid4().hex
    code = typed(request.POST, "stop", 20)
    stop = places_by_code().get(code if code in found.stops else found.stops[0])
    if stop is None:
        raise Http404

    what = typed(request.POST, "what", 12)
    if what in {"left", "went"} and "sure" not in request.POST and (unread := _unread(found, stop.code)):
        return _page(request, place, found, unread=unread)

    def act() -> dict[str, Any]:
        if what:
            circulation.note_run(run=found, what=what, facility=stop, by=place.by, at=place.at)
            return {"noted": what, "stop": stop.code}
        crate = circulation.find_crate(typed(request.POST, "crate", 40))
        read = circulation.read_on_run(run=found, crate=crate, stop=stop, by=place.by, at=place.at)
        done = {"read": read.leg, "number": crate.number, "stop": stop.code, "to": crate.destination.code}
        if read.leg == "passed" and found.has_left(crate.destination.code):
            done |= {"read": "missed", "base": found.stops[0]}
        return done

    try:
        done, _ = once(key, act, door="desk", at=place.at)
    except Refused as refused:
        return _page(request, place, found, trouble=" ".join(joined(*say(reason)) for reason in refused.reasons))
    query = {"after": key, **({"stop": done["stop"]} if "read" in done or done.get("noted") == "came" else {})}
    return HttpResponseRedirect(f"{reverse('desk:run', args=[found.route.code, found.number])}?{urlencode(query)}")


def _said(done: dict[str, Any], places: Places) -> str:
    if "read" in done:
        sentences = {
            "loaded": gettext("箱 {number} を載せました（{to}行き）。"),
            "unloaded": gettext("箱 {number} を降ろしました。"),
            "passed": gettext("箱 {number} は{to}行きです。積んだままにします。"),
            "missed": gettext("箱 {number} は{to}で降ろすはずでした。{base}までもどって降ろすと、次の便に載ります。"),
        }
        names = {"to": _name(done["to"], places), "base": _name(done.get("base", ""), places)}
        return sentences[done["read"]].format(number=done["number"], **names)
    if "noted" in done:
        return {
            "left": gettext("出発を記録しました。"),
            "came": gettext("到着を記録しました。"),
            "went": gettext("出発を記録しました。"),
            "back": gettext("帰着を記録しました。"),
        }.get(done["noted"], gettext("ひとつ前の記録を消しました。"))
    return ""


@require_safe
@at_counter
def paper(request: HttpRequest, place: Place, route: str, number: int) -> HttpResponse:
    """The manifest as a PDF: crates by the stop where they are taken up, with codes for the handheld."""
    found = _run(request, place, route, number)
    places = places_by_code()
    title = _words_of_run(found)
    stops = [(_name(call.stop, places), _clock(call.at)) for call in found.calls]
    lines = tuple(
        (
            load.crate.number,
            _name(load.origin, places),
            _name(load.to, places),
            _name(load.crate.destination.code, places),
            load.things,
        )
        for load in circulation.manifest(found)
        if not load.first_with
    )
    page = ManifestPage(title=title, day=day(found.on), stops=tuple(stops), lines=lines)
    return HttpResponse(manifest_pages([page]), content_type="application/pdf")
