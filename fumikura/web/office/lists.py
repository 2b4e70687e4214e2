"""特集: putting records together for readers, in an order of one's own. Nothing typed is lost while one looks for more."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.discovery.lists import (
    Facts,
    Line,
    arrange,
    end_list,
    ended_lists,
    find_list,
    listed_in,
    lists_of_staff,
    make_list,
    sizes,
    take_up_list,
)
from fumikura.discovery.models import FeatureList
from fumikura.discovery.offered import offers_to_answer
from fumikura.discovery.queries import parse, search
from fumikura.journal.services import once
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.office.frame import office
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "discovery.keep-lists"
FOUND = 10


@dataclass(frozen=True)
class Row:
    pk: int
    title: str
    creator: str
    said: str
    """Publisher and year."""
    note: str = ""
    place: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def all_lists(request: HttpRequest) -> HttpResponse:
    """The lists, and a form for a new one."""
    reasons: list[tuple[str, str]] = []
    if request.method == "POST":
        by, at = visitor(request).staff_actor(via="office"), timezone.now()
        facts = Facts(title=typed(request.POST, "title", 120))
        try:
            body, _before = once(
                by.request_key, lambda: {"list": make_list(facts, by=by, at=at).pk}, door="office", at=at
            )
            return HttpResponseRedirect(reverse("office:list", args=[body["list"]]))
        except Refused as refused:
            reasons = _told(refused)
    how_many = sizes()
    page: dict[str, object] = {
        "rows": [(feature, how_many.get(feature.pk, 0)) for feature in lists_of_staff()],
        "ended": list(ended_lists()[:20]),
        "waiting": offers_to_answer().count(),
        "reasons": reasons,
        "request_key": uuid4().hex,
    }
    return office(request, "lists", page, status=422 if reasons else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def one_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: what it says, its records in their order, and a search for more."""
    feature = _find(pk)
    if request.method != "POST":
        rows = [_row(one.record, one.note, str(place)) for place, one in enumerate(listed_in(feature), start=1)]
        return _page(request, feature, _facts_of(feature), rows)
    facts, rows = _sent_facts(request), _sent_rows(request)
    if "look" in request.POST:
        return _page(request, feature, facts, rows)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    lines = [Line(row.pk, row.note) for row in rows]
    try:
        once(by.request_key, lambda: {"list": arrange(feature, facts, lines, by=by, at=at).pk}, door="office", at=at)
    except Refused as refused:
        return _page(request, feature, facts, rows, reasons=_told(refused))
    return HttpResponseRedirect(f"{reverse('office:list', args=[pk])}?done=1")


@require_POST
@for_staff(RIGHT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    end_list(_find(pk), by=visitor(request).staff_actor(via="office"), at=timezone.now())
    return HttpResponseRedirect(reverse("office:lists"))


@require_POST
@for_staff(RIGHT)
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    feature = ended_lists().filter(pk=pk).first()
    if feature is None:
        raise Http404
    take_up_list(feature, by=visitor(request).staff_actor(via="office"), at=timezone.now())
    return HttpResponseRedirect(reverse("office:list", args=[pk]))


def _page(
    request: HttpRequest,
    feature: FeatureList,
    facts: Facts,
    rows: list[Row],
    *,
    reasons: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    asked = typed(request.POST, "q", 200)
    there = {row.pk for row in rows}
    page: dict[str, object] = {
        "feature": feature,
        "facts": facts,
        "rows": rows,
        "q": asked,
        "found": [row for row in _look(asked) if row.pk not in there],
        "looked": "look" in request.POST,
        "reasons": reasons or [],
        "done": "done" in request.GET,
        "request_key": uuid4().hex,
    }
    return office(request, "list", page, status=422 if reasons else 200)


def _look(text: str) -> list[Row]:
    """Words, an ISBN, or the number of a record."""
    if not text:
        return []
    ids = [hit.record_id for hit in search(parse(text), rows=FOUND, facets=()).hits]
    if text.isascii() and text.isdigit() and len(text) < 10:
        ids = [int(text), *ids]
    records = records_by_id(ids)
    return [_row(records[pk]) for pk in dict.fromkeys(ids) if pk in records]


def _sent_facts(request: HttpRequest) -> Facts:
    note, note_en = (request.POST.get(name, "").replace("\x00", "")[:2000].strip() for name in ("note", "note_en"))
    return Facts(
        title=typed(request.POST, "title", 120),
        title_en=typed(request.POST, "title_en", 120),
        note=note,
        note_en=note_en,
    )


def _sent_rows(request: HttpRequest) -> list[Row]:
    """The rows that were kept or added, in the order of the numbers beside them; what has none stands at the end."""
    sent = request.POST
    numbers = [int(one) for one in [*sent.getlist("record"), *sent.getlist("add")] if one.isdecimal() and len(one) < 19]
    kept = [one for one in dict.fromkeys(numbers) if f"off-{one}" not in sent]
    records = records_by_id(kept)

    def place(number: int) -> tuple[float, int]:
        written = typed(sent, f"place-{number}", 6).replace(",", ".")
        try:
            return float(written or "inf"), kept.index(number)
        except ValueError:
            return float("inf"), kept.index(number)

    ordered = sorted((one for one in kept if one in records), key=place)
    return [
        _row(records[one], typed(sent, f"note-{one}", 300), str(position))
        for position, one in enumerate(ordered, start=1)
    ]


def _row(record: BibliographicRecord, note: str = "", place: str = "") -> Row:
    return Row(
        pk=record.pk,
        title=" ".join(filter(None, [record.title, record.volume])),
        creator=spoken_name(record.creator),
        said=" ".join(filter(None, [record.publisher, str(record.year or "")])),
        note=note,
        place=place,
    )


def _facts_of(feature: FeatureList) -> Facts:
    return Facts(title=feature.title, title_en=feature.title_en, note=feature.note, note_en=feature.note_en)


def _find(pk: int) -> FeatureList:
    feature = find_list(pk) if pk < 2**63 else None
    if feature is None or feature.patron_id:
        raise Http404
    return feature


def _told(refused: Refused) -> list[tuple[str, str]]:
    return [words(reason, get_language() or "ja") for reason in refused.reasons]
