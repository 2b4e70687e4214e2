"""なぜ: of one copy why it is kept for that reader, why this copy, this way, this day; of a title who waits for it, in turn."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import get_record
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import Overridden, journey_of, open_loan_of, overridden
from fumikura.circulation.services import InQueue
from fumikura.holdings.models import Item
from fumikura.holdings.queries import get_item
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.copies import copies_found
from fumikura.web.desk.doing import staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import grouped, name_of, title_of
from fumikura.web.hold_whys import taken_by
from fumikura.web.overriding import why_of
from fumikura.web.ways import way_in_words
from fumikura.web.whys import bound_in_words, due_in_words, estimate_in_words, moment, why_sentence


@require_safe
@at_counter
def copy_why(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """One copy. With ?slip= only the short lines, to be printed and laid into the book."""
    try:
        item = get_item(pk)
    except Refused:
        raise Http404 from None
    today = timezone.localdate(place.at)
    why, loan = circulation.why_bound(item, place.at), open_loan_of(item)
    context: dict[str, Any] = {
        "item": item,
        "copy": copies_found(item, "", at=place.at)[0],
        "told": bound_in_words(why, today) if why else None,
        "pickup": name_of(why.hold.pickup) if why else "",
        "hold": why.hold if why else None,
        "taken_by": taken_by(why.hold, today) if why else None,
        "is_there": why.is_there if why else False,
        "due": (day(loan.due_on, today), _due(loan)) if loan else None,
        "home": "" if why else _way_home(item),
        "overridden": [overridden_line(one, today) for one in overridden(item=item.pk, hold=why.hold.pk if why else 0)],
        "printed": moment(place.at, today),
    }
    template = "why_slip" if "slip" in request.GET else "why"
    return staff_page(request, place, template, mode="items", heading=gettext("なぜ、こうなっているか"), **context)


def _due(loan: Loan) -> tuple[str, ...]:
    return due_in_words(loan, is_shifted=bool(circulation.shifted_among([loan])))


def _way_home(item: Item) -> str:
    """Nobody waits for it: it is on its way to where it belongs. Empty when it does not travel."""
    transit = journey_of(item)
    if transit is None:
        return ""
    seen = transit.seen_facility or transit.origin
    legs = circulation.way_between(seen, transit.destination, transit.seen_at or transit.sent_at)
    return gettext("{place}へ。").format(place=name_of(transit.destination)) + way_in_words(legs)


def overridden_line(one: Overridden, today: date) -> dict[str, str]:
    sentence = words(Reason(one.code), "ja" if in_japanese() else "en")[0]
    when = day(timezone.localdate(one.at), today)
    return {"sentence": sentence, "why": why_of(one.why), "words": one.words, "when": when}


@require_safe
@at_counter
def queue(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Who waits for a title, in turn, and what stands in the way. Nobody is named."""
    try:
        record = get_record(pk)
    except BibliographicRecord.DoesNotExist:
        raise Http404 from None
    today = timezone.localdate(place.at)
    rows, more = circulation.queue_for_title(record.pk, place.at)
    expected = circulation.estimate_for_title(record.pk, place.at)
    return staff_page(
        request,
        place,
        "queue",
        mode="items",
        heading=gettext("予約の順番"),
        record=record,
        rows=[_row(one, today) for one in rows],
        more=more,
        rule=why_sentence(Reason("queue-rule")),
        expects=estimate_in_words(expected, today),
    )


def _row(one: InQueue, today: date) -> dict[str, Any]:
    states = {
        "ready": (gettext("取置の棚に"), "ok"),
        "travelling": (gettext("運んでいます"), "wait"),
        "allotted": (gettext("棚から取るところ"), "wait"),
        "collecting": (gettext("そろうのを待つ"), "wait"),
    }
    words_, kind = states.get(one.state, (gettext("待っています"), ""))
    return {
        "number": one.number,
        "hold": one.hold.pk,
        "accepted": moment(one.hold.accepted_at, today),
        "entered": moment(one.hold.entered_at, today) if one.hold.entered_at > one.hold.accepted_at else "",
        "pickup": name_of(one.hold.pickup),
        "state": words_,
        "kind": kind,
        "still": why_sentence(one.stands_still, today) if one.stands_still else "",
        "item": one.item.pk if one.item else 0,
        "barcode": grouped(one.item.barcode) if one.item else "",
        "title": title_of(one.item) if one.item else "",
    }
