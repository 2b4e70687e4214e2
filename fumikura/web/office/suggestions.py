"""購入希望: the list of what readers ask for, and the answer to each. Who asked is not on the page."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fumikura.acquisitions.models import Suggestion
from fumikura.acquisitions.queries import (
    get_suggestion,
    same_wishes,
    suggestions_promised,
    suggestions_settled,
    suggestions_to_decide,
)
from fumikura.acquisitions.services import AGAIN, decide
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.numbers import isbns_of
from fumikura.catalogue.queries import records_by_id, records_with
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.web.design.days import day
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("acquisitions.decide")
def suggestions(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, what was promised, what was answered; a POST answers one."""
    if request.method != "POST":
        return _page(request)
    at, here = timezone.now(), visitor(request)
    key = here.request_key or uuid4().hex
    number, decision = typed(request.POST, "suggestion", 9), typed(request.POST, "decision", 10)
    answer = typed(request.POST, "answer", 500)
    try:
        one = get_suggestion(int(number) if number.isdecimal() else 0)
        record = _record(typed(request.POST, "record", 40))

        def act() -> dict[str, Any]:
            by = here.staff_actor(via="office")
            decide(suggestion=one, decision=decision, answer=answer, by=by, at=at, record_=record)
            return {"decided": one.pk}

        once(key, act, door="office", at=at)
    except Refused as refused:
        reasons = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, reasons=reasons, tried=int(number) if number.isdecimal() else 0)
    return HttpResponseRedirect(f"{reverse('office:suggestions')}?{urlencode({'after': key})}")


def _record(written: str) -> BibliographicRecord | None:
    """By its number (as in the address of its page) or by ISBN; None when nothing was typed. Refused when there is none."""
    if not written:
        return None
    by_number = records_by_id([int(written)]) if written.isdecimal() and len(written) < 10 else {}
    found = next(iter(by_number.values()), None)
    for isbn in isbns_of(written):
        found = found or records_with("isbn", isbn).first()
    if found is None:
        raise Refused(Reason("suggestion-record-missing"))
    return found


def _page(request: HttpRequest, *, reasons: Any = (), tried: int = 0) -> HttpResponse:
    done = answer_to(typed(request.GET, "after", 64), door="office")
    waiting = suggestions_to_decide()
    others = same_wishes(waiting)
    page: dict[str, object] = {
        "waiting": [{**_row(one, request, tried), "others": others[one.pk]} for one in waiting],
        "promised": [_row(one, request, tried) for one in suggestions_promised()],
        "settled": [_row(one, request, 0) for one in suggestions_settled()],
        "decisions": [("", _("えらぶ")), *((code, str(_decided(code))) for code in Suggestion.Decision.values)],
        "said": _("返事をしました。") if "decided" in done else "",
        "reasons": reasons,
        "request_key": uuid4().hex,
    }
    return office(request, "suggestions", page, status=422 if reasons else 200)


def _decided(code: str) -> str:
    return {
        "buy": _("買います"),
        "borrow": _("ほかの図書館から借ります"),
        "have": _("所蔵しています"),
        "decline": _("見送ります"),
    }[code]


def _row(one: Suggestion, request: HttpRequest, tried: int) -> dict[str, Any]:
    sent, again = request.POST if tried == one.pk else None, one.via == AGAIN
    return {
        "pk": one.pk,
        "title": one.title,
        "about": "・".join(part for part in (one.creator, one.publisher, one.published, one.isbn) if part),
        "note": _("不明になった資料の買い替え（資料番号 {barcode}）").format(barcode=one.note) if again else one.note,
        "again": again,
        "asked": day(timezone.localdate(one.asked_at)),
        "pickup": name_of(one.pickup),
        "others": 0,
        "decision": typed(sent, "decision", 10) if sent else one.decision,
        "decided": _decided(one.decision) if one.decision else "",
        "answer": typed(sent, "answer", 500) if sent else one.answer,
        "record": typed(sent, "record", 40) if sent else str(one.record_id or ""),
        "held": one.record_id or 0,
    }
