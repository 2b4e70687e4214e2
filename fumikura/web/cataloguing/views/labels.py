"""Labels for copies: chosen by number, by title or by the day they came, printed on the sheet that is in the drawer."""

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import records_by_id
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of, items_to_label
from fumikura.kernel.barcodes import clean
from fumikura.organisation.queries import facilities
from fumikura.web.cataloguing.frame import language, name_of, page
from fumikura.web.paper.labels import WHATS, Placing, Sheet, Unprintable, What, label_sheets, sheets
from fumikura.web.paper.sheets import ItemLabel
from fumikura.web.visitors import for_staff, typed, visitor

MOST = 400
"""Labels in one PDF."""
FARTHEST = 20.0
"""Millimetres by which a printer may be shifted."""
WHAT_WORDS: dict[str, Promise] = {
    "both": gettext_lazy("バーコードと背ラベル"),
    "barcode": gettext_lazy("バーコードだけ"),
    "spine": gettext_lazy("背ラベルだけ"),
}


@require_safe
@for_staff("holdings.add-item")
def labels(request: HttpRequest) -> HttpResponse:
    """Which copies, which sheet, from which label on; what would be printed is listed first."""
    chosen, unknown = _chosen(request.GET)
    return _page(request, chosen, unknown, {})


@require_safe
@for_staff("holdings.add-item")
def pdf(request: HttpRequest) -> HttpResponse:
    """The sheets themselves."""
    chosen, unknown = _chosen(request.GET)
    if not chosen:
        return HttpResponseRedirect(f"{reverse('cataloguing:labels')}?{urlencode(request.GET, doseq=True)}")
    sheet, what, placing = _sheet(request.GET)
    told = [
        ItemLabel(library=name_of(item.home), number=item.barcode, title=item.record.title, call_number=_spine_of(item))
        for item in chosen
    ]
    try:
        body = label_sheets(told, sheet, what=what, placing=placing)
    except Unprintable as error:
        return _page(request, chosen, unknown, {"unprintable": str(error)}, status=422)
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return answer


def _spine_of(item: Item) -> str:
    """The call number; a volume that it does not name stands below it."""
    lines = item.call_number.split("/")
    if item.volume and len(lines) < 3 and item.volume not in lines:
        lines.append(item.volume)
    return "/".join(filter(None, lines))


def _chosen(asked: QueryDict) -> tuple[list[Item], list[str]]:
    """The copies, in the order they were named, and numbers that no copy has."""
    numbers = [clean(word) for word in asked.get("barcodes", "").split()][:MOST]
    if numbers:
        by_number = {item.barcode: item for item in items_to_label(barcodes=numbers)}
        order = dict.fromkeys(numbers)
        return [by_number[n] for n in order if n in by_number], [n for n in order if n not in by_number]
    record, since = typed(asked, "record", 19), _day(asked.get("since", ""))
    if record.isdecimal() and int(record) in records_by_id([int(record)]):
        return items_of(int(record))[:MOST], []
    if since:
        return items_to_label(home=typed(asked, "home", 20), since=since)[:MOST], []
    return [], []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _sheet(asked: QueryDict) -> tuple[Sheet, What, Placing]:
    known = sheets()
    sheet = known.get(asked.get("sheet", ""), next(iter(known.values())))
    what: What = next((one for one in WHATS if one == asked.get("what")), "both")
    first = asked.get("first", "1")
    start = int(first) if first.isdecimal() and first.isascii() and len(first) < 4 else 1
    return sheet, what, Placing(start, _shift(asked.get("right", "")), _shift(asked.get("down", "")))


def _shift(text: str) -> float:
    try:
        return max(-FARTHEST, min(FARTHEST, float(text)))
    except ValueError:
        return 0.0


def _page(
    request: HttpRequest, chosen: list[Item], unknown: list[str], extra: dict[str, object], *, status: int = 200
) -> HttpResponse:
    sheet, what, placing = _sheet(request.GET)
    needed = len(chosen) * (2 if what == "both" else 1) + placing.first - 1
    here = visitor(request).facility
    values = {
        "chosen": [(item, name_of(item.home), _spine_of(item)) for item in chosen],
        "unknown": unknown,
        "asked": any(request.GET.get(name) for name in ("barcodes", "record", "since")),
        "barcodes": " ".join(item.barcode for item in chosen) if chosen else request.GET.get("barcodes", ""),
        "since": request.GET.get("since", ""),
        "home": request.GET.get("home") or (here.code if here else ""),
        "homes": [("", _("すべての館")), *((one.code, name_of(one)) for one in facilities() if one.holds_stock)],
        "sheets": [(one.key, one.ja if language().startswith("ja") else one.en) for one in sheets().values()],
        "sheet": sheet,
        "what": what,
        "whats": list(WHAT_WORDS.items()),
        "placing": placing,
        "pages": -(-needed // sheet.labels) if chosen else 0,
    }
    return page(request, "labels", {**values, **extra}, status=status)
