"""What lies on the antennas of a facility: readers beside desks, and hold shelves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fumikura.organisation.models import Device, Facility

STILL_LIES = timedelta(seconds=60)
"""A reader that says nothing for so long is switched off: nobody knows what lies on it."""


def desk_readers(facility: Facility, at: datetime) -> list[tuple[Device, list[str]]]:
    """The readers beside the desks of a facility, by code, and what lies on each."""
    rows = Device.objects.filter(facility=facility, kind="desk-reader", stopped_at=None).order_by("code")
    return [(row, row.lying if row.lying_at and at - row.lying_at < STILL_LIES else []) for row in rows]


@dataclass(frozen=True)
class Antennas:
    """One hold shelf that sees what lies on it."""

    device: Device
    numbers: tuple[str, ...]
    is_heard: bool
    """Whether it said anything in the last minute; what it said before is nothing to go by."""


def shelf_antennas(facility: Facility, at: datetime) -> list[Antennas]:
    """The hold shelves with antennas of a facility, by code."""
    rows = Device.objects.filter(facility=facility, kind="hold-shelf", stopped_at=None).order_by("code")
    heard = {row.pk: bool(row.lying_at and at - row.lying_at < STILL_LIES) for row in rows}
    return [Antennas(row, tuple(row.lying) if heard[row.pk] else (), heard[row.pk]) for row in rows]
