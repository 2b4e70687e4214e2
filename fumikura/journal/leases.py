"""Leases: one worker at a time does a thing, and a worker that died holds nothing for long."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from fumikura.journal.models import Lease

TERM = timedelta(seconds=15)

READERS: Final = "readers"
"""Of the worker that reads for all but the urgent readers, and does the night shift."""

URGENT_READERS: Final = "readers.urgent"
"""Of the process that reads for those for whom somebody waits: the only one that writes the index."""


@transaction.atomic
def take(name: str, holder: str, *, at: datetime, term: timedelta = TERM) -> bool:
    """Take or renew the lease `name` until `at + term`; False while somebody else's is running."""
    lease = Lease.objects.select_for_update().filter(pk=name).first()
    if lease is None:
        _, made = Lease.objects.get_or_create(name=name, defaults={"holder": holder, "until": at + term})
        return made
    if lease.holder != holder and lease.until > at:
        return False
    lease.holder, lease.until = holder, at + term
    lease.save(update_fields=["holder", "until"])
    return True


def give_back(name: str, holder: str, *, at: datetime) -> None:
    """End the lease early, if it is still `holder`'s."""
    Lease.objects.filter(pk=name, holder=holder).update(until=at)


def mark_done(name: str, holder: str, *, at: datetime) -> None:
    """Remember that the job of this name was done, and end the lease."""
    Lease.objects.filter(pk=name, holder=holder).update(until=at, last_done_at=at)


def last_done(name: str) -> datetime | None:
    lease = Lease.objects.filter(pk=name).first()
    return lease.last_done_at if lease else None
