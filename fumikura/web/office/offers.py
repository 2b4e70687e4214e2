"""みなさんのリスト: what readers offer for all to see. Staff look, show it, or say why not. Whose it is, is not on the page."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from fumikura.discovery.lists import first_of_each
from fumikura.discovery.models import FeatureList, ListedRecord
from fumikura.discovery.offered import MOST_BOOKS, decline_offer, offers_shown, offers_to_answer, show_offer
from fumikura.journal.services import once
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.office.frame import office
from fumikura.web.office.lists import RIGHT
from fumikura.web.visitors import for_staff, typed, visitor

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def offers(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at and what is shown; a POST shows one (show) or says why not (answer)."""
    if request.method != "POST":
        return _page(request)
    here, at = visitor(request), timezone.now()
    number = typed(request.POST, "list", 18)
    offer = FeatureList.objects.filter(pk=int(number) if number.isdecimal() else 0, patron__isnull=False).first()
    if offer is None:
        told = [(gettext("このリストは、出した方が取り下げました。"), gettext("返事は要りません。"))]
        return _page(request, reasons=told)
    answer, show = typed(request.POST, "answer", 300), "show" in request.POST

    def act() -> dict[str, Any]:
        by = here.staff_actor(via="office")
        if show:
            show_offer(offer, by=by, at=at)
        else:
            decline_offer(offer, answer=answer, by=by, at=at)
        return {"list": offer.pk}

    try:
        once(here.request_key or uuid4().hex, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, reasons=told, tried=offer.pk)
    return HttpResponseRedirect(f"{reverse('office:offers')}?done={'shown' if show else 'declined'}")


def _page(request: HttpRequest, *, reasons: Any = (), tried: int = 0) -> HttpResponse:
    page: dict[str, object] = {
        "waiting": _rows(list(offers_to_answer()[:MOST])),
        "shown": _rows(list(offers_shown()[:MOST])),
        "done": request.GET.get("done", ""),
        "reasons": reasons,
        "tried": tried,
        "request_key": uuid4().hex,
    }
    return office(request, "offers", page, status=422 if reasons else 200)


def _rows(offers: list[FeatureList]) -> list[dict[str, Any]]:
    books = first_of_each(offers, most=MOST_BOOKS)
    return [{"list": one, "books": [_book(row) for row in books[one.pk]]} for one in offers]


def _book(row: ListedRecord) -> dict[str, Any]:
    return {
        "pk": row.record_id,
        "title": " ".join(filter(None, [row.record.title, row.record.volume])),
        "creator": spoken_name(row.record.creator),
        "note": row.note,
    }
