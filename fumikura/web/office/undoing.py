"""What an import changed, and taking it back: look first, then confirm; large ones go on beside the request."""

import threading
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.catalogue import imported
from fumikura.catalogue.models import ImportBatch, ImportedRecord
from fumikura.catalogue.queries import imports
from fumikura.catalogue.services import foresee_undo, undo_import
from fumikura.catalogue.words import outcome_words
from fumikura.kernel.actors import Actor
from fumikura.web.asked_once import begins
from fumikura.web.office.frame import office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, visitor

SHOWN = 50
AT_ONCE = 1_000
"""Records up to which an import is taken back while the reader waits."""
FORESEEN = 20_000
"""Records up to which the page says beforehand what becomes of each."""
KINDS = ("", "updated", "created", "left")


@dataclass(frozen=True)
class Figure:
    words: str
    number: int


def _batch(number: int) -> ImportBatch:
    found = imports().filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _figures(outcomes: dict[str, int]) -> list[Figure]:
    order = ("deleted", "restored", "in-use", "changed-since", "gone")
    return [Figure(outcome_words(one, get_language() or "ja"), outcomes[one]) for one in order if outcomes.get(one)]


@require_safe
@for_staff("catalogue.import")
def changes(request: HttpRequest, batch: int) -> HttpResponse:
    """The records this import created or wrote over, with the fields that differ."""
    found = _batch(batch)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    pages = Paginator(imported.lines_of(found, kind=kind), SHOWN)
    page = pages.get_page(request.GET.get("page"))
    shown = [(difference, _left(difference)) for difference in imported.differences_of(page.object_list)]
    return office(
        request,
        "changes",
        {
            "batch": found,
            "kind": kind,
            "shown": shown,
            "total": pages.count,
            "pages": _pages(page, kind) if pages.num_pages > 1 else [],
        },
    )


def _left(difference: imported.Difference) -> str:
    """Why undoing left it, or what undoing did; empty before."""
    outcome = difference.line.outcome
    return outcome_words(outcome, get_language() or "ja") if outcome else ""


def _pages(page: "Page[ImportedRecord]", kind: str) -> list[dict[str, object]]:
    return [
        {
            "label": str(number),
            "href": f"?kind={kind}&page={number}" if isinstance(number, int) else "",
            "current": number == page.number,
        }
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.import")
@stepped_up
def undo(request: HttpRequest, batch: int) -> HttpResponse:
    """Ask first, with what would become of the records; then do it. Asked for twice, it is done once."""
    found = _batch(batch)
    by = visitor(request).staff_actor(via="office")
    there = reverse("office:report", args=[batch])
    if found.undone_at:
        return HttpResponseRedirect(there)
    waiting = imported.lines_of(found).filter(outcome="").count()
    if request.method == "POST":
        if begins(request, door="office"):
            _carry_out(found, waiting, by)
        return HttpResponseRedirect(there)
    page: dict[str, object] = {"batch": found, "waiting": waiting, "figures": []}
    if waiting <= FORESEEN:
        forecast = foresee_undo(found, by=by)
        page |= {"figures": _figures(dict(forecast.outcomes)), "left": forecast.left}
    return office(request, "undo", page)


def _carry_out(batch: ImportBatch, waiting: int, by: Actor) -> None:
    if waiting <= AT_ONCE:
        undo_import(batch, by=by, at=timezone.now())
        return

    def beside() -> None:
        try:
            undo_import(batch, by=by, at=timezone.now())
        finally:
            connection.close()

    threading.Thread(target=beside, name=f"undo-{batch.pk}", daemon=True).start()


def undoing_of(batch: ImportBatch) -> dict[str, object]:
    """For the report: how far taking back is, and what it came to."""
    if batch.undo_started_at is None:
        return {}
    outcomes = imported.outcomes_of(batch)
    waiting = outcomes.pop("", 0)
    total = sum(outcomes.values()) + waiting
    left = sum(number for outcome, number in outcomes.items() if outcome not in {"deleted", "restored", "gone"})
    return {
        "undo_figures": _figures(outcomes),
        "undo_settled": total - waiting,
        "undo_total": total,
        "undo_percent": 100 * (total - waiting) // max(total, 1),
        "undo_left": left,
    }
