"""取置の棚の片づけ: what nobody will collect here is fetched, scanned one by one, and goes where it is wanted next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.services import ToClear
from fumikura.holdings.queries import find_item
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.shelves import kept, slot_of, whither
from fumikura.web.desk.words import WHY_TO_CLEAR, grouped, title_of
from fumikura.web.visitors import typed


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def clearing(request: HttpRequest, place: Place) -> HttpResponse:
    """The list in the order of the slots, each with its why. A POST is a scan: the next place is said, the line is gone."""
    if request.method == "POST":
        return do(
            place,
            lambda: _scan(request, place),
            back=reverse("desk:clearing"),
            again=lambda trouble: _page(request, place, trouble),
        )
    return _page(request, place)


def _scan(request: HttpRequest, place: Place) -> dict[str, Any]:
    item = find_item(typed(request.POST, "scanned", 40))
    return kept(circulation.check_in(item=item, by=place.by, at=place.at), item)


def _page(request: HttpRequest, place: Place, trouble: str = "") -> HttpResponse:
    answer = done(request)
    return staff_page(
        request,
        place,
        "clearing",
        mode="hold-shelf",
        heading=gettext("取置の棚の片づけ"),
        trouble=trouble,
        said=whither(answer) if "stop" in answer else "",
        rows=[_row(one) for one in circulation.to_clear(place.facility, timezone.localdate(place.at))],
    )


def _row(one: ToClear) -> dict[str, Any]:
    return {
        "slot": slot_of(one.place),
        "title": title_of(one.place.item),
        "barcode": grouped(one.place.item.barcode),
        "why": WHY_TO_CLEAR.get(one.why, one.why),
    }
