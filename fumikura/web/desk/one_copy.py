"""One copy for staff: its notes for the counter, and of how many pieces it consists (付録)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import CounterNote
from fumikura.holdings.models import Item
from fumikura.holdings.queries import get_item, kept_aside, new_home_of
from fumikura.holdings.services import change_item
from fumikura.kernel.refusals import Refused
from fumikura.web.design.days import day
from fumikura.web.desk.copies import copies_found
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import name_of
from fumikura.web.visitors import typed

MOST_PIECES = 99


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def one_copy(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    try:
        item = get_item(pk)
    except Refused:
        raise Http404 from None
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place, item),
            back=reverse("desk:copy", args=[pk]),
            again=lambda trouble: _page(request, place, item, trouble),
        )
    return _page(request, place, item)


def _act(request: HttpRequest, place: Place, item: Item) -> dict[str, Any]:
    by, at, sent = place.by, place.at, request.POST
    if "note" in sent:
        circulation.write_note(text=typed(sent, "note"), item=item, stays="stays" in sent, by=by, at=at)
        return {"did": "note"}
    if "aside" in sent:
        circulation.set_aside(item=item, by=by, at=at)
        if text := typed(sent, "words"):
            circulation.write_note(text=text, item=item, by=by, at=at)
        return {"did": "aside"}
    if "end_note" in sent:
        note = CounterNote.objects.open().filter(pk=int(typed(sent, "end_note", 18)), item=item).first()
        if note:
            circulation.acknowledge_note(note=note, by=by, at=at)
        return {"did": "ended"}
    parts = int(typed(sent, "parts", 3))
    if not 1 <= parts <= MOST_PIECES:
        raise ValueError
    change_item(item, parts=parts, parts_words=typed(sent, "parts_words", 60), by=by, at=at)
    return {"did": "parts"}


def _page(request: HttpRequest, place: Place, item: Item, trouble: str = "") -> HttpResponse:
    said = {
        "note": gettext("ひとことを書きました。この本を読むと出ます。"),
        "ended": gettext("ひとことを消しました。"),
        "aside": gettext(
            "別に置きました。待っている方には、ほかの本を割り当てます。直ったら、返却の画面で読んでください。"
        ),
        "parts": gettext("点数を直しました。貸すときと返すときに確かめます。"),
    }.get(done(request).get("did", ""), "")
    seen, new_home = item.last_seen_at, new_home_of(item)
    return staff_page(
        request,
        place,
        "copy",
        mode="items",
        new_home=name_of(new_home) if new_home else "",
        heading=gettext("資料の1点"),
        trouble=trouble,
        said=said,
        item=item,
        copy=copies_found(item, "", at=place.at)[0],
        seen=day(timezone.localdate(seen), timezone.localdate(place.at)) if seen else "",
        notes=circulation.notes_about(item=item.pk),
        may_note=place.by.may("circulation.write-note"),
        may_change=place.by.may("holdings.change-item"),
        may_put_aside=place.by.may("circulation.check-in") and not kept_aside(item),
    )
