"""巡回文庫: which set of books is where and when, for as many turns as one plans ahead."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import RotatingItem, RotatingSet, Rotation
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import facilities
from fumikura.web.design.days import day
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "circulation.set-route"
STOPS = 8


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def rotations(request: HttpRequest) -> HttpResponse:
    """All rotations with their plan; a POST begins one, changes one by its code, ends one, or takes that back."""
    if request.method != "POST":
        return _page(request)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    key = by.request_key or uuid4().hex
    if "try" in request.POST:
        return _tried(request, by, at)

    def act() -> dict[str, Any]:
        if code := typed(request.POST, "end", 20):
            row = Rotation.objects.filter(code=code, ended_at=None).first()
            if row is None:
                raise Http404
            return {"ended": row.name, "rotation": row.pk, "sets": circulation.end_rotation(rotation=row, by=by, at=at)}
        if before := typed(request.POST, "undo", 64):
            resumed = _resumed(before, by, at)
            return {"resumed": resumed.name}
        written = circulation.write_rotation(**_typed(request), by=by, at=at)
        circulation.turn_rotations(by=by, at=at)
        return {"written": written.name}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        return _page(request, reasons=list(refused.reasons))
    return HttpResponseRedirect(f"{reverse('office:rotations')}?{urlencode({'after': key})}")


def _resumed(key: str, by: Actor, at: datetime) -> Rotation:
    """What the request with this key ended goes on, each set where it belongs today."""
    ended = answer_to(key, door="office")
    row = Rotation.objects.filter(pk=ended.get("rotation", 0)).first()
    if row is None:
        raise Refused(Reason("not-undoable"))
    resumed = circulation.resume_rotation(rotation=row, sets=ended["sets"], by=by, at=at)
    circulation.turn_rotations(by=by, at=at)
    return resumed


def _tried(request: HttpRequest, by: Actor, at: datetime) -> HttpResponse:
    """The plan as it would be; nothing is saved, and what was typed stands there again."""
    try:
        return _page(request, preview=circulation.preview_rotation(**_typed(request), by=by, at=at))
    except Refused as refused:
        return _page(request, reasons=list(refused.reasons))


def _typed(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST
    try:
        first_on, weeks = date.fromisoformat(typed(sent, "first_on", 10)), int(typed(sent, "weeks", 3))
    except ValueError:
        raise Refused(Reason("rotation-incomplete")) from None
    stops = [stop for number in range(STOPS) if (stop := typed(sent, f"stop{number}", 20))]
    sets = [sent.get(f"set{number}", "")[:4000].split() for number in range(len(stops))]
    while sets and not sets[-1]:
        sets.pop()
    return {
        "code": typed(sent, "code", 20),
        "name": typed(sent, "name", 60),
        "stops": stops,
        "first_on": first_on,
        "weeks": weeks,
        "sets": sets,
    }


def _page(
    request: HttpRequest, *, reasons: list[Reason] | None = None, preview: Sequence[circulation.Move] = ()
) -> HttpResponse:
    today = timezone.localdate()
    names = {place.code: name_of(place) for place in facilities()}
    chosen = Rotation.objects.filter(code=typed(request.GET, "code", 20), ended_at=None).first()
    done = answer_to(typed(request.GET, "after", 64), door="office")
    said = ""
    if "written" in done:
        said = gettext("「{name}」を保存しました。").format(name=done["written"])
    elif "ended" in done:
        said = gettext("「{name}」を終えました。本は次に読んだとき、もとの館へ帰ります。").format(name=done["ended"])
    elif "resumed" in done:
        said = gettext("「{name}」をまた始めました。").format(name=done["resumed"])
    page: dict[str, object] = {
        "undo": typed(request.GET, "after", 64) if "ended" in done and not reasons else "",
        "rows": _rows(names, today),
        "form": request.POST if reasons or preview else _form(chosen, today),
        "lines": _lines(request, chosen, again=bool(reasons or preview)),
        "preview": [(day(move.on, today), [names.get(stop, stop) for stop in move.stops]) for move in preview],
        "sets": [number + 1 for number in range(len(preview[0].stops))] if preview else [],
        "sites": [("", "—"), *names.items()],
        "said": said,
        "reasons": [words(reason, get_language() or "ja") for reason in reasons or ()],
        "request_key": uuid4().hex,
    }
    return office(request, "rotations", page, status=422 if reasons else 200)


def _rows(names: dict[str, str], today: date) -> list[dict[str, Any]]:
    sets: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    counted = RotatingSet.objects.filter(rotation__ended_at=None).annotate(count=Count("items")).order_by("number")
    for rotation, number, count in counted.values_list("rotation", "number", "count"):
        sets[rotation].append((number, count))
    return [_row(row, sets[row.pk], names, today) for row in Rotation.objects.filter(ended_at=None).order_by("code")]


def _row(row: Rotation, sets: list[tuple[int, int]], names: dict[str, str], today: date) -> dict[str, Any]:
    plan = circulation.plan_of(row, sets=len(sets), today=today)
    return {
        "code": row.code,
        "name": row.name,
        "weeks": row.weeks,
        "sets": sets,
        "plan": [(day(move.on, today), [names.get(stop, stop) for stop in move.stops]) for move in plan],
    }


def _form(chosen: Rotation | None, today: date) -> dict[str, Any]:
    if chosen is None:
        return {"first_on": today.isoformat(), "weeks": "8"}
    return {
        "code": chosen.code,
        "name": chosen.name,
        "first_on": chosen.first_on.isoformat(),
        "weeks": str(chosen.weeks),
    }


def _lines(request: HttpRequest, chosen: Rotation | None, *, again: bool) -> list[dict[str, Any]]:
    """A stop and the set that begins there, line by line."""
    barcodes: dict[int, list[str]] = {}
    if chosen:
        rows = RotatingItem.objects.filter(set__rotation=chosen).order_by("item__barcode")
        for number, barcode in rows.values_list("set__number", "item__barcode"):
            barcodes.setdefault(number, []).append(barcode)
    stops = list(chosen.stops) if chosen else []
    return [
        {
            "number": number,
            "shown": number + 1,
            "stop": request.POST.get(f"stop{number}", "") if again else stops[number] if number < len(stops) else "",
            "set": request.POST.get(f"set{number}", "") if again else " ".join(barcodes.get(number + 1, [])),
        }
        for number in range(STOPS)
    ]
