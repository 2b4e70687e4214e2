"""The frame of the cataloguer's pages: which of them this person may open, and where they work."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.web.design.days import in_japanese
from fumikura.web.staff_ways import CATALOGUING
from fumikura.web.visitors import visitor


@dataclass(frozen=True)
class Way:
    href: str
    words: Promise
    current: bool


def page(request: HttpRequest, template: str, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    here = visitor(request)
    home = reverse("cataloguing:home")
    open_to = [(reverse(name), words) for name, words, permission in CATALOGUING if permission in here.permissions]
    deeper = [href for href, _words in open_to if href != home and request.path.startswith(href)]
    current = deeper[0] if deeper else home
    ways = [Way(href, words, href == current) for href, words in open_to]
    frame = {"ways": ways, "place_name": name_of(here.facility) if here.facility else ""}
    return render(request, f"cataloguing/{template}.html", {**frame, **values}, status=status)


def name_of(facility: Facility) -> str:
    return facility.name if in_japanese() or not facility.name_en else facility.name_en


def language() -> str:
    return get_language() or "ja"


def told(refused: Refused) -> list[tuple[str, str]]:
    """A refusal in words: sentences and ways out."""
    return [words(reason, language()) for reason in refused.reasons]
