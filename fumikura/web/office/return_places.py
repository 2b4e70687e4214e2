"""返却館の指定: what goes back to one place wherever it is returned, told for many copies at once."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item
from fumikura.holdings.services import change_item
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import facilities, find_facility
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor

LISTED, MOST = 300, 500
LONGEST = 20_000


@require_http_methods(["GET", "POST"])
@for_staff("holdings.change-item")
def return_places(request: HttpRequest) -> HttpResponse:
    """All copies with a place of their own to return to; a POST gives it to some, or takes it from them."""
    if request.method != "POST":
        return _page(request)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    key = by.request_key or uuid4().hex
    code = typed(request.POST, "place", 20)

    def act() -> dict[str, Any]:
        numbers = list(dict.fromkeys(request.POST.get("numbers", "")[:LONGEST].split()))
        if not numbers or len(numbers) > MOST:
            raise Refused(Reason.of("too-many-or-none", most=MOST))
        place = find_facility(code) if code else None
        for item in _found(numbers):
            change_item(item, return_to=place, by=by, at=at)
        return {"changed": len(numbers), "place": code}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        return _page(request, reasons=list(refused.reasons))
    return HttpResponseRedirect(f"{reverse('office:return-places')}?{urlencode({'after': key})}")


def _found(numbers: list[str]) -> list[Item]:
    """All of them, or Refused with every number that is not known."""
    found: list[Item] = []
    unknown: list[Reason] = []
    for number in numbers:
        try:
            found.append(find_item(number))
        except Refused as refused:
            unknown += refused.reasons
    if unknown:
        raise Refused(*unknown)
    return found


def _page(request: HttpRequest, *, reasons: list[Reason] | None = None) -> HttpResponse:
    names = {place.code: name_of(place) for place in facilities()}
    rows = Item.objects.in_stock().exclude(return_to=None).select_related("record", "return_to", "home")
    done = answer_to(typed(request.GET, "after", 64), door="office")
    said = ""
    if done and not reasons:
        said = (
            gettext("{n}点は、どこで返されても{place}へ送ります。")
            if done["place"]
            else gettext("{n}点は、ふつうの行き先にもどしました。")
        ).format(n=done["changed"], place=names.get(done["place"], done["place"]))
    page: dict[str, object] = {
        "rows": [
            {
                "title": f"{item.record.title} {item.volume}".strip(),
                "barcode": item.barcode,
                "home": name_of(item.home),
                "place": name_of(item.return_to) if item.return_to else "",
            }
            for item in rows.defer("record__marc").order_by("return_to__code", "barcode")[:LISTED]
        ],
        "places": [("", gettext("ふつうの行き先（持ち主の館など）")), *names.items()],
        "place": typed(request.POST, "place", 20),
        "numbers": request.POST.get("numbers", "")[:LONGEST] if reasons else "",
        "said": said,
        "reasons": [words(reason, get_language() or "ja") for reason in reasons or ()],
        "request_key": uuid4().hex,
    }
    return office(request, "return_places", page, status=422 if reasons else 200)
