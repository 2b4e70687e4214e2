"""Reading programmes and announcements."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import F, Prefetch, Q, QuerySet

from fumikura.kernel.japanese import hiragana
from fumikura.programmes.models import Announcement, Programme, Session
from fumikura.statements.reads import prepared

NEXT = 12
"""So many days of events at most are asked for by pages that everybody opens."""


def coming_sessions(at: datetime, *, facility: str = "", most: int = 100) -> list[Session]:
    """Days of events that are not over yet, the next first, with their programme and place."""
    if most <= NEXT and not facility:
        return _next_sessions(at=at)[:most]
    rows = _coming(at)
    if facility:
        rows = rows.filter(programme__facility__code=facility)
    return list(rows[:most])


def _coming(at: datetime) -> "QuerySet[Session]":
    rows = Session.objects.filter(ends_at__gte=at, programme__ended_at=None)
    return rows.select_related("programme__facility").order_by("starts_at", "pk")


@prepared
def _next_sessions(at: datetime) -> "QuerySet[Session]":
    return _coming(at)[:NEXT]


def find_programme(pk: int) -> Programme | None:
    """One that is shown, with its days in order; None when there is none, or it was ended."""
    return _with_sessions(Programme.objects.filter(ended_at=None)).filter(pk=pk).first()


def programme_to_write(pk: int) -> Programme | None:
    """Any programme, also an ended one, with its days in order."""
    return _with_sessions(Programme.objects.all()).filter(pk=pk).first()


def programmes() -> list[Programme]:
    """Those that are shown, the newest change first."""
    return list(_with_sessions(Programme.objects.filter(ended_at=None)).order_by("-changed_at", "-pk")[:200])


def ended_programmes(most: int) -> list[Programme]:
    return list(Programme.objects.exclude(ended_at=None).order_by("-ended_at")[:most])


def _with_sessions(rows: "QuerySet[Programme]") -> "QuerySet[Programme]":
    days = Prefetch("sessions", queryset=Session.objects.order_by("starts_at", "pk"))
    return rows.select_related("facility").prefetch_related(days)


def words_said(programme: Programme) -> str:
    """What an event says of itself, folded as `says` compares it."""
    return hiragana(f"{programme.title} {programme.title_en} {programme.note} {programme.facility.name}".lower())


def says(said: str, text: str) -> bool:
    """Whether every word of the text, those of one letter aside, stands in what an event says; False when there is none."""
    words = _words(text)
    return bool(words) and all(word in said for word in words)


def _words(text: str) -> list[str]:
    return [hiragana(word.lower()) for word in text.split() if len(word) > 1]


MOST_NEWS = 50


def announcements_on(day: date, *, facility: str = "", most: int = 50) -> list[Announcement]:
    """What is to be known on this day, urgent first, then the newest. `facility`: of this site or of all."""
    if not facility and most <= MOST_NEWS:
        return _shown_on(day=day)[:most]
    rows = _shown(day)
    if facility:
        rows = rows.filter(Q(facility=None) | Q(facility__code=facility))
    return list(rows[:most])


def _shown(day: date) -> "QuerySet[Announcement]":
    rows = Announcement.objects.filter(Q(shown_until=None) | Q(shown_until__gte=day), ended_at=None)
    rows = rows.filter(shown_from__lte=day).select_related("facility")
    return rows.order_by("-is_urgent", "-shown_from", "-pk")


@prepared
def _shown_on(day: date) -> "QuerySet[Announcement]":
    return _shown(day)[:MOST_NEWS]


def announcement_on(pk: int, day: date) -> Announcement | None:
    """One that has been shown and was not ended: an address that was passed on stays good after its last day."""
    rows = Announcement.objects.filter(pk=pk, ended_at=None, shown_from__lte=day)
    return rows.select_related("facility").first()


def announcements() -> Sequence[Announcement]:
    """All that were not ended, for those who write them."""
    rows = Announcement.objects.filter(ended_at=None).select_related("facility")
    return list(rows.order_by(F("shown_until").asc(nulls_first=True), "-shown_from", "-pk")[:200])


def ended_announcements(most: int) -> Sequence[Announcement]:
    return list(Announcement.objects.exclude(ended_at=None).order_by("-ended_at")[:most])


def find_announcement(pk: int) -> Announcement | None:
    return Announcement.objects.filter(pk=pk).select_related("facility").first()
