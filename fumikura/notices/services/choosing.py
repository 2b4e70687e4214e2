"""Readers choose: by which ways they are told of what, in which hours, and whether once a day is enough."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.channels import channels
from fumikura.notices.events import ChoiceMade, HabitSet
from fumikura.notices.models import Choice, Habit
from fumikura.notices.rules import BY_HAND, CHANNELS, KINDS, ways_of
from fumikura.patrons.models import Patron


@transaction.atomic
def choose(
    *,
    patron: Patron,
    kind: str,
    by_ways: Sequence[str],
    with_titles: bool,
    titles_on_screens: bool,
    by: Actor,
    at: datetime,
) -> Choice:
    """By which ways the reader is told of this kind; none: not at all. Refused("channel-unknown")."""
    by.require("notices.choose")
    if kind not in KINDS or any(not _is_there(way, kind) for way in by_ways):
        raise Refused(Reason("channel-unknown"))
    said = {
        "channels": [way for way in CHANNELS if way in by_ways],
        "with_titles": with_titles,
        "titles_on_screens": titles_on_screens,
    }
    choice, _is_new = Choice.objects.update_or_create(patron=patron, kind=kind, defaults=said)
    record(ChoiceMade(kind=kind, channels=tuple(choice.channels)), by=by, at=at, patron_key=patron.key)
    return choice


def _is_there(way: str, kind: str) -> bool:
    return way in ways_of(kind) and (way in BY_HAND or way in channels())


@transaction.atomic
def set_habit(*, patron: Patron, opens: int, closes: int, digest: bool, by: Actor, at: datetime) -> None:
    """From which to which full hour messages may come. Refused("hours-back-to-front")."""
    by.require("notices.choose")
    if not 0 <= opens < closes <= 24:
        raise Refused(Reason("hours-back-to-front"))
    Habit.objects.update_or_create(patron=patron, defaults={"opens": opens, "closes": closes, "digest": digest})
    record(HabitSet(), by=by, at=at, patron_key=patron.key)
