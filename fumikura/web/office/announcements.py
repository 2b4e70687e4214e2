"""お知らせ: what everybody should know, for how long, and how loudly."""

from datetime import date
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import places_by_code
from fumikura.programmes.models import Announcement
from fumikura.programmes.queries import announcements, ended_announcements, find_announcement
from fumikura.programmes.services import (
    RIGHT,
    News,
    change_announcement,
    end_announcement,
    make_known,
    take_up_announcement,
)
from fumikura.web.office.frame import name_of, office
from fumikura.web.office.programmes import sites_to_write
from fumikura.web.visitors import for_staff, typed, visitor

LONGEST = 4000
NAMES = ("title", "title_en", "site", "shown_from", "shown_until")


@require_http_methods(["GET", "HEAD"])
@for_staff(RIGHT)
def all_announcements(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = [
        (one, name_of(one.facility) if one.facility else gettext("すべての館"), _standing(one, today))
        for one in announcements()
    ]
    values: dict[str, object] = {"rows": rows, "ended": ended_announcements(20), "request_key": uuid4().hex}
    return office(request, "announcements", values)


def _standing(one: Announcement, today: date) -> tuple[str, str]:
    """(words, kind of tag)"""
    if one.shown_from > today:
        return gettext("これから"), "wait"
    if one.shown_until and one.shown_until < today:
        return gettext("終わりました"), ""
    return gettext("出ています"), "ok"


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    return _write(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _write(request, _find(pk))


def _write(request: HttpRequest, found: Announcement | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, found, _before(request, found))
    given = {name: typed(request.POST, name, 120) for name in NAMES}
    given |= {name: request.POST.get(name, "").replace("\x00", "")[:LONGEST].strip() for name in ("text", "text_en")}
    given["urgent"] = "yes" if "urgent" in request.POST else ""
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    try:
        shown_from = date.fromisoformat(given["shown_from"])
        shown_until = date.fromisoformat(given["shown_until"]) if given["shown_until"] else None
    except ValueError:
        wrong = (gettext("日が読めません。"), gettext("2026-05-20 のように書いてください。"))
        return _page(request, found, given, reasons=[wrong])
    news = News(
        title=given["title"],
        title_en=given["title_en"],
        text=given["text"],
        text_en=given["text_en"],
        facility=places_by_code().get(given["site"]),
        is_urgent=bool(given["urgent"]),
        shown_from=shown_from,
        shown_until=shown_until,
    )

    def act() -> dict[str, int]:
        if found is None:
            return {"announcement": make_known(news, by=by, at=at).pk}
        return {"announcement": change_announcement(found, news, by=by, at=at).pk}

    try:
        body, _again = once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, found, given, reasons=told)
    return HttpResponseRedirect(f"{reverse('office:announcement', args=[body['announcement']])}?done=1")


def _before(request: HttpRequest, found: Announcement | None) -> dict[str, str]:
    if found is None:
        here = visitor(request).facility
        return {"shown_from": timezone.localdate().isoformat(), "site": here.code if here else ""}
    return {
        "title": found.title,
        "title_en": found.title_en,
        "text": found.text,
        "text_en": found.text_en,
        "site": found.facility.code if found.facility else "",
        "shown_from": found.shown_from.isoformat(),
        "shown_until": found.shown_until.isoformat() if found.shown_until else "",
        "urgent": "yes" if found.is_urgent else "",
    }


def _page(
    request: HttpRequest,
    found: Announcement | None,
    given: dict[str, str],
    *,
    reasons: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    sites = [(place.code, name_of(place)) for place in sites_to_write(request)]
    if "organisation.configure" in visitor(request).permissions:
        sites.insert(0, ("", gettext("すべての館")))
    values: dict[str, object] = {
        "announcement": found,
        "given": given,
        "sites": sites,
        "reasons": reasons or [],
        "done": "done" in request.GET,
        "request_key": uuid4().hex,
    }
    return office(request, "announcement", values, status=422 if reasons else 200)


@require_POST
@for_staff(RIGHT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    by = visitor(request).staff_actor(via="office")
    act = take_up_announcement if "again" in request.POST else end_announcement
    act(_find(pk), by=by, at=timezone.now())
    return HttpResponseRedirect(reverse("office:announcements"))


def _find(pk: int) -> Announcement:
    found = find_announcement(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
