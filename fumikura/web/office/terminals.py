"""端末: the machines of the network, whom the gates counted, and what those that speak SIP2 say at this moment."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fumikura.kernel.overhearing import looking_on
from fumikura.organisation.antennas import STILL_LIES
from fumikura.organisation.device_kinds import DEVICE_KINDS
from fumikura.organisation.models import Device
from fumikura.organisation.queries import devices
from fumikura.web.design.days import in_japanese
from fumikura.web.office.frame import name_of, office
from fumikura.web.office.gates import gates
from fumikura.web.visitors import for_staff, typed

RIGHT = "organisation.configure"
SECONDS = 0.3
"""How long nothing has to come before what is kept counts as told."""
SHOWN = 60
MOST = 400
"""A busy line never falls silent: no more than this is read for one look."""


@dataclass(frozen=True)
class Said:
    """One request and its answer. Names, passwords and card numbers are masked before they leave the server."""

    time: str
    device: str
    milliseconds: int
    asked: str
    asked_fields: list[str]
    said: str
    said_fields: list[str]
    closes: bool


@dataclass(frozen=True)
class Machine:
    code: str
    name: str
    kind: str
    place: str
    bins: list[str]
    sorts: bool
    """Whether it takes things back, so that they fall into bins."""
    speaks: bool
    """Whether anything was heard of it since the server began."""


@never_cache
@require_safe
@for_staff(RIGHT)
def terminals(request: HttpRequest) -> HttpResponse:
    """Every machine with its bins; below, what was said last, of all or of one."""
    only = typed(request.GET, "device", 30)
    said, serves = _heard()
    heard = {one.device for one in said}
    shown = [one for one in said if only in ("", one.device)][-SHOWN:]
    machines, now = devices(), timezone.now()
    page: dict[str, object] = {
        "machines": [_machine(one, one.code in heard or _lies(one, now)) for one in machines],
        "gates": gates(machines, now),
        "said": shown[::-1],
        "serves": serves,
        "only": only,
    }
    return office(request, "terminals", page)


def _machine(device: Device, speaks: bool) -> Machine:
    kind = DEVICE_KINDS[device.kind]
    stops = {
        "shelve": _("棚へ"),
        "send": _("ほかの館へ"),
        "hold-shelf": _("予約棚へ"),
        "set-aside": _("別置"),
        "keep": _("そのまま"),
    }
    bins = [f"{stops.get(stop, stop.removeprefix('send:'))} → {name}" for stop, name in sorted(device.bins.items())]
    words = kind.ja if in_japanese() else kind.en
    return Machine(
        device.code,
        device.name,
        words,
        name_of(device.facility),
        bins,
        "circulation.check-in" in kind.permissions,
        speaks,
    )


def _lies(device: Device, at: datetime) -> bool:
    """A reader or a shelf that has just told what lies on it, by the other door."""
    return device.lying_at is not None and at - device.lying_at < STILL_LIES


def _heard() -> tuple[list[Said], bool]:
    """The last exchanges of every serving process, oldest first; and whether one serves at all."""
    found: list[Said] = []
    serves = False
    for path in sorted(settings.HOME.glob("sip2-*.sock")):
        try:
            with looking_on(path, seconds=SECONDS) as exchanges:
                serves = True
                found += [
                    Said(
                        time=f"{timezone.localtime(datetime.fromisoformat(one['at'])):%H:%M:%S}",
                        device=one["device"] or one["address"],
                        milliseconds=one["milliseconds"],
                        asked=one["asked_words"][0],
                        asked_fields=one["asked_words"][1:],
                        said=one["said_words"][0],
                        said_fields=one["said_words"][1:],
                        closes=one["closes"],
                    )
                    for one in islice(exchanges, MOST)
                ]
        except OSError:
            continue
    return sorted(found, key=lambda one: one.time), serves
