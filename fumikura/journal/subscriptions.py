"""Who reads the journal. A room's `reactions.py` registers its reader when the program starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fumikura.journal.models import Entry

Handle = Callable[[Sequence[Entry]], None]
"""Digests a batch in reading order. It may be given the same entries again after a crash, so it must be idempotent:
re-read the present (an index) or count under the entry's id (statistics)."""


class NotNow(Exception):
    """Raised by a reader that cannot digest anything at the moment, e.g. because its index does not answer.

    Its bookmark stays where it is and nothing is set aside; it is handed the same entries again in a while.
    """


Tend = Callable[[datetime], None]
"""Called every few seconds by the worker that reads, also when nothing happened: to notice what was lost."""

Rest = Callable[[], None]
"""Called when this process has read all it was to read, or another one reads now: to let go of what only one may hold."""

BATCH = 500


def nothing_to_tend(_at: datetime) -> None:
    """Most readers keep nothing that could be lost."""


def nothing_to_let_go() -> None:
    """Most readers hold nothing."""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    reader: str
    handle: Handle
    tend: Tend = nothing_to_tend
    rest: Rest = nothing_to_let_go
    batch: int = BATCH
    """How many entries at most are handed over at once."""
    is_urgent: bool = False
    """Somebody waits for what it makes of the journal: it is read for in a process of its own, beside all others."""


_subscriptions: dict[str, Subscription] = {}


def register(
    reader: str,
    handle: Handle,
    *,
    tend: Tend = nothing_to_tend,
    rest: Rest = nothing_to_let_go,
    batch: int = BATCH,
    is_urgent: bool = False,
) -> None:
    """Let `reader` keep a bookmark and be handed every entry from the beginning of the journal, in batches."""
    _subscriptions[reader] = Subscription(
        reader=reader, handle=handle, tend=tend, rest=rest, batch=batch, is_urgent=is_urgent
    )


def subscriptions() -> tuple[Subscription, ...]:
    return tuple(_subscriptions[name] for name in sorted(_subscriptions))
