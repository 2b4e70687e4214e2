"""A result list ready to be shown: records, what is on the shelf now, and the facets in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString

from fumikura.acquisitions.queries import titles_on_order
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.ordering import as_read
from fumikura.catalogue.queries import records_to_list
from fumikura.circulation.queries import states_of
from fumikura.discovery.answers import DEEPER, Answer, Facet, Hit
from fumikura.discovery.highlighting import highlighted
from fumikura.discovery.query import ANY, Query
from fumikura.holdings.queries import copies_with_home
from fumikura.kernel.japanese import spoken_name
from fumikura.web.design.markup import escaped, filled, together
from fumikura.web.editions import of_kind, of_special_kind
from fumikura.web.opac import words
from fumikura.web.opac.addresses import Search, of_title
from fumikura.web.opac.availability import Standing, is_ever_lent, standing_elsewhere, standing_of
from fumikura.web.opac.institutions import Origin, origins_of
from fumikura.web.readings import in_romaji

_UNFOLDED = {"available", "kind"}
_MOST_VALUES = 12
MOST_EDITIONS = 10
"""So many other editions are looked at for one that can be held."""


@dataclass(frozen=True)
class ShownHit:
    record: BibliographicRecord
    href: str
    title: SafeString
    """What was asked for is marked in it."""
    by: SafeString
    creator: str
    kind: str
    """In words; empty for an ordinary book."""
    why: str
    standing: Standing
    others: int = 0
    """Other editions, formats and volumes of the work that were found as well."""
    others_in: int = 0
    origin: Origin | None = None
    """The institution that holds it, when it is not ours."""
    editions: str = ""
    """The address of all of them."""
    may_be_held: bool = False
    """Whether it is any use to wait for it: some copy is ever lent, or one is to be bought."""
    held_instead: str = ""
    """The address of another edition that may be held, when this one may not."""
    romaji: str = ""
    """The reading of the title in Latin letters, for whoever reads no Japanese; empty for everybody else."""


@dataclass(frozen=True)
class Choice:
    """One value of a facet, as a link that adds it or takes it away."""

    words: str
    count: int
    """0 when it is not known: a range of years is no value of the facet."""
    href: str
    is_on: bool
    depth: int = 0
    """How far below the main classes it stands."""

    @property
    def line(self) -> SafeString:
        """Its line in the list. Written here because a page has forty of them, a third of its cost as a template."""
        depth = f' data-depth="{self.depth}"' if self.depth else ""
        current, sign = (' aria-current="true"', "✓ ") if self.is_on else ("", "")
        count = f'<span class="num">{self.count}</span>' if self.count else ""
        form = f'<li{depth}><a href="{{}}"{current} rel="nofollow"><span>{sign}{{}}</span>{count}</a></li>'
        return filled(form, self.href, self.words)


@dataclass(frozen=True)
class ShownFacet:
    name: str
    words: str
    choices: tuple[Choice, ...]
    is_open: bool

    @property
    def lines(self) -> SafeString:
        return together([choice.line for choice in self.choices])


def shown_hits(
    answer: Answer, query: Query, names: Mapping[str, str], at: datetime, search: Search | None = None
) -> list[ShownHit]:
    """The hits in order, with as many queries for twenty as for one. What left the catalogue a moment ago is left out."""
    records = records_to_list(hit.record_id for hit in answer.hits)
    origins = origins_of(records.values())
    items = copies_with_home(records)
    states = states_of([item for copies in items.values() for item in copies], at)
    bare = [pk for pk in records if not items.get(pk) and pk not in origins]
    on_order = titles_on_order(bare) if bare else frozenset()
    today = timezone.localdate(at)
    may_be_held = on_order | {pk for pk, copies in items.items() if any(is_ever_lent(states[one.pk]) for one in copies)}
    instead = _held_instead([hit for hit in answer.hits if hit.record_id not in {*may_be_held, *origins}], at)
    return [
        ShownHit(
            record=records[hit.record_id],
            href=of_title(hit.record_id),
            title=marked(records[hit.record_id].title, query),
            by=marked(spoken_name(records[hit.record_id].creator), query),
            creator=spoken_name(records[hit.record_id].creator),
            kind=of_special_kind(records[hit.record_id].kind),
            why=str(words.WHYS.get(hit.why, "")),
            standing=standing_of([states[item.pk] for item in copies], names, today)
            if (copies := items.get(hit.record_id, [])) or not hit.others_in
            else standing_elsewhere(),
            origin=origins.get(hit.record_id),
            others=len(hit.others),
            others_in=hit.others_in,
            editions=search.of_work(hit.record_id).address if search and hit.others else "",
            may_be_held=hit.record_id in may_be_held,
            held_instead=of_title(instead[hit.record_id]) if hit.record_id in instead else "",
            romaji=in_romaji(records[hit.record_id].title, records[hit.record_id].reading),
        )
        for hit in answer.hits
        if hit.record_id in records
    ]


def _held_instead(hits: Sequence[Hit], at: datetime) -> dict[int, int]:
    """Of works whose first edition cannot be held: the edition that fits best of those that can."""
    others = {hit.record_id: hit.others[:MOST_EDITIONS] for hit in hits if hit.others}
    if not others:
        return {}
    items = copies_with_home([pk for editions in others.values() for pk in editions])
    states = states_of([item for copies in items.values() for item in copies], at)
    lent = {pk for pk, copies in items.items() if any(is_ever_lent(states[item.pk]) for item in copies)}
    found = {first: next((pk for pk in editions if pk in lent), 0) for first, editions in others.items()}
    return {first: pk for first, pk in found.items() if pk}


def marked(text: str, query: Query) -> SafeString:
    """The text with what was asked for in <mark>."""
    pieces = [(escaped(piece.text), piece.is_found) for piece in highlighted(text, query)]
    return SafeString("".join(f"<mark>{one}</mark>" if found else one for one, found in pieces))


def shown_facets(answer: Answer, search: Search, names: Mapping[str, str]) -> list[ShownFacet]:
    by_name = {facet.name: facet for facet in answer.facets}
    shown = []
    for name, label in words.FACETS.items():
        if name == "ndc":
            shown += [ShownFacet(name, str(label), classes, True)] if (classes := _classes(by_name, search)) else []
            continue
        counted = {value.value: value.count for value in by_name[name].values} if name in by_name else {}
        chosen = [value for value in search.by_facet.get(name, ()) if value not in counted]
        choices = tuple(
            Choice(
                words=value_in_words(name, value, names),
                count=counted.get(value, 0),
                href=_turned(search, name, value).address,
                is_on=search.has(name, value),
            )
            for value in [*chosen, *_ordered(name, counted)]
            if value and value != ANY
        )
        if choices:
            is_open = name in _UNFOLDED or any(choice.is_on for choice in choices)
            first = [choice for choice in choices if choice.is_on]
            others = [choice for choice in choices if not choice.is_on][: max(_MOST_VALUES - len(first), 0)]
            if name == "series":
                others.sort(key=lambda choice: (-choice.count, as_read(choice.words)))
            shown.append(ShownFacet(name, str(label), (*first[:_MOST_VALUES], *others), is_open))
    return shown


def deeper_classes(search: Search) -> tuple[str, ...]:
    """The facets of finer classes that are shown below the one that was chosen."""
    return DEEPER[: len(search.class_chosen)]


def _classes(by_name: Mapping[str, Facet], search: Search) -> tuple[Choice, ...]:
    """The tree of the NDC: the main classes; or the way down to the chosen one, and what is below it."""
    levels = [by_name[name].values if name in by_name else () for name in ("ndc", *DEEPER)]
    chosen = search.class_chosen

    path = [chosen[:size] for size in range(1, min(len(chosen), len(levels)) + 1)]
    counts = {value.value: value.count for level in levels for value in level}
    level = levels[len(path)] if len(path) < len(levels) else ()
    below = sorted(value.value for value in level if value.value.startswith(chosen))
    names = words.of_classes([*path, *below])

    def choice(code: str, leads_to: str) -> Choice:
        return Choice(
            names[code], counts.get(code, 0), search.with_only("ndc", leads_to).address, code in path, len(code) - 1
        )

    up = [choice(code, code if code != chosen else chosen[:-1]) for code in path]
    return (*up, *(choice(code, code) for code in below))


def _turned(search: Search, name: str, value: str) -> Search:
    """With the value when it was not chosen, without it when it was. A decade takes the place of a range of years."""
    if search.has(name, value):
        return search.without_filter(name, value)
    return (
        search.with_only(name, value)
        if name == "year" and any(search.years_chosen)
        else search.with_filter(name, value)
    )


def _ordered(name: str, counted: Iterable[str]) -> Sequence[str]:
    """Years from the newest, classes in their order; the rest as counted, the most frequent first."""
    if name == "year":
        return sorted(counted, reverse=True)
    return sorted(counted) if name == "ndc" else list(counted)


def value_in_words(name: str, value: str, names: Mapping[str, str]) -> str:
    match name:
        case "available" | "site":
            return words.anywhere() if value == ANY else names.get(value, value)
        case "kind":
            return of_kind(value)
        case "language":
            return words.of_language(value)
        case "year":
            return words.of_decade(value)
        case "audience":
            return str(words.AUDIENCES.get(value, value))
        case "accessible":
            return str(words.ACCESSIBLE.get(value, value))
        case "ndc":
            return words.of_classes([value])[value]
        case _:
            return value


def chosen_in_words(search: Search, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(words, address without it) of every chosen filter."""
    return [
        (f"{words.FACETS[name]}：{value_in_words(name, value, names)}", search.without_filter(name, value).address)
        for name, value in search.filters
    ]
