"""Emergencies: disaster mode, and days closed or given back as part of a verb of a room above."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.organisation.events import DisasterDeclared, DisasterOver
from fumikura.organisation.models import DisasterMode, ExceptionalDay, Facility
from fumikura.organisation.queries import open_disaster


@transaction.atomic
def declare_disaster(*, by: Actor, at: datetime, note: str = "") -> DisasterMode:
    """災害モードに入る. Nothing happens when the network is in it already."""
    by.require("organisation.declare-disaster")
    if running := open_disaster():
        return running
    mode = DisasterMode.objects.create(since=at, note=note)
    record(DisasterDeclared(), by=by, at=at)
    return mode


@transaction.atomic
def end_disaster(*, by: Actor, at: datetime) -> None:
    """災害モードを終える. Nothing happens when the network is in its ordinary mode."""
    by.require("organisation.declare-disaster")
    if DisasterMode.objects.filter(ended_at=None).update(ended_at=at):
        record(DisasterOver(), by=by, at=at)


def close_days(facility: Facility, days: Sequence[date], note: str) -> dict[str, str]:
    """A step of a verb above, which has asked for the right and writes the entry: closed on these days.

    Answers the days (ISO) that had been opened by decision, each with its note, for `give_back_days`.
    """
    rows = ExceptionalDay.objects.filter(facility=facility, on__in=days)
    opened = {row.on.isoformat(): row.note for row in rows if row.is_open}
    rows.delete()
    ExceptionalDay.objects.bulk_create(
        [ExceptionalDay(facility=facility, on=day, is_open=False, note=note) for day in days]
    )
    return opened


def give_back_days(facility: Facility, days: Sequence[date], opened: Mapping[str, str]) -> None:
    """A step of a verb above: the calendar holds again on these days, where they are still closed.

    `opened`: what `close_days` answered; what had been opened by decision is open by decision again.
    """
    closed = ExceptionalDay.objects.filter(facility=facility, on__in=days, is_open=False)
    again = [
        ExceptionalDay(facility=facility, on=day, is_open=True, note=opened[day.isoformat()])
        for day in closed.values_list("on", flat=True)
        if day.isoformat() in opened
    ]
    closed.delete()
    ExceptionalDay.objects.bulk_create(again)
