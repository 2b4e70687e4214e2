"""A result list ready to be shown: records, what is on the shelf now, and the facets in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.circulation.queries import states_of
from fumikura.discovery.answers import Answer
from fumikura.holdings.queries import items_of_records
from fumikura.kernel.japanese import spoken_name
from fumikura.web.opac import words
from fumikura.web.opac.addresses import Search
from fumikura.web.opac.availability import Standing, standing_of

_UNFOLDED = {"available", "kind"}
_MOST_VALUES = 12


@dataclass(frozen=True)
class ShownHit:
    record: BibliographicRecord
    href: str
    creator: str
    kind: str
    """In words; empty for an ordinary book."""
    why: str
    standing: Standing


@dataclass(frozen=True)
class Choice:
    """One value of a facet, as a link that adds it or takes it away."""

    words: str
    count: int
    href: str
    is_on: bool


@dataclass(frozen=True)
class ShownFacet:
    name: str
    words: str
    choices: tuple[Choice, ...]
    is_open: bool


def shown_hits(answer: Answer, names: Mapping[str, str], at: datetime) -> list[ShownHit]:
    """The hits in order, with as many queries for twenty as for one. What left the catalogue a moment ago is left out."""
    records = records_by_id(hit.record_id for hit in answer.hits)
    items = items_of_records(records)
    states = states_of([item for copies in items.values() for item in copies], at)
    today = timezone.localdate(at)
    return [
        ShownHit(
            record=records[hit.record_id],
            href=reverse("opac:title", args=[hit.record_id]),
            creator=spoken_name(records[hit.record_id].creator),
            kind=words.of_kind(kind) if (kind := records[hit.record_id].kind) != "book" else "",
            why=str(words.WHYS.get(hit.why, "")),
            standing=standing_of([states[item.pk] for item in items.get(hit.record_id, [])], names, today),
        )
        for hit in answer.hits
        if hit.record_id in records
    ]


def shown_facets(answer: Answer, search: Search, names: Mapping[str, str]) -> list[ShownFacet]:
    by_name = {facet.name: facet for facet in answer.facets}
    shown = []
    for name, label in words.FACETS.items():
        counted = {value.value: value.count for value in by_name[name].values} if name in by_name else {}
        chosen = [value for value in search.by_facet.get(name, ()) if value not in counted]
        choices = tuple(
            Choice(
                words=value_in_words(name, value, names),
                count=counted.get(value, 0),
                href=(search.without_filter if search.has(name, value) else search.with_filter)(name, value).address,
                is_on=search.has(name, value),
            )
            for value in [*_ordered(name, counted), *chosen]
            if value
        )
        if choices:
            is_open = name in _UNFOLDED or any(choice.is_on for choice in choices)
            shown.append(ShownFacet(name, str(label), choices[:_MOST_VALUES], is_open))
    return shown


def _ordered(name: str, counted: Iterable[str]) -> Sequence[str]:
    """Years from the newest, classes in their order; the rest as counted, the most frequent first."""
    if name == "year":
        return sorted(counted, reverse=True)
    return sorted(counted) if name == "ndc" else list(counted)


def value_in_words(name: str, value: str, names: Mapping[str, str]) -> str:
    match name:
        case "available" | "site":
            return names.get(value, value)
        case "kind":
            return words.of_kind(value)
        case "language":
            return words.of_language(value)
        case "year":
            return words.of_decade(value)
        case _:
            return words.of_class(value)


def chosen_in_words(search: Search, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(words, address without it) of every chosen filter."""
    return [
        (f"{words.FACETS[name]}：{value_in_words(name, value, names)}", search.without_filter(name, value).address)
        for name, value in search.filters
    ]
