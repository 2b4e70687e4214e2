"""同じ作品: what stands together with a record and why, a part taken away, another work added, and the way back."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.authorities import MOST_EDITIONS
from fumikura.catalogue.models import BibliographicRecord, WorkDecision
from fumikura.catalogue.queries import records_by_id, records_to_list
from fumikura.catalogue.same_works import (
    decisions_about,
    editions_of_both,
    get_work_decision,
    mark_of_both,
    read_alike,
    together_with,
)
from fumikura.catalogue.services import join_works, part_work, undo_work_decision
from fumikura.discovery.queries import parse, search
from fumikura.holdings.queries import find_item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import staff_names
from fumikura.web.asked_once import asked_once
from fumikura.web.cataloguing.frame import page, told
from fumikura.web.editions import edition_words, of_special_kind
from fumikura.web.visitors import for_staff, typed, visitor

ROWS = 12
Told = list[tuple[str, str]]


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.save")
@asked_once("cataloguing")
def work(request: HttpRequest, record: int) -> HttpResponse:
    """What stands together; with `with`, what would; and what a button says is done."""
    found = _record(record)
    if request.method == "GET":
        other = _asked_for(request)
        is_new = other is not None and other.pk not in together_with(found).pks
        return _joining(request, found, other) if other and is_new else _page(request, found, here=other)
    by = visitor(request).staff_actor(via="cataloguing")
    try:
        decision = _decided(request, found, by)
    except Refused as refused:
        other = _numbered(request.POST.get("with", ""))
        if other and not {"record-same", "works-together-already"} & {reason.code for reason in refused.reasons}:
            return _joining(request, found, other, told(refused), status=422)
        return _page(request, found, told(refused), status=422)
    return HttpResponseRedirect(f"{reverse('cataloguing:work', args=[found.pk])}?done={decision.pk}")


def _record(number: int) -> BibliographicRecord:
    found = records_by_id([number]).get(number)
    if found is None:
        raise Http404
    return found


def _numbered(text: str) -> BibliographicRecord | None:
    return next(iter(records_by_id(_numbers([text])).values()), None)


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18]


def _asked_for(request: HttpRequest) -> BibliographicRecord | None:
    """The record to be compared: one that was chosen, or whose copy was scanned."""
    return _numbered(request.GET.get("with", "")) or _scanned(typed(request.GET, "q"))


def _scanned(text: str) -> BibliographicRecord | None:
    if not text or " " in text:
        return None
    try:
        return records_by_id([number := find_item(text).record_id]).get(number)
    except Refused:
        return None


def _decided(request: HttpRequest, record: BibliographicRecord, by: Actor) -> WorkDecision:
    at, seen, why = timezone.now(), request.POST.get("seen", ""), typed(request.POST, "why")
    match request.POST.get("act", ""):
        case "join":
            other = _numbered(request.POST.get("with", ""))
            if other is None:
                raise Refused(Reason.of("work-record-gone"))
            return join_works(record=record, other=other, seen=seen, why=why, by=by, at=at)
        case "undo":
            numbers = _numbers([request.POST.get("decision", "")])
            decision = get_work_decision(numbers[0]) if numbers else None
            if decision is None:
                raise Refused(Reason.of("work-decision-undone"))
            undo_work_decision(decision=decision, by=by, at=at)
            return decision
    ticked = records_by_id(_numbers(request.POST.getlist("part")))
    return part_work(records=ticked.values(), seen=seen, why=why, by=by, at=at)


@dataclass(frozen=True)
class Line:
    """A record that stands with the one at hand."""

    record: BibliographicRecord
    kind: str
    is_by_hand: bool = False
    is_this: bool = False


@dataclass(frozen=True)
class Decided:
    """A decision in words: who, and which titles."""

    decision: WorkDecision
    who: str
    titles: list[str]


def _page(
    request: HttpRequest,
    found: BibliographicRecord,
    reasons: Told | None = None,
    *,
    here: BibliographicRecord | None = None,
    status: int = 200,
) -> HttpResponse:
    """`here`: what was asked for and stands here already."""
    together = together_with(found)
    lines = [Line(one.record, of_special_kind(one.record.kind), one.is_by_hand) for one in together.others]
    decisions = _in_words(decisions_about(found))
    done = request.GET.get("done", "")
    text = typed(request.GET, "q")
    shown: dict[str, object] = {
        "record": found,
        "lines": [Line(found, of_special_kind(found.kind), is_this=True), *lines] if lines else [],
        "not_shown": together.not_shown,
        "seen": together.mark,
        "request_key": uuid4().hex,
        "done": next((one for one in decisions if str(one.decision.pk) == done), None),
        "standing": [one for one in decisions if one.decision.undone_at is None],
        "undone": [one for one in decisions if one.decision.undone_at is not None],
        "q": text,
        "found": _found(text, together.pks) if text else [],
        "alike": [] if text else [Line(one, of_special_kind(one.kind)) for one in read_alike(found)],
        "why": typed(request.POST, "why"),
        "ticked": set(request.POST.getlist("part")),
        "here": here,
        "reasons": reasons,
    }
    return page(request, "work", shown, status=status)


def _found(text: str, here: frozenset[int]) -> list[Line]:
    """What the search finds, but for what stands here already."""
    ids = [hit.record_id for hit in search(parse(text), rows=ROWS + min(len(here), MOST_EDITIONS), facets=()).hits]
    records = records_to_list(ids)
    return [Line(records[pk], of_special_kind(records[pk].kind)) for pk in ids if pk in records and pk not in here][
        :ROWS
    ]


def _in_words(decisions: list[WorkDecision]) -> list[Decided]:
    names = staff_names({one.made_by for one in decisions})
    return [Decided(one, names.get(one.made_by) or _("取り込みなどの自動の処理"), _titles(one)) for one in decisions]


def _titles(decision: WorkDecision) -> list[str]:
    if decision.kind == WorkDecision.Kind.PARTED:
        records = [one.record for one in decision.placed.all()]
        return [" ".join(filter(None, (one.title, one.volume, str(one.year or "")))) for one in records]
    return [f"{one.title} {one.volume}".strip() for one in (decision.record, decision.other) if one]


def _joining(
    request: HttpRequest,
    found: BibliographicRecord,
    other: BibliographicRecord,
    reasons: Told | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Both side by side, and what readers will see."""
    editions = editions_of_both(found, other)
    shown: dict[str, object] = {
        "record": found,
        "other": other,
        "sides": [
            (found, of_special_kind(found.kind), together_with(found).others),
            (other, of_special_kind(other.kind), together_with(other).others),
        ],
        "editions": [(_edition(one, found), of_special_kind(one.kind)) for one in editions],
        "seen": mark_of_both(found, other),
        "request_key": uuid4().hex,
        "why": typed(request.POST, "why"),
        "reasons": reasons,
    }
    return page(request, "work_joining", shown, status=status)


def _edition(one: BibliographicRecord, beside: BibliographicRecord) -> str:
    return edition_words(
        title=one.title, volume=one.volume, publisher=one.publisher, year=one.year, beside=beside.title
    )
