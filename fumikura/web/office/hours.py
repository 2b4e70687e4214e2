"""館の時間・窓口・できること: hours for everybody, hours of single desks or audiences, return and pickup rules, a temporary home."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import TemporarySite
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import services
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import service_points
from fumikura.organisation.rules import EVERYBODY, WEEKDAYS, AudienceHours
from fumikura.web.closing_words import weekday_name
from fumikura.web.design.days import day
from fumikura.web.office.frame import name_of, office
from fumikura.web.office.sites import PICKUP, RETURNS, found_site
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "organisation.configure"
SPARE = 2
KEPT = ("postcode", "address", "phone", "takes_returns", "pickup")
"""Fields that stand in the form as they were sent when something else in it is refused."""


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """One site's hours and abilities; a POST writes them, begins a temporary home or ends it."""
    place = found_site(code)
    if request.method != "POST":
        return _page(request, place)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    key = by.request_key or uuid4().hex

    def act() -> dict[str, str]:
        if "end" in request.POST:
            circulation.end_temporary_site(facility=place, by=by, at=at)
            return {"did": "ended"}
        if "temporary" in request.POST:
            circulation.open_temporary_site(facility=place, **_temporary(request), by=by, at=at)
            return {"did": "temporary"}
        services.change_facility(facility=place, by=by, at=at, **_fields(request))
        return {"did": "changed"}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        return _page(request, place, reasons=list(refused.reasons))
    return HttpResponseRedirect(f"{reverse('office:hours', args=[code])}?{urlencode({'after': key})}")


def _fields(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST
    takes, pickup = typed(sent, "takes_returns", 10), typed(sent, "pickup", 10)
    if takes not in RETURNS or pickup not in PICKUP:
        raise Refused(Reason("hours-malformed"))
    return {
        **_opening(typed(sent, "opens", 5), typed(sent, "closes", 5)),
        "postcode": typed(sent, "postcode", 12),
        "address": typed(sent, "address", 200),
        "phone": typed(sent, "phone", 30),
        "takes_returns": takes,
        "pickup": pickup,
        "openings": _openings(request),
    }


def _time(written: str) -> time:
    try:
        return time.fromisoformat(written)
    except ValueError:
        raise Refused(Reason("hours-malformed")) from None


def _openings(request: HttpRequest) -> list[dict[str, Any]]:
    """Lines with both times; a line without any is left out. Refused("hours-malformed") for half a line."""
    sent, found = request.POST, []
    for line in range(30):
        opens, closes = typed(sent, f"opens{line}", 5), typed(sent, f"closes{line}", 5)
        if not opens and not closes:
            continue
        chosen = [name for name in sent.getlist(f"days{line}") if name in WEEKDAYS]
        written: dict[str, Any] = {"opens": opens, "closes": closes, "weekdays": chosen or list(WEEKDAYS)}
        if (audience := typed(sent, f"audience{line}", 10)) and audience != EVERYBODY:
            written["audience"] = audience
        if desk := typed(sent, f"desk{line}", 30):
            written["desk"] = desk
        if f"holds{line}" in sent:
            written["hands_out_holds"] = True
        try:
            read = AudienceHours.read(written)
        except ValueError:
            raise Refused(Reason("hours-malformed")) from None
        if read.opens >= read.closes:
            raise Refused(Reason("hours-malformed"))
        found.append(written)
    return found


def _opening(opens: str, closes: str) -> dict[str, time]:
    """Refused when it closes before it opens; midnight is the end of the day, and who never closes writes it twice."""
    first, last = _time(opens), _time(closes)
    if last < first and last != time():
        raise Refused(Reason("hours-malformed"))
    return {"opens": first, "closes": last}


def _temporary(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST
    try:
        until = date.fromisoformat(typed(sent, "until", 10))
    except ValueError:
        raise Refused(Reason("hours-malformed")) from None
    return {
        "until": until,
        "postcode": typed(sent, "new_postcode", 12),
        "address": typed(sent, "new_address", 200),
        "phone": typed(sent, "new_phone", 30),
        **_opening(typed(sent, "new_opens", 5), typed(sent, "new_closes", 5)),
        "note": typed(sent, "note", 200),
        "stock": "stays" if "freeze" in sent else "moves",
    }


def _page(request: HttpRequest, place: Facility, *, reasons: list[Reason] | None = None) -> HttpResponse:
    today = timezone.localdate()
    openings = [AudienceHours.read(one) for one in place.openings]
    moves = bool(reasons) and "temporary" in request.POST
    again = request if reasons and not moves else None
    sent = again.POST if again else {}
    temporary = TemporarySite.objects.filter(facility=place, ended_at=None).first()
    done = answer_to(typed(request.GET, "after", 64), door="office").get("did", "")
    page: dict[str, object] = {
        "site": place,
        "site_name": name_of(place),
        "opens": sent.get("opens") or f"{place.opens:%H:%M}",
        "closes": sent.get("closes") or f"{place.closes:%H:%M}",
        **{name: sent.get(name, getattr(place, name)) for name in KEPT},
        "wrong": _wrong(request, reasons or ()),
        "elsewhere": _elsewhere(request) if moves else {},
        "rests": not moves or "freeze" in request.POST,
        "returns": list(RETURNS.items()),
        "pickups": list(PICKUP.items()),
        "lines": [_line(number, one, again) for number, one in _spared(openings)],
        "audiences": [(EVERYBODY, gettext("だれでも")), ("school", gettext("学校の人"))],
        "desks": [("", gettext("館ぜんたい")), *((one.code, one.name) for one in service_points(place))],
        "temporary": temporary,
        "until": day(temporary.until, today) if temporary else "",
        "done": {
            "changed": gettext("保存しました。"),
            "temporary": gettext("仮の場所で開いています。利用者の開館日のページにも出ます。"),
            "ended": gettext("もとの場所にもどしました。"),
        }.get(done, ""),
        "reasons": [words(reason, get_language() or "ja") for reason in reasons or ()],
        "request_key": uuid4().hex,
    }
    return office(request, "hours", page, status=422 if reasons else 200)


def _wrong(request: HttpRequest, reasons: Iterable[Reason]) -> dict[str, str]:
    """What is wrong with a single field, by its name, to be said beside it."""
    form = "new_" if "temporary" in request.POST else ""
    fields = {"telephone-wrong": "phone", "postcode-wrong": "postcode"}
    language = get_language() or "ja"
    return {f"{form}{fields[reason.code]}": words(reason, language)[1] for reason in reasons if reason.code in fields}


def _elsewhere(request: HttpRequest) -> dict[str, str]:
    """The form of a temporary home as it was sent and refused."""
    names = ("postcode", "address", "phone", "opens", "closes")
    return {name: request.POST.get(f"new_{name}", "") for name in names} | {
        name: request.POST.get(name, "") for name in ("until", "note")
    }


def _spared(openings: list[AudienceHours]) -> list[tuple[int, AudienceHours | None]]:
    return list(enumerate([*openings, *[None] * SPARE]))


def _line(number: int, one: AudienceHours | None, sent: HttpRequest | None) -> dict[str, Any]:
    """A line of the form; what was typed and refused stands in it again."""
    typed_ = sent.POST if sent else None
    chosen = typed_.getlist(f"days{number}") if typed_ else list(one.weekdays) if one else list(WEEKDAYS)
    return {
        "number": number,
        "shown": number + 1,
        "opens": typed_.get(f"opens{number}", "") if typed_ else f"{one.opens:%H:%M}" if one else "",
        "closes": typed_.get(f"closes{number}", "") if typed_ else f"{one.closes:%H:%M}" if one else "",
        "audience": typed_.get(f"audience{number}", "") if typed_ else one.audience if one else EVERYBODY,
        "desk": typed_.get(f"desk{number}", "") if typed_ else one.desk if one else "",
        "holds": f"holds{number}" in typed_ if typed_ else bool(one and one.hands_out_holds),
        "days": [(name, weekday_name(name), name in chosen) for name in WEEKDAYS],
    }
