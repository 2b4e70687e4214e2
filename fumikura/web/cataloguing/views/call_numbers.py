"""How call numbers are made here: the rules as text, tried on books before they are set."""

from collections import Counter
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.description import Description
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record, records_by_id
from fumikura.holdings.call_numbers import Unreadable, call_number, rules_of, standard_rules
from fumikura.holdings.queries import call_number_rules, newest_records
from fumikura.holdings.services import set_call_number_rules
from fumikura.journal.services import once
from fumikura.kernel.refusals import Reason, Refused
from fumikura.web.cataloguing.frame import page, told
from fumikura.web.visitors import for_staff, visitor

SAMPLES, LOOKED_AT, LONGEST = 5, 80, 20_000


@require_http_methods(["GET", "POST"])
@for_staff("holdings.set-call-numbers")
def call_numbers(request: HttpRequest) -> HttpResponse:
    """Shown with what they say of the newest titles; tried with a button, set with another."""
    facility = visitor(request).facility
    if facility is None:
        return HttpResponseRedirect(reverse("cataloguing:home"))
    agency = facility.agency
    now = call_number_rules(agency)
    if request.method == "GET":
        return _page(request, now, now, {"saved": "saved" in request.GET})
    text = request.POST.get("text", "")[:LONGEST].replace("\x00", "").replace("\r\n", "\n")
    if request.POST.get("act") == "standard":
        return _page(request, standard_rules(), now, {})
    if request.POST.get("act") != "save":
        return _page(request, text, now, {})
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()

    def act() -> dict[str, str]:
        set_call_number_rules(agency, text=text, by=by, at=at)
        return {"agency": agency.code}

    try:
        once(visitor(request).request_key, act, door="cataloguing", at=at)
    except Refused as refused:
        return _page(request, text, now, {"reasons": told(refused)}, status=422)
    return HttpResponseRedirect(f"{reverse('cataloguing:call-numbers')}?saved=1")


def _page(request: HttpRequest, text: str, now: str, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    try:
        rules, before = rules_of(text), rules_of(now)
    except Unreadable as error:
        rules = before = []
        refused = Refused(Reason.of("call-number-rules", line=error.line, text=error.about))
        values, status = {"reasons": told(refused), **values}, 422
    samples = [
        (record, call_number(before, title), call_number(rules, title))
        for record, title in (_different_books() if rules else [])
    ]
    shown = {"text": text, "samples": samples, "request_key": uuid4().hex, "changed": text != now}
    return page(request, "call_numbers", {**shown, **values}, status=status)


def _different_books() -> list[tuple[BibliographicRecord, Description]]:
    """New titles that rules are likely to tell apart: of each kind and audience one before a second."""
    records = records_by_id(newest_records(LOOKED_AT)).values()
    described = [(record, describe_record(record)) for record in records]
    times: Counter[tuple[str, str]] = Counter()
    ranked = []
    for record, title in described:
        times[title.kind, title.audience] += 1
        ranked.append((times[title.kind, title.audience], record, title))
    ranked.sort(key=lambda one: one[0])
    return [(record, title) for _turn, record, title in ranked[:SAMPLES]]
