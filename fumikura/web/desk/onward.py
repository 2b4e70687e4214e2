"""また貸し: who of a group has what the group borrowed, noted book by book, and how often the group lent things on."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import OnwardCount
from fumikura.circulation.queries import open_loan_of
from fumikura.holdings.queries import find_item
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import signed_in_patron
from fumikura.web.design.days import day
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.rows import open_loans
from fumikura.web.desk.words import grouped, title_of
from fumikura.web.visitors import typed

MONTHS = 12


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def onward(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """A group's things with their holders; a POST notes one, takes one back, or writes the group's own count of a month."""
    one = signed_in_patron(key)
    if one is None or not circulation.is_group(one, timezone.localdate(place.at)):
        raise Http404
    place.by.require("circulation.lend-set")
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place, one),
            back=reverse("desk:onward", args=[key]),
            again=lambda trouble: _page(request, place, one, trouble),
        )
    return _page(request, place, one)


def _act(request: HttpRequest, place: Place, one: Patron) -> dict[str, Any]:
    sent, by, at = request.POST, place.by, place.at
    if "told" in sent:
        told = typed(sent, "told", 7)
        month = date.fromisoformat(f"{typed(sent, 'month', 7)}-01")
        count = int(told) if told.isdecimal() else -1
        circulation.tell_onward_count(patron=one, month=month, told=count, by=by, at=at)
        return {"did": "told", "count": count}
    item = find_item(typed(sent, "scanned", 40))
    loan = open_loan_of(item)
    if loan is None or loan.patron_id != one.pk:
        raise Refused(Reason("not-on-loan"))
    if "back" in sent:
        circulation.take_back_onward(item=item, by=by, at=at)
        return {"did": "back", "title": title_of(item)}
    holder = typed(sent, "holder", 40)
    circulation.lend_on(item=item, holder=holder, by=by, at=at)
    # The name stays with the loan and goes with it; the kept answer of this request does not say it.
    return {"did": "lent", "title": title_of(item)}


def _page(request: HttpRequest, place: Place, one: Patron, trouble: str = "") -> HttpResponse:
    today = timezone.localdate(place.at)
    holders = circulation.onward_of(one)
    rows = [
        {
            "title": title_of(loan.item),
            "barcode": loan.item.barcode,
            "shown": grouped(loan.item.barcode),
            "due": day(loan.due_on, today),
            "holder": holders[loan.pk].holder if loan.pk in holders else "",
            "since": day(holders[loan.pk].since, today) if loan.pk in holders else "",
        }
        for loan in open_loans(one.pk)
    ]
    said = {
        "told": gettext("この月の回数を{count}回にしました。"),
        "back": gettext("団体にもどりました：{title}"),
        "lent": gettext("また貸しを記録しました：{title}"),
    }.get(done(request).get("did", ""), "")
    return staff_page(
        request,
        place,
        "onward",
        mode="patrons",
        heading=gettext("{name}のまた貸し").format(name=one.name),
        trouble=trouble,
        said=said.format(**done(request)) if said and not trouble else "",
        one=one,
        rows=sorted(rows, key=lambda row: (not row["holder"], row["title"])),
        lent=len(holders),
        counts=list(OnwardCount.objects.filter(patron=one).order_by("-month")[:MONTHS]),
        month=f"{today:%Y-%m}",
        sent={name: typed(request.POST, name, 40) for name in ("scanned", "holder")} if trouble else {},
    )
