"""The history of a record: its earlier states, what each change did, and the way back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fumikura.catalogue.editing.differences import Change, differences
from fumikura.catalogue.marc.iso2709 import decode
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import earlier_states, records_by_id
from fumikura.catalogue.services import restore_version
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import staff_names
from fumikura.web.cataloguing.frame import page, told
from fumikura.web.visitors import for_staff, visitor

SHOWN = 50


@dataclass(frozen=True)
class Step:
    """One saving: who, when, and what it changed. `version` is the state before it."""

    version: int
    at: datetime
    who: str
    changes: list[Change]


@require_safe
@for_staff("catalogue.save")
def history(request: HttpRequest, record: int) -> HttpResponse:
    return _history(request, _found(record), {"restored": "restored" in request.GET})


def _history(
    request: HttpRequest, found: BibliographicRecord, values: dict[str, object], *, status: int = 200
) -> HttpResponse:
    states = list(earlier_states(found.pk)[:SHOWN])
    names = staff_names({state.saved_by for state in states})
    after = decode(bytes(found.marc)).content
    steps = []
    for state in states:
        before = decode(bytes(state.marc)).content
        who = names.get(state.saved_by) or _("取り込みなどの自動の処理")
        steps.append(Step(state.number, state.saved_at, who, differences(before, after)))
        after = before
    return page(
        request, "history", {"record": found, "steps": steps, "request_key": uuid4().hex, **values}, status=status
    )


@require_POST
@for_staff("catalogue.save")
def restore(request: HttpRequest, record: int, version: int) -> HttpResponse:
    found = _found(record)
    by = visitor(request).staff_actor(via="cataloguing")
    at = timezone.now()

    def act() -> dict[str, int]:
        return {"record": restore_version(found, version=version, by=by, at=at).pk}

    try:
        once(visitor(request).request_key, act, door="cataloguing", at=at)
    except Refused as refused:
        return _history(request, found, {"reasons": told(refused)}, status=422)
    return HttpResponseRedirect(f"{reverse('cataloguing:history', args=[record])}?restored=1")


def _found(record: int) -> BibliographicRecord:
    found = records_by_id([record]).get(record)
    if found is None:
        raise Http404
    return found
