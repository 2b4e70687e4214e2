"""Slips from a roll as PDF: 80 mm wide, as long as they need; and the papers of a recycling day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from fumikura.web.paper.sheets import typeset


@dataclass(frozen=True, kw_only=True)
class GivenAway:
    """One thing for the recycling day. No barcode: at a gate or a scanner it must not look like ours."""

    title: str
    creator: str
    call_number: str
    reason: str


def due_slip(lines: Sequence[tuple[str, str]]) -> bytes:
    """(size, line), sizes "large", "middle" or empty."""
    return typeset("slip.typ", [{"size": size, "line": line} for size, line in lines])


def recycling_list(*, heading: str, held: str, library: str, things: Sequence[GivenAway]) -> bytes:
    """A4: the list to hang up at the door."""
    rows = [asdict(thing) for thing in things]
    return typeset(
        "recycling.typ", {"heading": heading, "held": held, "library": library, "rows": rows, "labels": False}
    )


def recycling_labels(*, library: str, held: str, count: int) -> bytes:
    """A4 sheets of labels that say that a book may be taken home."""
    rows = [{"title": "", "creator": "", "call_number": "", "reason": ""}] * count
    return typeset("recycling.typ", {"heading": "", "held": held, "library": library, "rows": rows, "labels": True})
