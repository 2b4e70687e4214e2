"""行事: what the sites invite to, day by day; each event is a page, all of them a calendar feed. And お知らせ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import icalendar
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fumikura.kernel.contacts import from_abroad
from fumikura.programmes.models import Announcement, Programme, Session
from fumikura.programmes.queries import (
    announcement_on,
    announcements_on,
    coming_sessions,
    find_programme,
    says,
    words_said,
)
from fumikura.web.design.days import day, in_japanese
from fumikura.web.design.names import name_of

KEPT = 3600
"""Seconds that a calendar may keep the answer."""
SHORT_TITLE, SHORT_NAME = 5, 3
"""Letters; a title that has fewer is an ordinary word as well, a name that has fewer stands in many words."""
MOST_ABOUT, MOST_MEETING = 4, 3
AUDIENCES: dict[str, Promise] = {
    "everybody": _("どなたでも"),
    "babies": _("赤ちゃんと保護者"),
    "children": _("子ども"),
    "teens": _("中学生・高校生"),
    "adults": _("おとな"),
}


@dataclass(frozen=True)
class Shown:
    """One day of an event, as a page shows it."""

    title: str
    href: str
    on: str
    starts_at: datetime
    ends_at: datetime
    hours: str
    place: str
    place_code: str
    audience: str
    is_called_off: bool


def title_of(programme: Programme) -> str:
    return programme.title if in_japanese() else programme.title_en or programme.title


def shown(session: Session) -> Shown:
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    programme = session.programme
    return Shown(
        title=title_of(programme),
        href=reverse("opac:event", args=[programme.pk]),
        on=day(starts.date()),
        starts_at=starts,
        ends_at=ends,
        hours=f"{starts:%-H:%M} – {ends:%-H:%M}",
        place=name_of(programme.facility),
        place_code=programme.facility.code,
        audience=str(AUDIENCES.get(programme.audience, programme.audience)),
        is_called_off=session.is_called_off,
    )


def coming(at: datetime, *, facility: str = "", most: int = 100) -> list[Shown]:
    return [shown(session) for session in coming_sessions(at, facility=facility, most=most)]


def about(title: str, names: Sequence[str], at: datetime) -> list[Shown]:
    """Coming days of events that name this book or one who wrote it; of each event the next day.

    A short title (こころ, 川) counts only where it is quoted as a title.
    """
    quoted = [f"『{title}』", f"「{title}」"]
    texts = [*(quoted if len(title) < SHORT_TITLE else [title]), *(name for name in names if len(name) >= SHORT_NAME)]
    return _next_days(_coming_days(at), texts)[:MOST_ABOUT]


def meeting(text: str, at: datetime) -> list[Shown]:
    """Coming days of events in whose words every word of a search stands; of each event the next day that takes place."""
    return _next_days(((said, one) for said, one in _coming_days(at) if not one.is_called_off), [text])[:MOST_MEETING]


def _coming_days(at: datetime) -> list[tuple[str, Shown]]:
    """(what the event says, one of its days). There are few: they are read once a minute, not indexed."""
    key = f"opac.coming.{get_language()}.{at:%Y%m%d%H%M}"
    days: list[tuple[str, Shown]] | None = cache.get(key)
    if days is None:
        days = [(words_said(one.programme), shown(one)) for one in coming_sessions(at)]
        cache.set(key, days, 60)
    return days


def _next_days(days: Iterable[tuple[str, Shown]], texts: Sequence[str]) -> list[Shown]:
    """The first of these days of every event that says one of these texts."""
    found: dict[str, Shown] = {}
    for said, one in days:
        if one.href not in found and any(says(said, text) for text in texts):
            found[one.href] = one
    return list(found.values())


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Every coming day, of one site or for one audience when asked."""
    at = timezone.now()
    every = coming_sessions(at, most=300)
    site, audience = request.GET.get("site", ""), request.GET.get("for", "")
    rows = [
        shown(one)
        for one in every
        if (not site or one.programme.facility.code == site) and (not audience or one.programme.audience == audience)
    ]
    sites = {one.programme.facility.code: name_of(one.programme.facility) for one in every}
    values = {
        "rows": rows,
        "sites": sorted(sites.items(), key=lambda pair: pair[1]),
        "site": site,
        "audiences": list(AUDIENCES.items()),
        "audience": audience,
        "feed": reverse("opac:events-calendar"),
        "coming": bool(every),
    }
    return render(request, "opac/events.html", values)


@require_safe
def event(request: HttpRequest, number: int) -> HttpResponse:
    programme = _find(number)
    at = timezone.now()
    days = [shown(session) for session in programme.sessions.all()]
    japanese = in_japanese()
    values = {
        "programme": programme,
        "title": title_of(programme),
        "note": programme.note if japanese else programme.note_en or programme.note,
        "place": name_of(programme.facility),
        "telephone": from_abroad(programme.facility.phone),
        "audience": AUDIENCES.get(programme.audience, ""),
        "days": [one for one in days if one.ends_at >= at],
        "over": sum(1 for one in days if one.ends_at < at),
        "address": request.build_absolute_uri(reverse("opac:event", args=[programme.pk])),
    }
    return render(request, "opac/event.html", values)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """All coming days as iCal; of one site by ?site=."""
    at = timezone.now()
    return _ical(request, coming_sessions(at, facility=request.GET.get("site", "")[:20], most=300), at, "events")


@require_safe
def event_calendar(request: HttpRequest, number: int) -> HttpResponse:
    """One event as iCal."""
    return _ical(request, list(_find(number).sessions.all()), timezone.now(), f"event-{number}")


def _ical(request: HttpRequest, sessions: list[Session], at: datetime, name: str) -> HttpResponse:
    book = icalendar.Calendar()
    book.add("prodid", "-//Fumikura//JA")
    book.add("version", "2.0")
    for session in sessions:
        programme = session.programme
        one = icalendar.Event()
        one.add("uid", f"event-{programme.pk}-{session.starts_at:%Y%m%dT%H%M}@{request.get_host().partition(':')[0]}")
        one.add("dtstamp", at)
        one.add("summary", title_of(programme))
        one.add("dtstart", session.starts_at)
        one.add("dtend", session.ends_at)
        one.add("location", " ".join(filter(None, [name_of(programme.facility), programme.room])))
        one.add("url", request.build_absolute_uri(reverse("opac:event", args=[programme.pk])))
        one.add("status", "CANCELLED" if session.is_called_off else "CONFIRMED")
        book.add_component(one)
    answer = HttpResponse(book.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    answer["Cache-Control"] = f"public, max-age={KEPT}"
    return answer


def _find(number: int) -> Programme:
    programme = find_programme(number) if number < 2**63 else None
    if programme is None:
        raise Http404
    return programme


@dataclass(frozen=True)
class News:
    pk: int
    title: str
    text: str
    on: str
    place: str
    is_urgent: bool


def _news(one: Announcement) -> News:
    japanese = in_japanese()
    return News(
        pk=one.pk,
        title=one.title if japanese else one.title_en or one.title,
        text=one.text if japanese else one.text_en or one.text,
        on=day(one.shown_from),
        place=name_of(one.facility) if one.facility else "",
        is_urgent=one.is_urgent,
    )


def news_of_the_day(at: datetime, *, most: int) -> list[News]:
    return [_news(one) for one in announcements_on(timezone.localdate(at), most=most)]


@require_safe
def all_news(request: HttpRequest) -> HttpResponse:
    return render(request, "opac/all_news.html", {"news": news_of_the_day(timezone.now(), most=50)})


@require_safe
def news(request: HttpRequest, number: int) -> HttpResponse:
    found = announcement_on(number, timezone.localdate()) if number < 2**63 else None
    if found is None:
        raise Http404
    return render(request, "opac/news.html", {"one": _news(found)})
