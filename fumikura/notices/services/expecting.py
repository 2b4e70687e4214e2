"""Expecting that readers are to be told: who, by which ways, and from when on. Asked of many readers at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fumikura.notices.channels import address_on
from fumikura.notices.models import Choice, FailedAddress, Habit, Notice
from fumikura.notices.queries import HOUSE_CHOICE, digest_of_address
from fumikura.notices.rules import BY_HAND, DIGESTED, chosen_with, may_leave_at, next_opening, ways_of
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import guardian_of

PIECE = 500
"""Readers whose wishes are asked for at once, each piece in a transaction of its own: no desk waits for thousands."""
CALLED_WHEN_UNREACHED = frozenset({"hold-ready"})


@dataclass(frozen=True, kw_only=True)
class _Wishes:
    """What some readers chose, and which of their addresses do not work."""

    ways: Mapping[int, Sequence[str]]
    """By reader; who has not chosen is not in it."""
    habits: Mapping[int, Habit]
    failed: Mapping[tuple[int, str], FailedAddress]


def expect(*, kind: str, patrons: Iterable[Patron], at: datetime, news_at: datetime | None = None) -> int:
    """Each is to be told of this kind today, once a way however often it is said. Answers how many notices are new.

    `news_at`: since then there is something new, and whoever was told before it is told again.
    Readers who chose not to be told, and those whom no way reaches, are left out; but that something lies ready a
    reader is told by telephone, when no chosen way arrives.
    """
    local = timezone.localtime(at)
    wanted = [patron.pk for patron in patrons]
    before = _expected(kind, local.date())
    for first in range(0, len(wanted), PIECE):
        with transaction.atomic():
            rows = _notices(kind, wanted[first : first + PIECE], local)
            _make_room(rows)
            Notice.objects.bulk_create(_beside_what_was_said(rows, news_at) if news_at else rows, ignore_conflicts=True)
    return _expected(kind, local.date()) - before


def _expected(kind: str, day: date) -> int:
    return Notice.objects.filter(kind=kind, on__gte=day).count()


def _notices(kind: str, wanted: Sequence[int], local: datetime) -> list[Notice]:
    readers = Patron.objects.filter(pk__in=wanted).select_related("guardian").prefetch_related("contact_points")
    wishes = _Wishes(
        ways=dict(Choice.objects.filter(patron__in=wanted, kind=chosen_with(kind)).values_list("patron", "channels")),
        habits={one.patron_id: one for one in Habit.objects.filter(patron__in=wanted)},
        failed={(one.patron_id, one.channel): one for one in FailedAddress.objects.filter(patron__in=wanted)},
    )
    return [
        Notice(patron=patron, kind=kind, on=local.date(), channel=channel, next_try_at=leaves)
        for patron in readers.order_by("pk")
        for channel, leaves in _ways(patron, kind, local, wishes)
    ]


def _make_room(rows: list[Notice]) -> None:
    """What was overtaken has said nothing: when it is so after all, it is told on the same day."""
    if rows:
        said_nothing = Notice.objects.filter(kind=rows[0].kind, on=rows[0].on, state=Notice.State.OVERTAKEN)
        said_nothing.filter(patron__in={row.patron_id for row in rows}).delete()


def _beside_what_was_said(rows: list[Notice], news_at: datetime) -> list[Notice]:
    """Each on the first day, from its own on, of which nothing was settled before the news."""
    if not rows:
        return rows
    settled = Notice.objects.filter(kind=rows[0].kind, on__gte=rows[0].on, settled_at__lt=news_at)
    said = set(settled.filter(patron__in={row.patron_id for row in rows}).values_list("patron", "channel", "on"))
    for row in rows:
        while (row.patron_id, row.channel, row.on) in said:
            row.on += timedelta(days=1)
    return rows


def _ways(patron: Patron, kind: str, local: datetime, wishes: _Wishes) -> list[tuple[str, datetime]]:
    """By which ways, and from when on."""
    wanted, on = wishes.ways.get(patron.pk, HOUSE_CHOICE), local.date()
    if not wanted:
        return []
    reached = [channel for channel in wanted if _reaches(patron, kind, channel, wishes, on)]
    if not reached and kind in CALLED_WHEN_UNREACHED and _reaches(patron, kind, "telephone", wishes, on):
        reached = ["telephone"]
    if not reached:
        return []
    habit = wishes.habits.get(patron.pk) or Habit(patron=patron)
    opens, closes = max(habit.opens, settings.NOTICES_FROM), min(habit.closes, settings.NOTICES_UNTIL)
    if opens >= closes:  # the reader's hours and the library's do not meet: the library's hold
        opens, closes = settings.NOTICES_FROM, settings.NOTICES_UNTIL
    leaves = may_leave_at(local, time(opens), time(closes) if closes < 24 else time.max)
    if habit.digest and kind in DIGESTED:
        leaves = next_opening(local, time(opens))
    return [(channel, local if channel in BY_HAND else leaves) for channel in reached]


def _reaches(patron: Patron, kind: str, channel: str, wishes: _Wishes, on: date) -> bool:
    if channel in BY_HAND:
        return channel in ways_of(kind) and bool(address_by_hand(patron, channel, on))
    address = address_on(patron, channel, on)
    return bool(address) and not _has_failed(wishes.failed.get((patron.pk, channel)), address)


def _has_failed(failed: FailedAddress | None, address: str) -> bool:
    if failed is None:
        return False
    if failed.digest == digest_of_address(address):
        return True
    failed.delete()  # the reader has another address now
    return False


def address_by_hand(patron: Patron, channel: str, on: date) -> str:
    """Number or address, the reader's, else the guardian's of who is not of age; empty when the library knows none."""
    guardian = None if patron.phone or patron.address else guardian_of(patron, on)
    holder = guardian or patron
    return holder.phone if channel == "telephone" else holder.address
