"""便の道筋: which van calls where and when, tried out on a week before it is saved."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Route
from fumikura.circulation.rules.travelling import BACK, Timetable, problems
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import calendars_for, facilities
from fumikura.organisation.rules import WEEKDAYS
from fumikura.web.design.days import day, week_letter
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor
from fumikura.web.ways import names_of_places, way_in_words

RIGHT = "circulation.set-route"
RUNS = 4
"""So many runs a day can be entered."""
SPARE = 3
"""Empty lines for further stops."""


@dataclass
class Draft:
    """A route as the form has it."""

    code: str = ""
    name: str = ""
    stops: list[str] = field(default_factory=list)
    runs: list[dict[str, str]] = field(default_factory=list)
    on_call: list[str] = field(default_factory=list)
    rest_days: list[str] = field(default_factory=list)

    def timetable(self) -> Timetable:
        return Timetable(
            code=self.code,
            stops=tuple(self.stops),
            runs=tuple(self.runs),
            on_call=tuple(self.on_call),
            rest_days=tuple(self.rest_days),
        )


@require_safe
@for_staff(RIGHT)
def routes(request: HttpRequest) -> HttpResponse:
    """Every route in one line."""
    names = _names()
    rows = [
        {
            "code": row.code,
            "name": row.name,
            "stops": " → ".join(names.get(code, code) for code in row.stops),
            "runs": len(row.runs),
            "rest": [_week_day(one) for one in row.rest_days],
        }
        for row in Route.objects.order_by("pk")
    ]
    done = answer_to(typed(request.GET, "after", 64), door="office")
    return office(request, "routes", {"rows": rows, "saved": done.get("route", "")})


def _names() -> dict[str, str]:
    return {place.code: name_of(place) for place in facilities()}


def _week_day(name: str) -> str:
    monday = date(2024, 1, 1)
    return week_letter(monday + timedelta(days=WEEKDAYS.index(name)))


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def route(request: HttpRequest, code: str) -> HttpResponse:
    """One route. The first POST shows a week with it, the second saves it. "new" begins another."""
    if request.method == "POST":
        draft = _typed(request, code)
        if reasons := _objections(draft):
            return _page(request, code, draft, reasons=reasons, status=422)
        if "save" not in request.POST:
            return _page(request, code, draft, preview=True)
        return _save(request, code, draft)
    if code == "new":
        return _page(request, code, Draft())
    row = Route.objects.filter(code=code).first()
    if row is None:
        raise Http404
    draft = Draft(
        code=row.code,
        name=row.name,
        stops=list(row.stops),
        runs=[dict(run) for run in row.runs],
        on_call=list(row.on_call),
        rest_days=list(row.rest_days),
    )
    return _page(request, code, draft, preview=True)


def _typed(request: HttpRequest, code: str) -> Draft:
    """The lines in the order of their numbers; a line without a site is left out."""
    sent = request.POST
    lines = []
    for line in range(len(facilities()) + SPARE):
        stop = typed(sent, f"stop{line}", 20)
        order = typed(sent, f"order{line}", 4)
        if stop:
            lines.append((int(order) if order.isdecimal() else 999, line, stop))
    lines.sort()
    runs: list[dict[str, str]] = []
    for number in range(RUNS):
        run = {stop: at for _order, line, stop in lines if (at := typed(sent, f"at{line}-{number}", 5))}
        if back := typed(sent, f"back-{number}", 5):
            run[BACK] = back
        if run:
            runs.append(run)
    return Draft(
        code=typed(sent, "code", 20) if code == "new" else code,
        name=typed(sent, "name", 60),
        stops=[stop for _order, _line, stop in lines],
        runs=runs,
        on_call=sent.getlist("on_call"),
        rest_days=[one for one in sent.getlist("rest") if one in WEEKDAYS],
    )


def _objections(draft: Draft) -> list[tuple[str, str]]:
    known = _names()
    reasons = list(problems(draft.stops, draft.runs))
    reasons += [Reason.of("facility-unknown", facility=code) for code in draft.stops if code not in known]
    if not draft.code or not draft.name or not draft.stops:
        reasons.append(Reason("route-incomplete"))
    if len(set(draft.stops)) < len(draft.stops):
        reasons.append(Reason("stop-twice"))
    return _said(reasons)


def _said(reasons: list[Reason]) -> list[tuple[str, str]]:
    return [words(reason, get_language() or "ja") for reason in reasons]


def _save(request: HttpRequest, code: str, draft: Draft) -> HttpResponse:
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    key = by.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        if code == "new" and Route.objects.filter(code=draft.code).exists():
            raise Refused(Reason.of("code-taken", taken=draft.code))
        row = circulation.write_route(
            code=draft.code,
            name=draft.name,
            stops=draft.stops,
            runs=draft.runs,
            on_call=[one for one in draft.on_call if one not in draft.stops],
            rest_days=draft.rest_days,
            by=by,
            at=at,
        )
        return {"route": row.name}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        return _page(request, code, draft, reasons=_said(list(refused.reasons)), status=422)
    return HttpResponseRedirect(f"{reverse('office:routes')}?{urlencode({'after': key})}")


def _page(
    request: HttpRequest,
    code: str,
    draft: Draft,
    *,
    preview: bool = False,
    reasons: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    names = _names()
    first = timezone.localdate()
    lines = [
        {"line": number, "order": number + 1, "stop": stop, "times": _times(draft, stop, number)}
        for number, stop in enumerate([*draft.stops, *[""] * SPARE])
    ]
    page: dict[str, object] = {
        "code": code,
        "draft": draft,
        "is_new": code == "new",
        "lines": lines,
        "runs": range(1, RUNS + 1),
        "backs": [(f"back-{number}", _of(draft, number, BACK)) for number in range(RUNS)],
        "sites": [("", "—"), *names.items()],
        "rest": [(name, _week_day(name), name in draft.rest_days) for name in WEEKDAYS],
        "on_call": [(one, name, one in draft.on_call) for one, name in names.items() if one not in draft.stops],
        "week": _week(draft, names, first) if preview else [],
        "unserved": [
            name for one, name in names.items() if one not in draft.stops and one not in draft.on_call and preview
        ],
        "to_save": request.method == "POST" and preview,
        "sent": [(name, value) for name in request.POST for value in request.POST.getlist(name) if _is_kept(name)],
        "reasons": reasons,
        "request_key": uuid4().hex,
    }
    return office(request, "route", page, status=status)


def _is_kept(name: str) -> bool:
    return name not in {"csrfmiddlewaretoken", "request_key", "save"}


def _times(draft: Draft, stop: str, line: int) -> list[tuple[str, str]]:
    return [(f"at{line}-{number}", _of(draft, number, stop)) for number in range(RUNS)]


def _of(draft: Draft, number: int, stop: str) -> str:
    return draft.runs[number].get(stop, "") if stop and number < len(draft.runs) else ""


def _week(draft: Draft, names: dict[str, str], first: date) -> list[dict[str, Any]]:
    """Seven days: each run with its calls; a call at a site that is closed that day is marked."""
    table = draft.timetable()
    places = {place.code: place for place in facilities() if place.code in draft.stops}
    calendars = calendars_for(list(places.values()))
    found = []
    for on in (first + timedelta(days=ahead) for ahead in range(7)):
        runs = [
            [
                {
                    "at": f"{call.at:%-H:%M}",
                    "place": names.get(call.stop, call.stop),
                    "closed": call.stop in places and not calendars[places[call.stop].pk].is_open(on),
                }
                for call in run
            ]
            for run in table.runs_on(on)
        ]
        found.append({"day": day(on, first), "runs": runs})
    return found


@require_safe
@for_staff(RIGHT)
def way(request: HttpRequest) -> HttpResponse:
    """Why this route: between two sites, from a moment on."""
    places = {place.code: place for place in facilities()}
    origin, destination = places.get(typed(request.GET, "from", 20)), places.get(typed(request.GET, "to", 20))
    now = timezone.now()
    answer = ""
    if origin and destination:
        legs = circulation.way_between(origin, destination, _moment(typed(request.GET, "ready", 16)) or now)
        same = gettext("同じ館です。") if origin == destination else ""
        answer = same or way_in_words(legs, names_of_places())
    page: dict[str, object] = {
        "sites": [(code, name_of(place)) for code, place in places.items()],
        "origin": origin.code if origin else "",
        "destination": destination.code if destination else "",
        "ready": typed(request.GET, "ready", 16) or f"{timezone.localtime(now):%Y-%m-%dT%H:%M}",
        "answer": answer,
    }
    return office(request, "way", page)


def _moment(written: str) -> datetime | None:
    try:
        return timezone.make_aware(datetime.fromisoformat(written))
    except ValueError:
        return None
