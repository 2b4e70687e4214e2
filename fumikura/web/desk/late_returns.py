"""仮返却と日付をさかのぼる返却: what machines have received is finalised; what a box held counts for its own day."""

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import loans_with_items
from fumikura.circulation.services import check_in
from fumikura.holdings.queries import find_item, kept_aside_at
from fumikura.kernel.refusals import Reason, Refused
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.shelves import kept, whither
from fumikura.web.desk.words import grouped, joined, title_of
from fumikura.web.visitors import typed

LISTED = 300


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def late_returns(request: HttpRequest, place: Place) -> HttpResponse:
    """The list of what was received provisionally here, and a field for what came on another day."""
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place),
            back=f"{reverse('desk:late-returns')}",
            again=lambda trouble: _page(request, place, trouble),
        )
    return _page(request, place)


def _act(request: HttpRequest, place: Place) -> dict[str, Any]:
    by, at, sent = place.by, place.at, request.POST
    if "all" in sent:
        rows = [row for row in _received(place) if str(row.pk) in sent.getlist("loan")]
        if not rows:
            raise Refused(Reason("not-on-loan"))
        return _finish(rows, place)
    item = find_item(typed(sent, "scanned", 40))
    returned_at = _moment(typed(sent, "day", 10), place) if typed(sent, "day", 10) else None
    answer = kept(check_in(item=item, by=by, at=at, returned_at=returned_at), item)
    return {**answer, "day": typed(sent, "day", 10)}


def _finish(rows: list[Loan], place: Place) -> dict[str, Any]:
    """Each for itself: what cannot be finished stays on the list, and the rest is not held up by it."""
    books, refused = [], []
    for row in rows:
        try:
            with transaction.atomic():
                books.append(kept(check_in(item=row.item, by=place.by, at=place.at), row.item))
        except Refused as stopped:
            words = " ".join(joined(*say(reason)) for reason in stopped.reasons)
            refused.append([title_of(row.item), words])
    if not books:
        raise Refused(Reason.of("finish-each-alone", why=refused[0][1]))
    return {"finalised": len(books), "books": books, "refused": refused}


def _moment(written: str, place: Place) -> datetime:
    """The end of that day at this site; of today, now."""
    on = datetime.strptime(written, "%Y-%m-%d").date()  # noqa: DTZ007 — a day, made aware below
    closing = timezone.make_aware(datetime.combine(on, place.facility.closes or time(23)))
    return min(closing, place.at) if on == timezone.localdate(place.at) else closing


def _received(place: Place) -> list[Loan]:
    rows = loans_with_items().open().filter(received_facility=place.facility, received_at__isnull=False)
    return list(rows.order_by("received_at", "pk")[:LISTED])


def _read_in_the_house(place: Place) -> list[Loan]:
    """館内利用 that nobody ended on its day: the thing lies on a table or stands on its shelf. No reader is reminded."""
    rows = loans_with_items().open().filter(kind="in-house", lent_facility=place.facility, received_at=None)
    return list(rows.filter(due_on__lt=timezone.localdate(place.at)).order_by("due_on", "pk")[:LISTED])


def _page(request: HttpRequest, place: Place, trouble: str = "") -> HttpResponse:
    today = timezone.localdate(place.at)
    answer = done(request)
    said = ""
    if "finalised" in answer:
        said = gettext("{count}点の返却を仕上げました。").format(count=answer["finalised"])
    elif "stop" in answer:
        said = whither(answer)
    return staff_page(
        request,
        place,
        "late_returns",
        mode="take-back",
        heading=gettext("仮返却の仕上げ・日付をさかのぼる返却"),
        trouble=trouble,
        said=said,
        books=[whither(book) for book in answer.get("books", ())],
        refused=answer.get("refused", ()),
        aside=[
            {"pk": one.item_id, "title": title_of(one.item), "barcode": grouped(one.item.barcode), "since": one.since}
            for one in kept_aside_at(place.facility, limit=LISTED)
        ],
        in_house=[
            {
                "pk": row.item_id,
                "title": title_of(row.item),
                "barcode": grouped(row.item.barcode),
                "on": day(row.due_on, today),
            }
            for row in _read_in_the_house(place)
        ],
        rows=[
            {
                "pk": row.pk,
                "title": title_of(row.item),
                "barcode": grouped(row.item.barcode),
                "received": timezone.localtime(row.received_at),
                "due": day(row.due_on, today),
                "parts": row.item.parts if row.item.parts > 1 else 0,
            }
            for row in _received(place)
        ],
        day=typed(request.POST, "day", 10) or answer.get("day", ""),
        today=today.isoformat(),
    )
