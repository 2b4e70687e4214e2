"""緊急の権限: taken with a written reason, shown on a banner, read afterwards by somebody responsible."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from fumikura.journal.models import Entry
from fumikura.journal.queries import entries_by
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import BrokenGlass
from fumikura.organisation.queries import glass_reviewed, glass_to_review
from fumikura.organisation.services import BEHIND_GLASS, break_glass, close_glass, review_glass
from fumikura.web.acts import act_in_words
from fumikura.web.asked_once import asked_once
from fumikura.web.design.days import in_japanese
from fumikura.web.office.frame import name_of, office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import GLASS, for_staff, typed, visitor

SHOWN = 20


@dataclass(frozen=True)
class Told:
    row: BrokenGlass
    rights: list[str]
    done: list[tuple[str, int]]
    """What was done meanwhile: (in words, how often)."""
    own: bool
    is_open: bool
    """Still in use: to be ended, and to be read only when it is over."""
    place: str


@require_http_methods(["GET", "POST"])
@for_staff()
@stepped_up
@asked_once("office")
def glass(request: HttpRequest) -> HttpResponse:
    here = visitor(request)
    if not here.permissions & {"organisation.break-glass", "organisation.review-glass"}:
        return office(request, "nothing", {}, status=403)
    if request.method != "POST":
        return _page(request, [])
    try:
        _act(request)
    except Refused as refused:
        return _page(request, [words(reason, get_language() or "ja") for reason in refused.reasons], status=422)
    return HttpResponseRedirect(f"{reverse('office:glass')}?saved=1")


def _act(request: HttpRequest) -> None:
    here, at = visitor(request), timezone.now()
    by = here.staff_actor(via="office")
    rows = {str(row.pk): row for row in glass_to_review()}
    row = rows.get(request.POST.get("glass", ""))
    match request.POST.get("act", ""):
        case "break" if here.staff and here.facility:
            taken = break_glass(
                user=here.staff,
                facility=here.facility,
                permissions=request.POST.getlist("right"),
                reason=typed(request.POST, "reason", 300),
                by=by,
                at=at,
            )
            request.session[GLASS] = taken.pk
        case "close" if row:
            close_glass(glass=row, by=by, at=at)
        case "review" if row:
            review_glass(glass=row, by=by, at=at)


def _page(request: HttpRequest, reasons: list[tuple[str, str]], *, status: int = 200) -> HttpResponse:
    here = visitor(request)
    may_review = "organisation.review-glass" in here.permissions
    chosen = (request.POST if reasons else request.GET).getlist("right")
    waiting = [row for row in glass_to_review() if may_review or (here.staff and row.user_id == here.staff.pk)]
    page = {
        "may_break": "organisation.break-glass" in here.permissions,
        "may_review": may_review,
        "offered": [
            (code, _words(code), code in chosen) for code in PERMISSIONS if code in BEHIND_GLASS - here.permissions
        ],
        "waiting": [_told(row, here.staff.pk if here.staff else 0) for row in waiting],
        "reviewed": [_told(row, 0) for row in glass_reviewed(SHOWN)] if may_review else [],
        "reason": typed(request.POST, "reason", 300),
        "reasons": reasons,
        "saved": "saved" in request.GET,
    }
    return office(request, "glass", page, status=status)


def _words(code: str) -> str:
    return PERMISSIONS[code][0 if in_japanese() else 1]


def _told(row: BrokenGlass, me: int) -> Told:
    counts: dict[str, int] = {}
    entries: list[Entry] = entries_by(f"staff:{row.user_id}", since=row.opened_at, until=row.ended_at or row.until)
    for entry in entries:
        said = act_in_words(entry.event)
        counts[said] = counts.get(said, 0) + 1
    return Told(
        row,
        [_words(code) for code in row.permissions],
        sorted(counts.items()),
        row.user_id == me,
        row.is_open_at(timezone.now()),
        name_of(row.facility),
    )
