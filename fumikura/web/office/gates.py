"""来館者: how many people the gates counted, gate by gate, today, yesterday and in seven days."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.utils import timezone

from fumikura.journal.queries import told_since
from fumikura.organisation.events import VisitorsCounted
from fumikura.organisation.models import Device
from fumikura.web.office.frame import name_of

DAYS: Final = 7


@dataclass(frozen=True)
class Gate:
    code: str
    place: str
    came: int
    left: int
    """Today."""
    yesterday: int
    week: int
    """Who came, today and on the six days before."""


def gates(machines: Sequence[Device], at: datetime) -> list[Gate]:
    """What every gate among these machines has told, also one that told nothing."""
    found = [one for one in machines if one.kind == "gate"]
    if not found:
        return []
    today = timezone.localtime(at).date()
    first = timezone.make_aware(datetime.combine(today - timedelta(days=DAYS - 1), time.min))
    came: Counter[tuple[int, int]] = Counter()
    left: Counter[int] = Counter()
    for happened_at, told in told_since(VisitorsCounted.name, since=first):
        ago = (today - timezone.localtime(happened_at).date()).days
        came[told["device"], ago] += told["came"]
        left[told["device"]] += 0 if ago else told["left"]
    return [
        Gate(
            one.code,
            name_of(one.facility),
            came[one.pk, 0],
            left[one.pk],
            came[one.pk, 1],
            sum(came[one.pk, ago] for ago in range(DAYS)),
        )
        for one in found
    ]
