"""From the headings of records to authorities: found by number, else by folded heading, years and reading; else made.

Works on a whole chunk of an import with a fixed number of statements, inside the caller's transaction.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fumikura.catalogue.events import AuthoritiesChanged
from fumikura.catalogue.headings import Heading, heading_key, may_be_one
from fumikura.catalogue.models import Authority, AuthorityIdentifier, AuthorityLink, AuthorityVariant
from fumikura.catalogue.services.inserting import insert_rows
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import sort_key, spoken_name

Number = tuple[str, str]


@dataclass(slots=True)
class _Known:
    """The authorities that the headings at hand may mean, and what is still to be written about them."""

    by_number: dict[Number, Authority] = field(default_factory=dict)
    by_key: defaultdict[tuple[str, str], list[Authority]] = field(default_factory=lambda: defaultdict(list))
    told: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    """(id() of the row, key of a variant) → its years and reading; of the heading itself the row tells."""
    schemes: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Files that have a number for an authority already, by id() of the row."""
    variants: dict[tuple[int, str], tuple[Authority, str, str]] = field(default_factory=dict)
    """(id() of the row, key) → (authority, name, reading), to be written."""
    numbers: dict[Number, Authority] = field(default_factory=dict)
    enriched: dict[int, Authority] = field(default_factory=dict)
    new: list[Authority] = field(default_factory=list)


def link_records(
    headings: Mapping[int, tuple[str, Sequence[Heading]]], *, changed: Iterable[int], by: Actor, at: datetime
) -> None:
    """Link each record to the authorities that it names. `headings`: record → (its source, what it names).

    `changed` are those of the records that may have links already; what no longer stands in them is unlinked.
    """
    known = _known([(source, heading) for source, found in headings.values() for heading in found])
    meant: dict[tuple[int, str, int], tuple[Authority, str]] = {}
    for record, (source, found) in headings.items():
        for heading in found:
            authority = _find(heading, source, known) or _make(heading, source, known, at)
            meant.setdefault((record, heading.tag, id(authority)), (authority, heading.role))
    _write(known, by=by, at=at)
    if stale := list(changed):
        AuthorityLink.objects.filter(record_id__in=stale).delete()
    insert_rows(
        AuthorityLink,
        ("record_id", "authority_id", "tag", "role"),
        ((record, authority.pk, tag, role) for (record, tag, _row), (authority, role) in meant.items()),
        conflict="nothing",
    )


@dataclass(frozen=True, slots=True)
class Matched:
    """The authorities that headings mean, found or made; all are written."""

    rows: list[Authority]
    """One for each heading, in their order."""
    earlier: dict[int, dict[str, Any]]
    """What those that were here before said then."""


def matched(
    headings: Sequence[Heading],
    source: str,
    *,
    states: Callable[[Iterable[int]], dict[int, dict[str, Any]]],
    by: Actor,
    at: datetime,
) -> Matched:
    """Which authorities these headings of a file mean; what is not here is made. `states` tells what rows say before."""
    known = _known([(source, heading) for heading in headings])
    rows = [_find(heading, source, known) or _make(heading, source, known, at) for heading in headings]
    earlier = states({row.pk for row in rows if row.pk})
    _write(known, by=by, at=at)
    standing = Authority.objects.in_bulk({row.pk for row in rows})
    return Matched([standing[row.pk] for row in rows], earlier)


def _known(headings: Sequence[tuple[str, Heading]]) -> _Known:
    known = _Known()
    if not headings:
        return known
    keys = {heading.key for _source, heading in headings}
    values = {heading.number[1] for _source, heading in headings if heading.number[1]}
    rows: dict[int, Authority] = {}
    names: set[tuple[int, str]] = set()
    for row in Authority.objects.filter(key__in=keys, merged_into=None):
        rows[row.pk] = row
        names.add((row.pk, row.key))
    for variant in AuthorityVariant.objects.filter(key__in=keys).select_related("authority"):
        row = rows.setdefault(variant.authority_id, variant.authority)
        known.told[id(row), variant.key] = (variant.dates or row.dates, variant.reading)
        names.add((variant.authority_id, variant.key))
    if values:
        for number in AuthorityIdentifier.objects.filter(value__in=values).select_related("authority"):
            row = rows.setdefault(number.authority_id, number.authority)
            known.by_number[number.scheme, number.value] = row
    for pk, key in sorted(names):
        known.by_key[rows[pk].kind, key].append(rows[pk])
    if rows and values:
        for pk, scheme in AuthorityIdentifier.objects.filter(authority_id__in=rows).values_list(
            "authority_id", "scheme"
        ):
            known.schemes[id(rows[pk])].add(scheme)
    return known


def _find(heading: Heading, source: str, known: _Known) -> Authority | None:
    number = _numbered(heading, source)
    namesakes = known.by_key.get((heading.kind, heading.key), [])
    if number and (found := known.by_number.get(number)):
        if found.kind == heading.kind:
            _note_form(heading, found, known)
            return found
        number = None  # one number for a person and a subject: a slip, not to be built upon
    told = {id(row): known.told.get((id(row), heading.key), (row.dates, said_reading(row))) for row in namesakes}
    fitting = [row for row in namesakes if may_be_one(heading.dates, heading.reading, *told[id(row)])]
    if number:
        fitting = [row for row in fitting if number[0] not in known.schemes[id(row)]]
    asked = (heading.dates, heading_key(heading.reading))
    same = [row for row in fitting if (told[id(row)][0], heading_key(told[id(row)][1])) == asked]
    found = same[0] if same else fitting[0] if len(fitting) == 1 else None
    if found is not None:
        _enrich(found, heading, known)
        _number(found, number, known)
    return found


def _numbered(heading: Heading, source: str) -> Number | None:
    scheme, value = heading.number
    return (scheme or source, value) if value else None


def _note_form(heading: Heading, authority: Authority, known: _Known) -> None:
    """A heading found by its number but written otherwise is a variant."""
    if authority in known.by_key[heading.kind, heading.key]:
        _enrich(authority, heading, known)
        return
    known.by_key[heading.kind, heading.key].append(authority)
    known.variants[id(authority), heading.key] = (authority, heading.name, heading.reading)
    known.told[id(authority), heading.key] = (authority.dates, heading.reading)


def _enrich(authority: Authority, heading: Heading, known: _Known) -> None:
    """What the authority did not say yet, it learns from a record under the same heading."""
    if authority.key != heading.key:
        return
    if (heading.dates and not authority.dates) or (heading.reading and not said_reading(authority)):
        authority.dates = authority.dates or heading.dates
        if heading.reading and not said_reading(authority):
            authority.reading, authority.reading_is_draft = heading.reading, False
        authority.sort_key = sort_of(authority.heading, authority.reading)
        if authority.pk:
            known.enriched[authority.pk] = authority


def said_reading(authority: Authority) -> str:
    """Its reading as records or people say it: a draft of the machine tells nobody from a namesake."""
    return "" if authority.reading_is_draft else authority.reading


def _number(authority: Authority, number: Number | None, known: _Known) -> None:
    if number:
        known.numbers[number] = known.by_number[number] = authority
        known.schemes[id(authority)].add(number[0])


def _make(heading: Heading, source: str, known: _Known, at: datetime) -> Authority:
    number = _numbered(heading, source)
    made = Authority(
        kind=heading.kind,
        heading=heading.name,
        reading=heading.reading,
        dates=heading.dates,
        key=heading.key,
        identity=identity_of(heading.kind, heading.key, heading.dates, heading.reading, number),
        sort_key=sort_of(heading.name, heading.reading),
        created_at=at,
        changed_at=at,
    )
    known.new.append(made)
    known.by_key[heading.kind, heading.key].append(made)
    _number(made, number if number not in known.by_number else None, known)
    return made


def identity_of(kind: str, key: str, dates: str, reading: str, number: Number | None = None) -> str:
    told = "\x1f".join([kind, key, dates, heading_key(reading), *(number or ())])
    return hashlib.blake2b(told.encode(), digest_size=20).hexdigest()


def sort_of(heading: str, reading: str) -> str:
    return sort_key(reading or spoken_name(heading))[:200]


def _write(known: _Known, *, by: Actor, at: datetime) -> None:
    if known.new:
        # Two imports side by side may make the same one: the second finds the row of the first.
        Authority.objects.bulk_create(known.new, ignore_conflicts=True)
        stored = dict(
            Authority.objects.filter(identity__in=[row.identity for row in known.new]).values_list("identity", "pk")
        )
        for row in known.new:
            row.pk = stored[row.identity]
    if known.enriched:
        Authority.objects.bulk_update(known.enriched.values(), ["dates", "reading", "reading_is_draft", "sort_key"])
    if known.numbers:
        AuthorityIdentifier.objects.bulk_create(
            (
                AuthorityIdentifier(authority_id=row.pk, scheme=scheme, value=value)
                for (scheme, value), row in known.numbers.items()
            ),
            ignore_conflicts=True,
        )
    if known.variants:
        AuthorityVariant.objects.bulk_create(
            (
                AuthorityVariant(
                    authority_id=row.pk, name=name, reading=reading, key=key, sort_key=sort_of(name, reading)
                )
                for (_row, key), (row, name, reading) in known.variants.items()
            ),
            ignore_conflicts=True,
        )
        touched = tuple(sorted({row.pk for row, _name, _reading in known.variants.values()}))
        write_down(AuthoritiesChanged(authorities=touched), by=by, at=at)
