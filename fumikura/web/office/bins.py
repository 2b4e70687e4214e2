"""仕分けの口: into which bin of a return machine a thing falls, by where it goes next; and how the machine takes it in."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.organisation.models import Device
from fumikura.organisation.queries import facilities, find_device
from fumikura.organisation.services import change_device
from fumikura.web.office.frame import name_of, office
from fumikura.web.office.terminals import RIGHT
from fumikura.web.visitors import for_staff, typed, visitor

STOPS = {
    "shelve": gettext_lazy("この館の棚へ"),
    "hold-shelf": gettext_lazy("予約の棚へ"),
    "set-aside": gettext_lazy("別に置く（係が見る）"),
    "keep": gettext_lazy("受け取れないもの"),
    "send": gettext_lazy("ほかの館へ（下に書いていない館）"),
}
LONGEST = 10
"""A sorter knows its bins by a short name, which it gets as it stands."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def bins(request: HttpRequest, code: str) -> HttpResponse:
    """One field a way; empty: the bin of the kind, or the machine's own. A POST writes all of them."""
    device = find_device(code)
    if device is None:
        return HttpResponseRedirect(reverse("office:terminals"))
    if request.method != "POST":
        return _page(request, device)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    key = by.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        wanted = {stop: typed(request.POST, f"bin-{stop}", LONGEST).strip() for stop, _words in _ways(device)}
        kept = {stop: name for stop, name in wanted.items() if name}
        provisional = request.POST.get("provisional") == "1"
        change_device(device=device, by=by, at=at, bins=kept, returns_provisionally=provisional)
        return {"bins": len(kept)}

    once(key, act, door="office", at=at)
    return HttpResponseRedirect(f"{reverse('office:bins', args=[device.code])}?{urlencode({'after': key})}")


def _ways(device: Device) -> list[tuple[str, str]]:
    others = [place for place in facilities() if place.pk != device.facility_id]
    return [
        *((stop, str(words)) for stop, words in STOPS.items()),
        *((f"send:{place.code}", name_of(place)) for place in others),
    ]


def _page(request: HttpRequest, device: Device) -> HttpResponse:
    done = answer_to(typed(request.GET, "after", 64), door="office")
    rows = [(f"bin-{stop}", words, device.bins.get(stop, "")) for stop, words in _ways(device)]
    page: dict[str, object] = {
        "device": device,
        "place": name_of(device.facility),
        "kinds": rows[: len(STOPS)],
        "others": rows[len(STOPS) :],
        "longest": LONGEST,
        "said": gettext("仕分けの口を{n}つ決めました。次の返却から使います。").format(n=done["bins"]) if done else "",
        "request_key": uuid4().hex,
    }
    return office(request, "bins", page)
