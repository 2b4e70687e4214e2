"""Formats of suppliers, added from outside: a small package announces its reader under the entry point group `fumikura.formats`.

How to write one: docs/howto/add-a-vendor-format.md. The reader makes MARC 21 of each record (marc.building helps); recognising,
preview, quarantine, resuming, differences and undoing then work as for every other format.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import IO

from fumikura.catalogue.marc.arrivals import Arrival

logger = logging.getLogger(__name__)

GROUP = "fumikura.formats"
PREFIX = "vendor:"
"""Opens the format's name in lists of imports: vendor:example-t."""


@dataclass(frozen=True)
class VendorFormat:
    """What a package announces: its entry point names an instance of this."""

    name: str
    """Short and for ever: example-t."""
    label: str
    """What people call it."""
    recognises: Callable[[bytes], bool]
    """Told from the first 64 kB of the file, sure or not at all: a wrong yes takes the file from the right reader."""
    arrivals: Callable[[IO[bytes]], Iterator[Arrival]]
    """Every record of the stream in order, good or bad, without holding the file in memory."""


@cache
def announced() -> dict[str, VendorFormat]:
    """By name, of all packages that are installed. One that cannot be loaded takes no other format away."""
    found: dict[str, VendorFormat] = {}
    for point in entry_points(group=GROUP):
        try:
            one = point.load()
        except Exception:
            logger.exception("catalogue.format-not-loaded", extra={"kind": str(point)})
            continue
        if isinstance(one, VendorFormat):
            found[one.name] = one
    return found


def recognising(head: bytes) -> str:
    """The name of the format that knows this beginning; empty when none does."""
    return next((one.name for one in announced().values() if one.recognises(head)), "")


def label_of(format_: str) -> str:
    """What people call a format that was recorded as vendor:NAME."""
    known = announced().get(format_.removeprefix(PREFIX))
    return known.label if known else format_


def arrivals(format_: str, stream: IO[bytes]) -> Iterator[Arrival]:
    """Read the stream with the reader of this format. KeyError when its package has gone meanwhile."""
    return announced()[format_.removeprefix(PREFIX)].arrivals(stream)
