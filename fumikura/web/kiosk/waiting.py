"""What a reader still waits for, as the screen says it: where each hold stands, when it may come, why others come first."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from fumikura.circulation import services as circulation
from fumikura.patrons.models import Patron
from fumikura.web.design.days import in_japanese
from fumikura.web.kiosk.screen import Screen
from fumikura.web.ways import names_of_places
from fumikura.web.whys import mine_in_words

MOST = 12
"""So many fit on a screen before whose reader others stand in line; the whole list is on their own page."""


@dataclass(frozen=True)
class Line:
    title: str
    pickup: str
    stands: str
    """Its place in the queue, or how far its copy has come."""
    whys: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    lines: tuple[Line, ...]
    more: int


def waits_for(patron: Patron, screen: Screen) -> Waiting:
    """Without what lies ready here: that has its own list, with the number of its place."""
    here = screen.device.facility_id
    every = circulation.holds_of(patron, screen.at)
    shown = [one for one in every if one.state != "ready" or one.hold.pickup_id != here]
    today, whys = timezone.localdate(screen.at), circulation.whys_mine(patron, shown[:MOST], screen.at)
    lines, names = [], names_of_places()
    for one in shown[:MOST]:
        told = circulation.standing_in_codes(one, whys[one.hold.pk])
        stands, *rest = mine_in_words(told, today, names) or ("",)
        pickup = one.hold.pickup
        name = pickup.name if in_japanese() else pickup.name_en or pickup.name
        lines.append(Line(_titled(one), name, stands, tuple(rest)))
    return Waiting(tuple(lines), len(shown) - len(lines))


def _titled(standing: circulation.Standing) -> str:
    record = standing.titles[0].record
    title = gettext("『{title}』").format(title=" ".join(part for part in (record.title, record.volume) if part))
    if more := len(standing.titles) - 1:
        title += gettext("ほか{n}冊").format(n=more)
    return title
