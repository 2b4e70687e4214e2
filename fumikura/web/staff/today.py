"""What I did today: one's own entries of the journal in words, never with a reader's name."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.organisation.queries import places_by_code
from fumikura.web.acts import act_in_words
from fumikura.web.design.names import name_of
from fumikura.web.staff.frame import page
from fumikura.web.visitors import for_staff, visitor

LISTED = 200
PAST_DAYS = 7


@dataclass(frozen=True)
class Done:
    at: datetime
    what: str
    about: str
    href: str
    facility: str


@require_safe
@for_staff()
def today(request: HttpRequest) -> HttpResponse:
    """The latest first; a week back by ?day=1 … 7."""
    given = request.GET.get("day", "0")
    back = int(given) if given in {str(day) for day in range(PAST_DAYS + 1)} else 0
    on = timezone.localdate() - timedelta(days=back)
    begins = datetime.combine(on, time.min, tzinfo=timezone.get_current_timezone())
    mine = Entry.objects.filter(
        actor=visitor(request).staff_actor(via="desk").ref,
        happened_at__gte=begins,
        happened_at__lt=begins + timedelta(days=1),
    )
    entries = list(mine.order_by("-happened_at", "-pk")[: LISTED + 1])
    rows = _rows(entries[:LISTED])
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.what] = counts.get(row.what, 0) + 1
    values: dict[str, object] = {
        "rows": rows,
        "counts": sorted(counts.items(), key=lambda pair: -pair[1])[:8],
        "more": len(entries) > LISTED,
        "on": on,
        "back": back,
        "days": [(number, on + timedelta(days=back - number)) for number in range(PAST_DAYS + 1)],
    }
    return page(request, "today", values)


def _rows(entries: list[Entry]) -> list[Done]:
    numbers = {entry.pk: _item_of(entry) for entry in entries}
    places = {code: name_of(place) for code, place in places_by_code().items()} if entries else {}
    items = Item.objects.select_related("record").in_bulk([number for number in numbers.values() if number])
    return [_done(entry, items.get(numbers[entry.pk]), places.get(entry.facility, entry.facility)) for entry in entries]


def _item_of(entry: Entry) -> int:
    """The copy an entry is about, by its subject or its particulars; 0 when it is about none."""
    kind, _colon, number = entry.subject.partition(":")
    told = entry.particulars.get("item", 0)
    if kind == "holdings.item" and number.isdecimal():
        return int(number)
    return told if isinstance(told, int) else 0


def _done(entry: Entry, item: Item | None, facility: str) -> Done:
    title = f"{item.record.title} {item.volume}".strip() if item else ""
    return Done(
        at=entry.happened_at,
        what=act_in_words(entry.event),
        about=_("{title}（{barcode}）").format(title=title, barcode=item.barcode) if item else "",
        href=reverse("desk:copy", args=[item.pk]) if item else "",
        facility=facility,
    )
