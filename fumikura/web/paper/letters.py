"""Overdue letters as PDF: one A4 page for a household. The address shows in the window of the envelope, the titles do not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from fumikura.web.paper.sheets import typeset


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One household: to whom, and what is still out."""

    postcode: str
    address: str
    name: str
    library: str
    written: str
    things: tuple[str, ...]


def letters(pages: Sequence[Letter]) -> bytes:
    """A4, one page each; folded in three, only the address is on the outside."""
    return typeset("letters.typ", [{**asdict(page), "things": list(page.things)} for page in pages])
