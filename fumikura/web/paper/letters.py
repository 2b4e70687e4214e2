"""Letters as PDF: one A4 page for a household. The address shows in the window of the envelope, the text does not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fumikura.organisation.models import Facility
from fumikura.web.paper.sheets import typeset


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One household: to whom, and what is said. The text is in paragraphs: an empty line stands between two."""

    postcode: str
    address: str
    name: str
    library: str
    written: str
    heading: str
    text: str
    language: str = "ja"
    sender: str = ""
    """The library's own address, with its postcode."""
    phone: str = ""
    """Of the library; empty: it is to be asked in another way."""


def sender_of(place: Facility) -> dict[str, str]:
    """What a Letter says of the library from which it comes."""
    postcode = f"〒{place.postcode}" if place.postcode else ""
    address = " ".join(part for part in (postcode, place.address) if part)
    return {"library": place.name, "sender": address, "phone": place.phone}


def postcards(pages: Sequence[Letter]) -> bytes:
    """はがき, 100 × 148 mm, printed on both sides: the address, then the text. Anybody may read it: no title stands there."""
    return typeset("postcards.typ", _drawn(pages))


def letters(pages: Sequence[Letter]) -> bytes:
    """A4, one page each; folded in three, only the address is on the outside."""
    return typeset("letters.typ", _drawn(pages))


def _drawn(pages: Sequence[Letter]) -> list[dict[str, Any]]:
    return [
        {
            **asdict(page),
            "text": [part.split("\n") for part in page.text.strip().split("\n\n")],
            "digits": [one for one in page.postcode if one.isdigit()],
        }
        for page in pages
    ]
