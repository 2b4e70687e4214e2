"""この本のとなり: what is near a title by lists of the staff and of readers, series, subject and class. Never by who borrowed what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from fumikura.catalogue.description import Description
from fumikura.discovery.answers import Sort
from fumikura.discovery.engines import Engine
from fumikura.discovery.lists import listed_beside
from fumikura.discovery.query import Field, Phrase, Prefix, Query, any_of
from fumikura.discovery.shelving import series_titles

NearBy = Literal["list", "series", "subject", "class"]
MOST_SUBJECTS: Final = 4
SHORTEST_CLASS: Final = 3
"""A whole main class or division is no neighbourhood."""


@dataclass(frozen=True)
class Near:
    record_id: int
    by: NearBy


def near_in(engine: Engine, record_id: int, description: Description, each: int) -> Iterator[Near]:
    """Others of the same lists, then of the same series, then of the same subjects, then of the same class; so many of each, none twice."""
    seen = {record_id}
    for _feature, others in listed_beside(record_id, most=each):
        for number in [one for one in others if one not in seen][:each]:
            seen.add(number)
            yield Near(number, "list")
    for by, query, sort in _questions(description):
        # The title itself and those that were named before may be among the first.
        found = engine.search(query, start=0, rows=each + len(seen), sort=sort).ids
        for number in [one for one in found if one not in seen][:each]:
            seen.add(number)
            yield Near(number, by)


def _questions(description: Description) -> Iterator[tuple[NearBy, Query, Sort]]:
    series = series_titles(description.series)
    if series:
        yield "series", any_of(*(Field("series", title) for title in series)), "newest"
    subjects = [subject.partition("--")[0] for subject in description.subjects[:MOST_SUBJECTS]]
    if subjects:
        yield "subject", any_of(*(Phrase(subject, "subject") for subject in dict.fromkeys(subjects))), "relevance"
    classes = [number for number in description.ndc if len(number) >= SHORTEST_CLASS]
    if classes:
        yield "class", Prefix(classes[0]), "newest"
