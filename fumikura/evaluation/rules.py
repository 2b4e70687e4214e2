"""What counts as what."""

from collections.abc import Mapping
from typing import Any

MEASURES: Mapping[str, str] = {
    "circulation.loan-made": "loans",
    "circulation.loan-renewed": "renewals",
    "circulation.loan-returned": "returns",
    "circulation.transit-started": "transits",
    "patrons.patron-registered": "registrations",
    "patrons.patrons-registered": "registrations",
    "holdings.item-added": "items-added",
    "holdings.items-added": "items-added",
    "holdings.item-withdrawn": "items-withdrawn",
}
"""Event → measure. An event that is not here is not counted."""

TAKEN_BACK: Mapping[str, str] = {
    "circulation.loan-undone": "circulation.loan-made",
    "circulation.renewal-undone": "circulation.loan-renewed",
    "circulation.return-undone": "circulation.loan-returned",
}
"""Event that takes another one back → the event it takes back, on the same subject."""


def amount_of(particulars: Mapping[str, Any]) -> int:
    """How many things an entry reports: a bulk verb writes one entry with a `count`."""
    count = particulars.get("count", 1)
    return count if isinstance(count, int) and count >= 0 else 1


def ndc_class(ndc: object) -> str:
    """The first three figures of a class number, for the hundred-division tables; empty when there is none."""
    text = str(ndc or "").strip()
    return text[:3] if text[:1].isdigit() else ""
