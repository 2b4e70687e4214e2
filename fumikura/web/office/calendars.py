"""開館暦: the closing rules of a site, changed one by one, seen as a whole year, and saved when the year is right."""

import calendar as months
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import rules as closing
from fumikura.organisation import services
from fumikura.organisation.closing_sentences import read_closing_rules
from fumikura.organisation.models import Calendar, Facility
from fumikura.organisation.queries import calendar_for, facilities
from fumikura.web.closing_words import ON_HOLIDAY, rule_in_words, weekday_name
from fumikura.web.design.days import day, month_only, week_letter
from fumikura.web.office.frame import name_of, office
from fumikura.web.office.sites import found_site
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "organisation.configure"
Rules = list[dict[str, Any]]
MOST_RULES = 40
MOST_WRITTEN = 4000
NTHS = ("1", "2", "3", "4", "5", str(closing.LAST))


@dataclass(frozen=True)
class Day:
    on: date
    is_open: bool
    differs: bool
    """Otherwise than by the rules as they are saved."""


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the rules and the year; a POST adds or takes away a rule in the draft, or saves the draft."""
    place = found_site(code)
    draft = list(place.calendar.rules)
    left: tuple[str, ...] = ()
    if request.method != "POST":
        return _page(request, place, draft)
    try:
        draft = _draft(request, place)
        if "save" in request.POST:
            _refuse_contradictions(draft)
            return _save(request, place, draft)
        if (number := typed(request.POST, "remove", 3)).isdecimal():
            draft = [rule for place_, rule in enumerate(draft) if place_ != int(number)]
        elif "sentences" in request.POST:
            longer, left = _read(request, draft)
            _check_longer(longer)
            draft = longer
        elif kind := typed(request.POST, "add", 20):
            longer = [*draft, _rule(request, kind)]
            _check_longer(longer)
            draft = longer
    except Refused as refused:
        return _page(request, place, draft, reasons=list(refused.reasons), status=422)
    return _page(request, place, draft, left=left, status=422 if left else 200)


def _read(request: HttpRequest, draft: Rules) -> tuple[Rules, tuple[str, ...]]:
    """The draft with the rules that were written as sentences, and what of them was not understood."""
    written = request.POST.get("sentences", "")[:MOST_WRITTEN]
    read = read_closing_rules(written, this_year=timezone.localdate().year)
    if not read.rules and not read.not_understood:
        raise Refused(Reason("calendar-nothing-written"))
    longer = [*draft, *(rule for rule in read.rules if rule not in draft)]
    if len(longer) > MOST_RULES:
        raise Refused(Reason.of("calendar-malformed", problem=gettext("{n}行まで").format(n=MOST_RULES)))
    return longer, tuple(read.not_understood)


def _nth(number: str) -> str:
    return gettext("毎月最後の") if int(number) == closing.LAST else gettext("第{n}").format(n=number)


def _draft(request: HttpRequest, place: Facility) -> Rules:
    """What the form carries along; whatever cannot be read is refused, and the saved rules stand."""
    try:
        found = json.loads(request.POST.get("draft", "") or json.dumps(place.calendar.rules))
    except ValueError:
        raise Refused(Reason.of("calendar-malformed", problem="JSON")) from None
    if not isinstance(found, list) or len(found) > MOST_RULES or not all(isinstance(one, dict) for one in found):
        raise Refused(Reason.of("calendar-malformed", problem="JSON"))
    _check(found)
    return found


def _check(draft: Rules) -> None:
    if wrong := closing.problems(draft):
        raise Refused(*(Reason.of("calendar-malformed", problem=problem) for problem in wrong))
    try:
        closing.Calendar(tuple(draft)).next_open(timezone.localdate())
    except closing.NeverOpen:
        raise Refused(Reason("calendar-never-open")) from None


def _check_longer(draft: Rules) -> None:
    """A draft that rules were added to. What contradicts is only taken from: one of the two can still be taken away."""
    _check(draft)
    _refuse_contradictions(draft)


def _refuse_contradictions(draft: Rules) -> None:
    if pairs := closing.contradictions(draft):
        told = [" ⇔ ".join((rule_in_words(draft[one]), rule_in_words(draft[other]))) for one, other in pairs]
        raise Refused(*(Reason.of("calendar-contradicts", rules=both) for both in told))


def _rule(request: HttpRequest, kind: str) -> dict[str, Any]:
    """The rule that the small form of its kind describes."""
    sent = request.POST
    note = {"note": written} if (written := typed(sent, "note", 60)) else {}
    match kind:
        case "weekday":
            nth = typed(sent, "nth", 2)
            some = {"nth": int(nth)} if nth in NTHS else {}
            return {"weekday": typed(sent, "weekday", 10), **some, "on_holiday": typed(sent, "on_holiday", 30), **note}
        case "yearly":
            return {"yearly_from": _month_day(sent, "yearly_from"), "yearly_to": _month_day(sent, "yearly_to"), **note}
        case "holidays":
            return {"national_holidays": "closed", **note}
        case "every":
            return {"open_every_days": typed(sent, "every", 3), "first": typed(sent, "first", 10), **note}
        case "between":
            return {"closed_from": typed(sent, "from", 10), "closed_to": typed(sent, "to", 10), **note}
        case "open":
            return {"open_on": _days(sent), **note}
        case _:
            return {"closed_on": _days(sent), **note}


def _month_day(sent: Any, name: str) -> str:
    """From a date field: only month and day count."""
    return typed(sent, name, 10)[5:] or "?"


def _days(sent: Any) -> list[str]:
    """Days separated by commas, blanks or lines."""
    raw = sent.get("days", "")[:2000]
    return [one for one in raw.replace("、", " ").replace(",", " ").split() if one] or ["?"]


def _save(request: HttpRequest, place: Facility, draft: Rules) -> HttpResponse:
    """For all sites that follow this calendar, or as a calendar of this site's own."""
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    key = by.request_key or uuid4().hex

    def act() -> dict[str, str]:
        if "own" in request.POST:
            name = gettext("{site}の暦").format(site=place.name)
            own = services.write_calendar(code=_own_code(place), name=name, rules=draft, by=by, at=at)
            services.change_facility(facility=place, calendar=own, by=by, at=at)
            return {"calendar": own.code}
        calendar = place.calendar
        services.write_calendar(code=calendar.code, name=calendar.name, rules=draft, by=by, at=at)
        return {"calendar": calendar.code}

    once(key, act, door="office", at=at)
    return HttpResponseRedirect(f"{reverse('office:calendar', args=[place.code])}?{urlencode({'after': key})}")


def _own_code(place: Facility) -> str:
    """The site's code, or with a figure when another calendar is called so."""
    stem, code, number = place.code[:17], place.code[:20], 1
    while (row := Calendar.objects.filter(code=code).first()) and (
        row.pk == place.calendar_id or Facility.objects.filter(calendar=row).exclude(pk=place.pk).exists()
    ):
        number += 1
        code = f"{stem}-{number}"
    return code


def _page(
    request: HttpRequest,
    place: Facility,
    draft: Rules,
    *,
    reasons: list[Reason] | None = None,
    left: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    sent = request.POST if request.method == "POST" else request.GET
    year = int(written) if (written := typed(sent, "year", 4)) in {str(today.year), str(today.year + 1)} else today.year
    saved = calendar_for(place)
    drafted = closing.Calendar(tuple(draft), saved.exceptional)
    year_shown = _year(saved, drafted, year)
    changed = [one for month in year_shown for week in month["weeks"] for one in week if one and one.differs]
    followers = [name_of(one) for one in facilities() if one.calendar_id == place.calendar_id and one.pk != place.pk]
    page: dict[str, object] = {
        "site": place,
        "site_name": name_of(place),
        "calendar_name": place.calendar.name,
        "followers": followers,
        "rules": [rule_in_words(rule) for rule in draft],
        "draft": json.dumps(draft, ensure_ascii=False),
        "is_changed": draft != list(place.calendar.rules),
        "changed": [(day(one.on, today), one.is_open) for one in changed[:24]],
        "more_changed": max(0, len(changed) - 24),
        "months": year_shown,
        "year": year,
        "years": [today.year, today.year + 1],
        "open_days": sum(one.is_open for month in year_shown for week in month["weeks"] for one in week if one),
        "weekdays": [(name, weekday_name(name)) for name in closing.WEEKDAYS],
        "nths": [("0", gettext("毎週")), *((n, _nth(n)) for n in NTHS)],
        "on_holiday": list(ON_HOLIDAY.items()),
        "left": left,
        "sentences": "\n".join(left) or (sent.get("sentences", "")[:MOST_WRITTEN] if reasons else ""),
        "saved": bool(answer_to(typed(request.GET, "after", 64), door="office")),
        "reasons": [words(reason, get_language() or "ja") for reason in reasons or ()],
        "request_key": uuid4().hex,
    }
    return office(request, "calendar", page, status=status)


def _year(saved: closing.Calendar, drafted: closing.Calendar, year: int) -> list[dict[str, Any]]:
    """Twelve months of weeks from Sunday; days of other months are None."""
    found = []
    sunday = date(2024, 1, 7)
    letters = [week_letter(sunday + timedelta(days=number)) for number in range(7)]
    for month in range(1, 13):
        weeks = months.Calendar(firstweekday=months.SUNDAY).monthdatescalendar(year, month)
        rows = [
            [
                Day(on, is_open := drafted.is_open(on), is_open != saved.is_open(on)) if on.month == month else None
                for on in week
            ]
            for week in weeks
        ]
        found.append({"name": month_only(date(year, month, 1)), "letters": letters, "weeks": rows})
    return found
