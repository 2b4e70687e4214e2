"""Who reads the journal. A room's `reactions.py` registers its reader when the program starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fumikura.journal.models import Entry

Handle = Callable[[Sequence[Entry]], None]
"""Digests a batch in reading order. It may be given the same entries again after a crash, so it must be idempotent:
re-read the present (an index) or count under the entry's id (statistics)."""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    reader: str
    handle: Handle


_subscriptions: dict[str, Subscription] = {}


def register(reader: str, handle: Handle) -> None:
    """Let `reader` keep a bookmark and be handed every entry from the beginning of the journal, in batches."""
    _subscriptions[reader] = Subscription(reader=reader, handle=handle)


def subscriptions() -> tuple[Subscription, ...]:
    return tuple(_subscriptions[name] for name in sorted(_subscriptions))
