"""Readers of IC tags beside the desks: what lies on them is offered to the counter, which counts and asks as ever."""

from dataclasses import asdict, dataclass

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from fumikura.organisation.antennas import desk_readers
from fumikura.web.desk.place import Place, at_counter


@dataclass(frozen=True)
class Pad:
    """One reader at this library."""

    code: str
    name: str
    numbers: list[str]


def pads_at(place: Place) -> list[Pad]:
    found = desk_readers(place.facility, place.at)
    return [Pad(device.code, device.name or device.code, numbers) for device, numbers in found]


@require_GET
@at_counter
def pads(request: HttpRequest, place: Place) -> JsonResponse:
    """What lies on each reader just now; asked about once a second by a desk that has chosen one."""
    return JsonResponse({"pads": [asdict(pad) for pad in pads_at(place)]})
