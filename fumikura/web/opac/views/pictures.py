"""What other programs show beside a link (og:image): of the house, a title, a list, an event.

Always in Japanese: a link is passed on without the language of who passes it on, and the picture is kept by whoever shows it.
"""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import get_record, records_to_list
from fumikura.discovery.lists import find_list, listed_in
from fumikura.holdings.queries import newest_records
from fumikura.kernel.japanese import spoken_name
from fumikura.programmes.models import Session
from fumikura.programmes.queries import find_programme
from fumikura.web.design.days import day
from fumikura.web.design.names import name_of
from fumikura.web.paper.link_cards import Book, Leaf, LinkCard, picture

KEPT = 24 * 3600
"""Seconds that whoever shows the link may keep the picture."""
_SHOWN = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    numbers = newest_records(_SHOWN - 1)
    records = records_to_list(numbers)
    return _answer(
        title="きょうは、何を読みますか。",
        lines=["さがす・予約する・開館日を見る"],
        books=_books(records[number] for number in numbers if number in records),
    )


@require_safe
def title(request: HttpRequest, record_id: int) -> HttpResponse:
    try:
        record = get_record(record_id)
    except BibliographicRecord.DoesNotExist:
        raise Http404 from None
    if record.deleted_at is not None:
        raise Http404
    named = " ".join(filter(None, [record.title, record.volume]))
    out = " ".join(filter(None, [record.publisher, str(record.year or "")]))
    return _answer(title=named, lines=[spoken_name(record.creator), out], books=_books([record]))


@require_safe
def one_list(request: HttpRequest, number: int) -> HttpResponse:
    feature = find_list(number) if number < 2**63 else None
    if feature is None:
        raise Http404
    rows = listed_in(feature)
    by = f"{feature.shown_as}さんがえらびました" if feature.shown_as else "特集"
    return _answer(title=feature.title, lines=[by, f"{len(rows)}点"], books=_books(row.record for row in rows[:_SHOWN]))


@require_safe
def event(request: HttpRequest, number: int) -> HttpResponse:
    """With the leaf of the next day that takes place, or of the last one when all is over."""
    programme = find_programme(number) if number < 2**63 else None
    if programme is None:
        raise Http404
    now = timezone.now()
    days = sorted((one for one in programme.sessions.all() if not one.is_called_off), key=lambda one: one.starts_at)
    next_day = next((one for one in days if one.ends_at >= now), days[-1] if days else None)
    with translation.override("ja"):
        lines = [_when(next_day) if next_day else "", name_of(programme.facility)]
        return _answer(title=programme.title, lines=lines, leaf=_leaf(next_day) if next_day else None)


def _when(session: Session) -> str:
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return f"{day(starts.date())} {starts:%-H:%M} – {ends:%-H:%M}"


def _leaf(session: Session) -> Leaf:
    on = timezone.localtime(session.starts_at).date()
    return Leaf(month=date_format(on, "n月"), number=str(on.day), weekday=date_format(on, "l"))


def _books(records: Iterable[BibliographicRecord]) -> list[Book]:
    return [Book(title=one.title, creator=spoken_name(one.creator), ndc=one.ndc, kind=one.kind) for one in records]


def _answer(*, title: str, lines: list[str], books: Sequence[Book] = (), leaf: Leaf | None = None) -> HttpResponse:
    card = LinkCard(title=title, lines=lines, library=settings.LIBRARY_NAME, books=books, day=leaf)
    answer = HttpResponse(picture(card), content_type="image/png")
    answer["Cache-Control"] = f"public, max-age={KEPT}"
    # Programs that run in a browser show it from their own pages.
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
