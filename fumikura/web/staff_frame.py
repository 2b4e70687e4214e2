"""The frame of staff pages: which pages of the door this person may open, which of them is open, and where they work."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from fumikura.web.design.names import name_of
from fumikura.web.visitors import visitor


@dataclass(frozen=True)
class Way:
    href: str
    words: Promise
    current: bool


def ways_open_to(request: HttpRequest, pages: Iterable[tuple[str, Promise, str]]) -> list[Way]:
    """Of (name of the address, words, permission). Open is the one whose address the request's begins with, the longest."""
    mine = visitor(request).permissions
    found = [(reverse(name), words) for name, words, permission in pages if not permission or permission in mine]
    current = max((href for href, _words in found if request.path.startswith(href)), key=len, default="")
    return [Way(href, words, href == current) for href, words in found]


def framed(request: HttpRequest, pages: Iterable[tuple[str, Promise, str]] = ()) -> dict[str, object]:
    """What the templates of such a frame ask for."""
    facility = visitor(request).facility
    return {"ways": ways_open_to(request, pages), "place_name": name_of(facility) if facility else ""}
