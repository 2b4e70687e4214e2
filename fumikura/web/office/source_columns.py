"""Saying which column of another institution's list, or which element of its records, is what; with its first ten records."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.description import describe
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.discovery.union.fetching import Silent
from fumikura.harvest.asking import Wish
from fumikura.harvest.models import HarvestSource
from fumikura.harvest.reading import NotAnAnswer
from fumikura.harvest.sampling import Sample, guess, sample
from fumikura.harvest.services import plan_of, set_plan
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.office.columns import OURS, Column
from fumikura.web.office.frame import office
from fumikura.web.office.sources import FAULTS, RIGHT, find, in_words
from fumikura.web.visitors import for_staff, typed, visitor

MOST_COLUMNS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def columns(request: HttpRequest, code: str) -> HttpResponse:
    """A POST tries what was chosen on the first ten records, keeps it, or goes back to what the names tell."""
    one = find(code)
    plan = _chosen(request) if request.method == "POST" else plan_of(one)
    if "again" in request.POST:
        plan = None
    elif "keep" in request.POST and plan is not None:
        try:
            _keep(request, one, plan)
        except Refused as refused:
            told = [words(reason, get_language() or "ja") for reason in refused.reasons]
            return _page(request, one, plan, reasons=told, status=422)
        return HttpResponseRedirect(f"{reverse('office:source', args=[one.code])}?saved=1")
    elif "forget" in request.POST:
        _keep(request, one, ColumnPlan({}))
        return HttpResponseRedirect(f"{reverse('office:source', args=[one.code])}?saved=1")
    return _page(request, one, plan)


def _keep(request: HttpRequest, one: HarvestSource, plan: ColumnPlan) -> None:
    by, at = visitor(request).staff_actor(via="office"), timezone.now()

    def act() -> dict[str, str]:
        set_plan(one, plan, by=by, at=at)
        return {}

    once(by.request_key, act, door="office", at=at)


def _chosen(request: HttpRequest) -> ColumnPlan:
    """What stands in the form: the name of each column, and what was chosen for it."""
    chosen: dict[str, str] = {}
    for place in range(MOST_COLUMNS):
        name = request.POST.get(f"name-{place}", "")[:200]
        if name:
            chosen[name] = typed(request.POST, f"column-{place}", 30)
    return ColumnPlan.of({"columns": chosen, "has_header": request.POST.get("header") != "no"})


def _page(
    request: HttpRequest,
    one: HarvestSource,
    plan: ColumnPlan | None,
    *,
    reasons: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    page: dict[str, object] = {"source": one, "reasons": reasons or []}
    wanted = request.GET.get("header", "no" if plan and not plan.has_header else "yes")
    if (wanted != "no") is not (plan is None or plan.has_header):
        plan = ColumnPlan({}, wanted != "no")  # the columns have other names now
    try:
        seen = _looked(one, plan)
    except (Silent, NotAnAnswer) as wrong:
        page["reasons"] = [*(reasons or []), in_words(wrong.code, wrong.detail)]
        return office(request, "source_columns", page, status=422)
    used = plan if plan and plan.columns else guess(one.protocol, seen.names, seen.lines)
    page |= {
        "is_kept": bool(one.plan),
        "has_header": plan is None or plan.has_header,
        "is_table": one.protocol == "csv",
        "says_itself": seen.says_itself,
        "columns": _columns(seen, used, has_names=plan is None or plan.has_header),
        "choices": [("", _("使わない")), *OURS],
        "records": [
            (each, describe(each.decoded.marc) if each.decoded else None, FAULTS.get(each.fault, each.fault))
            for each in seen.records
        ],
        "readable": sum(not each.fault for each in seen.records),
    }
    return office(request, "source_columns", page, status=status)


def _looked(one: HarvestSource, plan: ColumnPlan | None) -> Sample:
    """With a plan that names no column yet, what it would be is guessed first."""
    wish = Wish(one.protocol, one.address, one.format, one.set, plan=plan)
    if plan is not None and not plan.columns and one.protocol != "csv":
        wish = Wish(one.protocol, one.address, one.format, one.set)
    return sample(wish)


def _columns(seen: Sample, plan: ColumnPlan, *, has_names: bool) -> list[tuple[str, Column]]:
    """Beside each its name in the file, which comes back with the form."""
    is_numbered = not has_names
    return [
        (
            name,
            Column(
                f"column-{place}",
                _("{number}列目").format(number=name) if is_numbered else name,
                plan.columns.get(name, ""),
                next((line[place] for line in seen.lines if line[place].strip()), ""),
            ),
        )
        for place, name in enumerate(seen.names[:MOST_COLUMNS])
    ]
