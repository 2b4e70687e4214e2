"""読みたい本 in one tap on public pages: which of the books shown the signed-in reader has on a list already."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest

from fumikura.discovery.wishes import wished_among
from fumikura.web.opac.places import usual_code
from fumikura.web.visitors import visitor


@dataclass(frozen=True)
class Wishing:
    there: frozenset[int]
    request_key: str
    """Of the page; the door tells the books on it apart."""
    back: str
    """The page to return to."""
    pickup: str
    """Code of the library where a hold in one tap is collected: the one chosen in this browser, else that of the card."""


def wishing(request: HttpRequest, records: Iterable[int], back: str) -> Wishing | None:
    """None for whoever is not signed in: what they note stays in their own browser."""
    patron = visitor(request).patron
    if patron is None:
        return None
    return Wishing(wished_among(patron, records), uuid4().hex, back, usual_code(request) or patron.home.code)
