"""One loan: said to be returned, lost, replaced in kind or by its price; and why it is due when it is."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import get_loan
from fumikura.holdings.services import NewItem
from fumikura.kernel.refusals import Refused
from fumikura.web.design.days import day
from fumikura.web.desk.doing import do, done, staff_page, told
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.reminders import may_remind
from fumikura.web.desk.words import grouped, title_of
from fumikura.web.visitors import typed
from fumikura.web.whys import due_in_words


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def loan(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    try:
        one = get_loan(pk)
    except Refused:
        raise Http404 from None
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place, one),
            back=reverse("desk:loan", args=[pk]),
            again=lambda trouble: _page(request, place, one, trouble),
        )
    return _page(request, place, one)


def _act(request: HttpRequest, place: Place, one: Loan) -> dict[str, Any]:
    by, at, sent = place.by, place.at, request.POST
    did = typed(sent, "did", 10)
    if did == "claimed":
        return {"did": did, "messages": list(circulation.claim_returned(loan=one, by=by, at=at))}
    if did == "lost":
        return {"did": did, "messages": list(circulation.declare_lost(loan=one, by=by, at=at))}
    if did == "price":
        circulation.accept_replacement(loan=one, by=by, at=at)
        return {"did": did}
    if did != "kind":
        raise ValueError
    old = one.item
    new = NewItem(
        barcode=typed(sent, "barcode", 40),
        record=old.record,
        home=old.home,
        agency=old.agency,
        location=old.location,
        call_number=old.call_number,
        material=old.material,
        volume=old.volume,
        parts=old.parts,
    )
    circulation.accept_replacement(loan=one, by=by, at=at, new=new)
    return {"did": did}


def _page(request: HttpRequest, place: Place, one: Loan, trouble: str = "") -> HttpResponse:
    today = timezone.localdate(place.at)
    answer = done(request)
    said = {
        "claimed": gettext("「返したはず」を受けました。棚をさがしてください。督促は止まります。"),
        "lost": gettext("紛失の届けを受けました。同じ本か代わりの本をお願いしてください。お金はいただきません。"),
        "price": gettext("相当額の弁償を受けました。本は除籍し、貸出は終わりました。"),
        "kind": gettext("代わりの本を受けました。整備が終わるまで別に置きます。貸出は終わりました。"),
    }.get(answer.get("did", ""), "")
    facts = _facts(one, today)
    return staff_page(
        request,
        place,
        "loan",
        mode="patrons",
        heading=gettext("貸出の1点"),
        trouble=trouble,
        said=said + told(answer.get("messages", [])),
        one=one,
        facts=facts,
        why=due_in_words(one, is_shifted=bool(circulation.shifted_among([one]))),
        reader=one.patron.key if one.patron else "",
        barcode=typed(request.POST, "barcode", 40),
        may={
            "exempt": may_remind(place),
            "claimed": place.by.may("circulation.claim-returned"),
            "lost": place.by.may("circulation.declare-lost"),
            "replace": place.by.may("circulation.accept-replacement"),
        },
    )


def _facts(one: Loan, today: date) -> dict[str, Any]:
    def told_day(moment: Any) -> str:
        return day(timezone.localdate(moment), today) if moment else ""

    return {
        "title": title_of(one.item),
        "barcode": grouped(one.item.barcode),
        "call_number": one.item.call_number,
        "lent": told_day(one.lent_at),
        "due": day(one.due_on, today),
        "is_late": one.returned_at is None and one.due_on < today,
        "claimed": told_day(one.claimed_at),
        "lost": told_day(one.lost_at),
        "returned": told_day(one.returned_at),
        "received": told_day(one.received_at),
    }
