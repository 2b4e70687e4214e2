"""Verbs: announce events with their days, and what everybody should know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.services.people import require_here
from fumikura.programmes.events import AnnouncementEnded, AnnouncementWritten, ProgrammeEnded, ProgrammeWritten
from fumikura.programmes.models import Announcement, Programme, Session

RIGHT = "programmes.announce"
MOST_SESSIONS = 60


@dataclass(frozen=True, kw_only=True)
class About:
    """What is said of an event."""

    title: str
    facility: Facility
    title_en: str = ""
    note: str = ""
    note_en: str = ""
    room: str = ""
    audience: str = Programme.Audience.EVERYBODY
    apply: str = ""


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of an event."""

    starts_at: datetime
    ends_at: datetime
    is_called_off: bool = False


@dataclass(frozen=True, kw_only=True)
class News:
    """What an announcement says, where, and for how long."""

    title: str
    shown_from: date
    shown_until: date | None = None
    title_en: str = ""
    text: str = ""
    text_en: str = ""
    facility: Facility | None = None
    is_urgent: bool = False


@transaction.atomic
def announce(about: About, days: Sequence[Day], *, by: Actor, at: datetime) -> Programme:
    """A new event. Refused: programme-without-title, programme-without-day, too-many-days, day-ends-before-it-begins."""
    require_here(RIGHT, about.facility, by)
    _check(about, days)
    made = Programme.objects.create(**vars(about), made_at=at, changed_at=at)
    return _written(made, days, by=by, at=at)


@transaction.atomic
def change_programme(programme: Programme, about: About, days: Sequence[Day], *, by: Actor, at: datetime) -> Programme:
    """Let the event say this and be on these days; refused as a new one."""
    require_here(RIGHT, about.facility, by)
    require_here(RIGHT, programme.facility, by)
    _check(about, days)
    row = Programme.objects.select_for_update().get(pk=programme.pk)
    for name, value in vars(about).items():
        setattr(row, name, value)
    row.changed_at = at
    row.save()
    Session.objects.filter(programme=row).delete()
    return _written(row, days, by=by, at=at)


def _written(row: Programme, days: Sequence[Day], *, by: Actor, at: datetime) -> Programme:
    Session.objects.bulk_create(Session(programme=row, **vars(day)) for day in days)
    record(ProgrammeWritten(programme=row.pk, sessions=len(days)), by=by, at=at, subject=_subject(row))
    return row


def _check(about: About, days: Sequence[Day]) -> None:
    reasons = []
    if not about.title.strip():
        reasons.append(Reason("programme-without-title"))
    if not days:
        reasons.append(Reason("programme-without-day"))
    if len(days) > MOST_SESSIONS:
        reasons.append(Reason.of("too-many-days", most=MOST_SESSIONS))
    if any(day.ends_at <= day.starts_at for day in days):
        reasons.append(Reason("day-ends-before-it-begins"))
    if reasons:
        raise Refused(*reasons)


@transaction.atomic
def end_programme(programme: Programme, *, by: Actor, at: datetime) -> None:
    """Show it no more. It is kept, and can be shown again."""
    _end(programme, at, by=by, at=at)


@transaction.atomic
def take_up_programme(programme: Programme, *, by: Actor, at: datetime) -> None:
    """Show an ended event again."""
    _end(programme, None, by=by, at=at)


@transaction.atomic
def make_known(news: News, *, by: Actor, at: datetime) -> Announcement:
    """A new announcement. Refused: announcement-without-title, shown-until-before-from."""
    require_here(RIGHT, news.facility, by)
    _check_news(news)
    return _known(Announcement(**vars(news), made_at=at, changed_at=at), by=by, at=at)


@transaction.atomic
def change_announcement(announcement: Announcement, news: News, *, by: Actor, at: datetime) -> Announcement:
    """Let it say this; refused as a new one."""
    require_here(RIGHT, news.facility, by)
    require_here(RIGHT, announcement.facility, by)
    _check_news(news)
    row = Announcement.objects.select_for_update().get(pk=announcement.pk)
    for name, value in vars(news).items():
        setattr(row, name, value)
    row.changed_at = at
    return _known(row, by=by, at=at)


def _known(row: Announcement, *, by: Actor, at: datetime) -> Announcement:
    row.save()
    record(AnnouncementWritten(announcement=row.pk), by=by, at=at, subject=_subject(row))
    return row


def _check_news(news: News) -> None:
    reasons = []
    if not news.title.strip():
        reasons.append(Reason("announcement-without-title"))
    if news.shown_until and news.shown_until < news.shown_from:
        reasons.append(Reason("shown-until-before-from"))
    if reasons:
        raise Refused(*reasons)


@transaction.atomic
def end_announcement(announcement: Announcement, *, by: Actor, at: datetime) -> None:
    """Show it no more. It is kept, and can be shown again."""
    _end(announcement, at, by=by, at=at)


@transaction.atomic
def take_up_announcement(announcement: Announcement, *, by: Actor, at: datetime) -> None:
    """Show an ended announcement again."""
    _end(announcement, None, by=by, at=at)


def _end(row: Programme | Announcement, ended_at: datetime | None, *, by: Actor, at: datetime) -> None:
    require_here(RIGHT, row.facility, by)
    again = ended_at is None
    rows = type(row)._default_manager.filter(pk=row.pk, ended_at__isnull=not again)
    if not rows.update(ended_at=ended_at, changed_at=at):
        return
    ended: ProgrammeEnded | AnnouncementEnded
    if isinstance(row, Programme):
        ended = ProgrammeEnded(programme=row.pk, again=again)
    else:
        ended = AnnouncementEnded(announcement=row.pk, again=again)
    record(ended, by=by, at=at, subject=_subject(row))


def _subject(row: Programme | Announcement) -> str:
    return f"programmes.{'programme' if isinstance(row, Programme) else 'announcement'}:{row.pk}"
