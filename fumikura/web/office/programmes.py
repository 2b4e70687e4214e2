"""行事: writing what a site invites people to, and its days."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities, places_by_code
from fumikura.programmes.models import Programme, Session
from fumikura.programmes.queries import ended_programmes, programme_to_write, programmes
from fumikura.programmes.services import (
    RIGHT,
    About,
    Day,
    announce,
    change_programme,
    end_programme,
    take_up_programme,
)
from fumikura.web.design.days import day
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor

AUDIENCES: dict[str, Promise] = {
    "everybody": _("どなたでも"),
    "babies": _("赤ちゃんと保護者"),
    "children": _("子ども"),
    "teens": _("中学生・高校生"),
    "adults": _("おとな"),
}
EMPTY_ROWS = 3
MOST_ROWS = 70
LONGEST = 4000


@dataclass(frozen=True)
class Row:
    """One day as it was typed."""

    number: int
    on: str = ""
    begins: str = ""
    ends: str = ""
    is_called_off: bool = False
    wrong: str | Promise = ""


@require_http_methods(["GET", "HEAD"])
@for_staff(RIGHT)
def all_programmes(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    rows = []
    for one in programmes():
        days = list(one.sessions.all())
        coming = [day for day in days if day.ends_at >= now]
        rows.append((one, name_of(one.facility), _when(coming), len(days)))
    values: dict[str, object] = {"rows": rows, "ended": ended_programmes(20), "request_key": uuid4().hex}
    return office(request, "programmes", values)


def _when(coming: list[Session]) -> str:
    """The next time: 11月30日（月） 18:00."""
    if not coming:
        return ""
    starts = timezone.localtime(coming[0].starts_at)
    return f"{day(starts.date())} {starts:%-H:%M}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    return _write(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _write(request, _find(pk))


def _write(request: HttpRequest, programme: Programme | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, programme, _typed_before(request, programme), _rows_of(programme))
    typed_now = {
        name: typed(request.POST, name, 300) for name in ("title", "title_en", "room", "audience", "apply", "site")
    }
    typed_now |= {name: _text(request, name) for name in ("note", "note_en")}
    rows = _sent(request)
    if any(row.wrong for row in rows):
        return _page(request, programme, typed_now, rows, status=422)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    about, days = _about(request, typed_now), [_day(row) for row in rows if row.on]

    def act() -> dict[str, int]:
        if programme is None:
            return {"programme": announce(about, days, by=by, at=at).pk}
        return {"programme": change_programme(programme, about, days, by=by, at=at).pk}

    try:
        body, _before = once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, programme, typed_now, rows, reasons=told, status=422)
    return HttpResponseRedirect(f"{reverse('office:programme', args=[body['programme']])}?done=1")


def _about(request: HttpRequest, given: dict[str, str]) -> About:
    site = places_by_code().get(given["site"]) or visitor(request).facility
    if site is None:
        raise Http404
    audience = given["audience"] if given["audience"] in AUDIENCES else "everybody"
    told = {name: given[name] for name in ("title_en", "note", "note_en")}
    return About(
        title=given["title"][:120],
        facility=site,
        room=given["room"][:60],
        audience=audience,
        apply=given["apply"],
        **told,
    )


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")[:LONGEST].strip()


def _sent(request: HttpRequest) -> list[Row]:
    """The days that were typed, each judged by itself; empty ones at the end."""
    found: list[Row] = []
    for number in range(MOST_ROWS):
        if f"on-{number}" not in request.POST:
            break
        on, begins, ends = (typed(request.POST, f"{name}-{number}", 10) for name in ("on", "begins", "ends"))
        if on or begins or ends:
            off = f"off-{number}" in request.POST
            found.append(Row(len(found), on, begins, ends, off, _wrong(on, begins, ends)))
    return [*found, *(Row(len(found) + more) for more in range(EMPTY_ROWS))]


def _wrong(on: str, begins: str, ends: str) -> str | Promise:
    try:
        date.fromisoformat(on), time.fromisoformat(begins), time.fromisoformat(ends)
    except ValueError:
        return _("日と、はじまりと終わりの時刻を入れてください。")
    return ""


def _day(row: Row) -> Day:
    here, on = timezone.get_current_timezone(), date.fromisoformat(row.on)
    return Day(
        starts_at=datetime.combine(on, time.fromisoformat(row.begins), tzinfo=here),
        ends_at=datetime.combine(on, time.fromisoformat(row.ends), tzinfo=here),
        is_called_off=row.is_called_off,
    )


def _rows_of(programme: Programme | None) -> list[Row]:
    rows: list[Row] = []
    for session in programme.sessions.all() if programme else ():
        starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        off = session.is_called_off
        rows.append(Row(len(rows), f"{starts:%Y-%m-%d}", f"{starts:%H:%M}", f"{ends:%H:%M}", off))
    return [*rows, *(Row(len(rows) + more) for more in range(EMPTY_ROWS))]


def _typed_before(request: HttpRequest, programme: Programme | None) -> dict[str, str]:
    if programme is None:
        here = visitor(request).facility
        return {"site": here.code if here else "", "audience": "everybody"}
    names = ("title", "title_en", "note", "note_en", "room", "audience", "apply")
    return {name: getattr(programme, name) for name in names} | {"site": programme.facility.code}


def _page(
    request: HttpRequest,
    programme: Programme | None,
    given: dict[str, str],
    rows: list[Row],
    *,
    reasons: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    values: dict[str, object] = {
        "programme": programme,
        "given": given,
        "rows": rows,
        "sites": [(place.code, name_of(place)) for place in sites_to_write(request)],
        "audiences": list(AUDIENCES.items()),
        "reasons": reasons or [],
        "done": "done" in request.GET,
        "request_key": uuid4().hex,
    }
    return office(request, "programme", values, status=status)


def sites_to_write(request: HttpRequest) -> list[Facility]:
    """Every site for those who set up the network; else the one where this person works."""
    here = visitor(request)
    if "organisation.configure" in here.permissions:
        return facilities()
    return [here.facility] if here.facility else []


@require_POST
@for_staff(RIGHT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    by = visitor(request).staff_actor(via="office")
    act = take_up_programme if "again" in request.POST else end_programme
    act(_find(pk), by=by, at=timezone.now())
    return HttpResponseRedirect(reverse("office:programmes"))


def _find(pk: int) -> Programme:
    found = programme_to_write(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
