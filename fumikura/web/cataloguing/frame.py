"""The frame of the cataloguer's pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.design.names import name_of
from fumikura.web.staff_frame import framed
from fumikura.web.staff_ways import CATALOGUING

__all__ = ["language", "name_of", "page", "told"]


def page(request: HttpRequest, template: str, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    return render(request, f"cataloguing/{template}.html", {**framed(request, CATALOGUING), **values}, status=status)


def language() -> str:
    return get_language() or "ja"


def told(refused: Refused) -> list[tuple[str, str]]:
    """A refusal in words: sentences and ways out."""
    return [words(reason, language()) for reason in refused.reasons]
