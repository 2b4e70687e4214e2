"""The tree of classes (NDC) to walk: from the ten classes down, with how many titles each holds."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from fumikura.catalogue import ndc
from fumikura.discovery.queries import search
from fumikura.discovery.query import Everything
from fumikura.web.opac.addresses import Search

_FACET_BY_DIGITS = {1: "ndc", 2: "ndc-2", 3: "ndc-3"}


@dataclass(frozen=True)
class ShownClass:
    number: str
    """As printed: 910."""
    name: str
    count: int
    href: str


def _counts(numbers: list[str]) -> dict[str, int]:
    """How many titles each of these sister classes holds."""
    digits = len(numbers[0]) if numbers else 0
    if digits in _FACET_BY_DIGITS:
        facet = search(Everything(), rows=1, facets=(_FACET_BY_DIGITS[digits],)).facets
        return {value.value: value.count for one in facet for value in one.values}
    return {number: search(Everything(), rows=1, filters={"ndc": [number]}, facets=()).total for number in numbers}


@require_GET
def classes(request: HttpRequest, number: str = "") -> HttpResponse:
    """The classes below one, or the ten. 910 and 91 are the same class and have one address."""
    tidied = ndc.tidy_number(number)
    if number and (not tidied or len(number) > 20):
        raise Http404
    if number and number != tidied:
        return HttpResponsePermanentRedirect(reverse("opac:class", args=[tidied]))
    language = get_language() or "ja"
    path, below = ndc.path_of(tidied), ndc.children_of(tidied)
    names = ndc.labels_of([*path, *below], language)
    counts = _counts(below)
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
                    count=counts.get(child, 0),
                    href=reverse("opac:class", args=[child]),
                )
                for child in below
            ],
            "here": here,
            "search": Search(filters=(("ndc", tidied),)).address if tidied else "",
        },
    )
