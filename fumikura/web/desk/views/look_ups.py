"""Looking things up from the counter: a patron by name, an item by number or title, journeys, what is overdue."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from fumikura.kernel.refusals import Reason
from fumikura.patrons.queries import find_patrons
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.copies import Copy, copies_found
from fumikura.web.desk.memory import recall
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.panel import ruby
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.readings import read
from fumikura.web.desk.rows import overdue_of
from fumikura.web.desk.words import OUTCOMES, category_of, grouped, joined, name_of, spell, title_of


@require_GET
@at_counter
def patrons(request: HttpRequest, place: Place) -> HttpResponse:
    """F6: by name, reading, card or telephone number. Whoever is opened from here is opened in writing."""
    asked = request.GET.get("q", "").strip()
    may = place.by.may("patrons.view")
    found = find_patrons(asked) if asked and may else ()
    context = {
        "heading": gettext("利用者をさがす"),
        "asked": asked,
        "trouble": "" if may else joined(*say(Reason.of("not-permitted:patrons.view"))),
        "found": [
            {
                "key": one.key,
                "name": ruby(one.name, one.reading),
                "category": category_of(one),
                "home": name_of(one.home),
            }
            for one in found
        ],
        "visit": recall(request, user=place.user.pk, facility=place.facility.code, at=place.at).visit,
        "request_key": uuid4().hex,
    }
    return _page(request, place, "patrons", context)


@require_GET
@at_counter
def items(request: HttpRequest, place: Place) -> HttpResponse:
    """F7: by barcode or by words. Where each copy is; never who has it."""
    asked = request.GET.get("q", "").strip()
    found: list[Copy] = []
    trouble = ""
    if asked:
        reading = read(asked)
        if reading.patron:
            trouble = gettext("これは利用カードです。本のバーコードを読むか、書名を入れてください。")
        else:
            found = copies_found(reading.item, asked, at=place.at)
        if not found and not trouble and reading.trouble == "shop-barcode":
            trouble = joined(*spell(OUTCOMES["shop-barcode"]))
    context = {"heading": gettext("資料をさがす"), "asked": asked, "trouble": trouble, "found": found}
    return _page(request, place, "items", context)


@require_GET
@at_counter
def overdue(request: HttpRequest, place: Place) -> HttpResponse:
    """What was lent here and is overdue: titles and days. Who has it is seen from the patron's card only."""
    today = timezone.localdate(place.at)
    rows = [
        {
            "title": title_of(loan.item),
            "barcode": grouped(loan.item.barcode),
            "due": day(loan.due_on, today),
            "days": (today - loan.due_on).days,
        }
        for loan in overdue_of(place.facility, today)
    ]
    return _page(request, place, "overdue", {"heading": gettext("期限をすぎた本"), "rows": rows})


@require_GET
@at_counter
def help_page(request: HttpRequest, place: Place) -> HttpResponse:
    """F1: the keys and how to scan, on one page."""
    return _page(request, place, "help", {"heading": gettext("使い方")})


def _page(request: HttpRequest, place: Place, name: str, context: dict[str, Any]) -> HttpResponse:
    frame = {"modes": work_modes(name), "place_name": place.name}
    return render(request, f"desk/{name}.html", {**frame, **context})
