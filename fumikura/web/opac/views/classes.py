"""The tree of classes (NDC) to walk: from the ten classes down, with how many titles each holds."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from fumikura.catalogue import ndc
from fumikura.discovery.queries import search
from fumikura.discovery.query import Everything
from fumikura.web.opac.addresses import Search

_FACET_BY_DIGITS = {1: "ndc", 2: "ndc-2", 3: "ndc-3"}
_COUNTED_AT_ONCE = 3
"""Finer classes than of so many digits are counted one by one."""


@dataclass(frozen=True)
class ShownClass:
    number: str
    """As printed: 910."""
    name: str
    count: int
    href: str


def _below(number: str) -> dict[str, int]:
    """The classes one step below and how many titles each holds: those with a name, and those that have titles."""
    possible = ndc.possible_children(number)
    digits = len(number) + 1
    counts = _facet(_FACET_BY_DIGITS[digits]) if digits in _FACET_BY_DIGITS else {}
    for child in possible:
        if len(child) > _COUNTED_AT_ONCE and (digits != _COUNTED_AT_ONCE or counts.get(child[:3])):
            counts[child] = search(Everything(), rows=1, filters={"ndc": [child]}, facets=()).total
    named = ndc.children_of(number)
    return {child: counts.get(child, 0) for child in sorted({*named, *(one for one in possible if counts.get(one))})}


def _facet(name: str) -> dict[str, int]:
    return {
        value.value: value.count for one in search(Everything(), rows=1, facets=(name,)).facets for value in one.values
    }


@require_safe
def classes(request: HttpRequest, number: str = "") -> HttpResponse:
    """The classes below one, or the ten. 910 and 91 are the same class and have one address."""
    tidied = ndc.tidy_number(number)
    if number and (not tidied or len(number) > 20):
        raise Http404
    if number and number != tidied:
        return HttpResponsePermanentRedirect(reverse("opac:class", args=[tidied]))
    language = get_language() or "ja"
    path, below = ndc.path_of(tidied), _below(tidied)
    names = ndc.labels_of([*path, *below], language)
    here = search(Everything(), rows=1, filters={"ndc": [tidied]}, facets=()).total if tidied else 0
    return render(
        request,
        "opac/classes_below.html",
        {
            "number": ndc.as_printed(tidied) if tidied else "",
            "name": names.get(tidied, ""),
            "path": [
                (ndc.as_printed(step), names.get(step, ""), reverse("opac:class", args=[step])) for step in path[:-1]
            ],
            "below": [
                ShownClass(
                    number=child if len(child) == 1 else ndc.as_printed(child),
                    name=names.get(child, ""),
                    count=count,
                    href=reverse("opac:class", args=[child]),
                )
                for child, count in below.items()
            ],
            "here": here,
            "search": Search(filters=(("ndc", tidied),)).address if tidied else "",
        },
    )
