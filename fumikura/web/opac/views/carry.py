"""図書館へ持っていくリスト: what a reader without an account noted lies in their browser; this draws it and forgets it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_to_list
from fumikura.circulation.queries import ItemState, states_of
from fumikura.holdings.floors import bookcases_of
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of_records
from fumikura.kernel.japanese import spoken_name
from fumikura.web.design.days import in_japanese
from fumikura.web.opac import places
from fumikura.web.opac.availability import Standing, standing_of_copy
from fumikura.web.opac.institutions import Origin, origins_of
from fumikura.web.visitors import visitor

MOST = 100
"""Books on a list; opac/carry.js says the same."""
PLACES = 6
"""Places that are named for one book."""


@dataclass(frozen=True)
class Spot:
    place: str
    shelf: str
    call_number: str
    standing: Standing


@dataclass(frozen=True)
class Carried:
    record: BibliographicRecord
    creator: str
    origin: Origin | None
    spots: list[Spot]
    elsewhere: int
    """In how many more places it stands."""


# Not protected against forged requests: it reads what everybody may read and changes nothing, and a token would mean a
# cookie for everybody who only reads. The numbers come by POST so that no log of addresses keeps them.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: HttpRequest) -> HttpResponse:
    """The page; by POST the books whose numbers are sent, drawn as a part of it."""
    if request.method != "POST":
        values = {"may_move": visitor(request).patron is not None, "request_key": uuid4().hex}
        return render(request, "opac/carry.html", values)
    asked = _asked(request.POST)
    books = _books(request, asked)
    values = {"books": books, "gone": len(asked) - len(books), "checked_at": timezone.now()}
    answer = render(request, "opac/carried.html", values)
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(sent: QueryDict) -> list[int]:
    """The numbers in `records`, which stand between commas; anything else is left out."""
    numbers = sent.get("records", "")[: MOST * 20].split(",")
    whole = [int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) <= 18]
    return list(dict.fromkeys(whole))[:MOST]


def _books(request: HttpRequest, asked: Sequence[int]) -> list[Carried]:
    """As many queries for a hundred as for one."""
    now, names, usual = timezone.now(), places.names(), places.usual_code(request)
    records = records_to_list(asked)
    origins = origins_of(records.values())
    copies = items_of_records(records)
    every = [item for items in copies.values() for item in items]
    states, shelves = states_of(every, now), _shelves(every)
    found = []
    for number in asked:
        if number in records:
            spots = _spots(copies.get(number, ()), states, names, shelves, today=timezone.localdate(now), usual=usual)
            record = records[number]
            creator, more = spoken_name(record.creator), max(len(spots) - PLACES, 0)
            found.append(Carried(record, creator, origins.get(number), spots[:PLACES], more))
    return found


def _shelves(items: Sequence[Item]) -> dict[int, str]:
    """The part of the building, and where its shelves are drawn the bookcase too."""
    cases, own = bookcases_of(items), in_japanese()
    words = {}
    for item in items:
        if item.location is not None:
            part = item.location.name if own else item.location.name_en or item.location.name
            case = cases[item.pk].label if item.pk in cases else ""
            # Many a bookcase bears the name of its part already.
            words[item.pk] = case if case.startswith(part) else f"{part} {case}".rstrip()
    return words


def _spots(
    items: Sequence[Item],
    states: Mapping[int, ItemState],
    names: Mapping[str, str],
    shelves: Mapping[int, str],
    *,
    today: date,
    usual: str,
) -> list[Spot]:
    """Each place once, by its best copy: those that are in first, the reader's usual library before others."""

    def order(item: Item) -> tuple[bool, bool]:
        return not states[item.pk].is_available, item.home.code != usual

    found: dict[str, Spot] = {}
    for item in sorted(items, key=order):
        code = item.home.code
        standing = standing_of_copy(states[item.pk], names, today)
        found.setdefault(code, Spot(names.get(code, code), shelves.get(item.pk, ""), item.call_number, standing))
    return list(found.values())
