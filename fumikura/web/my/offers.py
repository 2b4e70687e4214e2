"""みなさんのリスト: offering a list of one's own for all to see, under a name of one's choice; taking it back."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.discovery.lists import Facts, Line, sizes
from fumikura.discovery.models import WishedRecord, WishList
from fumikura.discovery.offered import MOST_BOOKS, offer_list, offered_by, take_back
from fumikura.discovery.wishes import wish_lists, wished_in
from fumikura.journal.services import once
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron
from fumikura.web.my.holds import said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, typed, visitor


@dataclass(frozen=True)
class Offer:
    """A list that the reader has offered, and what became of it."""

    pk: int
    title: str
    shown_as: str
    size: int
    state: str
    """waiting, shown or declined."""
    answer: str


def offers_of(patron: Patron) -> list[Offer]:
    mine = offered_by(patron)
    how_many = sizes() if mine else {}
    return [
        Offer(
            pk=one.pk,
            title=one.title,
            shown_as=one.shown_as,
            size=how_many.get(one.pk, 0),
            state="shown" if one.ended_at is None else "declined" if one.answered_at else "waiting",
            answer=one.answer,
        )
        for one in mine
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def offer(request: HttpRequest, number: int) -> HttpResponse:
    """One list of books to read: which of them to show, with which words, under which name."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    wishes = next((one for one in wish_lists(patron) if one.pk == number), None)
    if wishes is None:
        raise Http404
    if request.method != "POST":
        return _page(request, wishes)
    note = request.POST.get("note", "").replace("\x00", "")[:500].strip()
    facts = Facts(title=typed(request.POST, "title", 60), note=note)
    lines = [Line(row.record_id, typed(request.POST, f"note-{row.record_id}", 200)) for row in _ticked(request, wishes)]
    key = here.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        by, shown_as = here.patron_actor(), typed(request.POST, "shown_as", 40)
        made = offer_list(patron=patron, facts=facts, shown_as=shown_as, lines=lines, by=by, at=at)
        return {"offered": made.pk}

    try:
        once(key, act, door="my", at=at)
    except Refused as refused:
        return _page(request, wishes, reasons=said(refused))
    return HttpResponseRedirect(f"{reverse('my:wishes')}?{urlencode({'after': key})}#offers")


def _ticked(request: HttpRequest, wishes: WishList) -> list[WishedRecord]:
    ticked = set(request.POST.getlist("show"))
    return [row for row in wished_in(wishes) if str(row.record_id) in ticked]


def _page(request: HttpRequest, wishes: WishList, *, reasons: list[Any] | None = None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    ticked = set(sent.getlist("show")) if sent else None
    books = [
        {
            "pk": row.record_id,
            "title": row.record.title,
            "creator": spoken_name(row.record.creator),
            "note": typed(sent, f"note-{row.record_id}", 200) if sent else "",
            "ticked": place < MOST_BOOKS if ticked is None else str(row.record_id) in ticked,
        }
        for place, row in enumerate(wished_in(wishes))
    ]
    page = {
        "wishes": wishes,
        "books": books,
        "title": typed(sent, "title", 60) if sent else wishes.name,
        "shown_as": typed(sent, "shown_as", 40) if sent else "",
        "note": sent.get("note", "")[:500] if sent else "",
        "most": MOST_BOOKS,
        "reasons": reasons or [],
        "request_key": uuid4().hex,
    }
    return render(request, "my/offer.html", page, status=422 if reasons else 200)


@require_POST
@for_patrons
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Show it no more, at once."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    key = here.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        take_back(patron=patron, number=min(number, 2**62), by=here.patron_actor(), at=at)
        return {"taken_back": number}

    once(key, act, door="my", at=at)
    return HttpResponseRedirect(f"{reverse('my:wishes')}?{urlencode({'after': key})}#offers")
