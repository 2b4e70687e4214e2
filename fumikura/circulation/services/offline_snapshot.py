"""Building what an offline counter takes along: who may borrow, by hashed card number; until when; and what is not lent."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Count, Min
from django.db.models.functions import Length, Substr
from django.utils import timezone

from fumikura.circulation.models import Loan, LoanQuerySet, OfflineTerminal
from fumikura.circulation.queries import RulesInForce, mode_for, place_path, rules_in_force
from fumikura.circulation.rules.counting import counters_of, lent_thing
from fumikura.circulation.rules.dates import Terms, due_date
from fumikura.circulation.rules.lending import days_overdue
from fumikura.circulation.rules.offline_snapshot import (
    DATES_LAST_DAYS,
    MANY,
    PEOPLE_LAST_DAYS,
    DueTable,
    Person,
    Row,
    due_table,
    packed,
    shapes,
    status_of,
)
from fumikura.circulation.rules.policies import LoanPolicy, OverduePolicy, plain, reaches
from fumikura.circulation.rules.resolution import RuleSet, Subject
from fumikura.circulation.rules.sealing import hidden_number, key_for, seal
from fumikura.circulation.services.exempting import not_exempt
from fumikura.circulation.services.stops import calendars_by_day
from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for, facilities
from fumikura.organisation.rules import Calendar
from fumikura.patrons.cards import kinds_of_readers, register_of_cards, shapes_of_cards
from fumikura.patrons.queries import (
    blocked_patrons,
    categories,
    lineage_of,
)
from fumikura.patrons.rules import age_on

Reader = tuple[str, str, tuple[str, ...], int | None]
"""Category, residency, services and age as far as the rules look at it."""
Thing = tuple[str, str, str, str, bool]
"""Material, collection, home as far as the rules look at it, origin, and whether it may leave the house."""


@dataclass(frozen=True)
class Days:
    """The days a snapshot speaks of, and the rules of each."""

    site: Facility
    first: date
    rules: tuple[RulesInForce, ...]
    calendars: tuple[Calendar, ...]
    """By which each day's loans are due."""
    homes: Mapping[str, Facility]

    @property
    def looks_at_home(self) -> bool:
        return any(one.rule_set.speaks_of("owner") or _counts_by_home(one) for one in self.rules)

    @property
    def looks_at_services(self) -> bool:
        return any(one.rule_set.speaks_of("service") for one in self.rules)

    @property
    def ages(self) -> tuple[int, ...]:
        """The ages at which some rule begins or ceases to hold."""
        bands = [
            rule.conditions["age"] for one in self.rules for rule in one.rule_set.rules if "age" in rule.conditions
        ]
        return tuple(sorted({0, *(band[0] for band in bands), *(band[1] + 1 for band in bands)}))


def _counts_by_home(rules: RulesInForce) -> bool:
    return any(rule.gives.get("loan.calendar_of") == "owning-site" for rule in rules.rule_set.rules)


def snapshot_for(*, terminal: OfflineTerminal, at: datetime) -> bytes:
    """Sealed for this terminal alone. Seconds of work in a large city: a door asks whether anything has changed first."""
    on, site = timezone.localdate(at), terminal.facility
    every_day = tuple(rules_in_force(on + timedelta(days=n)) for n in range(DATES_LAST_DAYS))
    homes = {one.code: one for one in facilities()}
    calendars = calendars_by_day(site, [on + timedelta(days=n) for n in range(DATES_LAST_DAYS)])
    days = Days(site, on, every_day, calendars, homes)
    readers = {_reader(*kind, days) for kind in kinds_of_readers()}
    things = _things(days)
    table = _due_table([*sorted(readers, key=str), *_new_readers()], list(things), days)
    key = key_for("numbers", terminal.secret)
    return seal(
        packed(_head(terminal, table, days, at), _people(table, days, key), _items(things, table, days, key)),
        terminal.secret,
    )  # fmt: skip


def _reader(category: str, residency: str, services: tuple[str, ...], born_on: date | None, days: Days) -> Reader:
    return category, residency, services if days.looks_at_services else (), _age(age_on(born_on, days.first), days.ages)


def _age(age: int | None, ages: Sequence[int]) -> int | None:
    return None if age is None else max((edge for edge in ages if edge <= age), default=0)


def _new_readers() -> list[Reader]:
    """Somebody registered at the counter itself: the category is asked, nothing else is known."""
    return [(one.code, "resident", (), None) for one in categories()]


def _things(days: Days) -> dict[Thing, int]:
    """Kinds of things and how many there are of each, the most frequent first."""
    rows = Item.objects.in_stock().values_list(
        "material", "collection", "home__code", "origin", "reference_only", "in_house_only", "is_latest_issue"
    )
    counted: dict[Thing, int] = defaultdict(int)
    for material, collection, home, origin, reference, in_house, latest, count in rows.annotate(Count("pk")).order_by():
        stays = reference or in_house or latest
        counted[material, collection, home if days.looks_at_home else "", origin, stays] += count
    counted.setdefault(("book", "", days.site.code if days.looks_at_home else "", "own", False), 0)
    return dict(sorted(counted.items(), key=lambda pair: -pair[1]))


def _due_table(readers: Sequence[Reader], things: Sequence[Thing], days: Days) -> DueTable:
    distinct = list(dict.fromkeys(readers))
    lines = {code: lineage_of(code) for code in {reader[0] for reader in distinct}}
    modes = {one.policy_set: mode_for(one.rule_set) for one in days.rules}
    regimes = [(one.policy_set, one.rule_set.regime(days.first + timedelta(n))) for n, one in enumerate(days.rules)]
    of_terms: dict[Any, Row] = {}
    rows: dict[tuple[Any, Any], Row] = {}
    for reader in distinct:
        for thing in things:
            rows[reader, thing] = _row(reader, thing, days, (lines[reader[0]], modes, regimes), of_terms)
    return due_table(distinct, things, rows)


def _row(
    reader: Reader, thing: Thing, days: Days, known: tuple[Sequence[str], Mapping[int, str], Sequence[Any]],
    of_terms: dict[Any, Row],
) -> Row:  # fmt: skip
    lineage, modes, regimes = known
    if thing[4]:
        return ()
    terms: dict[Any, Terms | None] = {}
    by_home = False
    for n, regime in enumerate(regimes):
        if regime not in terms:
            rules, on = days.rules[n], days.first + timedelta(days=n)
            subject = _subject(reader, thing, days, lineage, modes[rules.policy_set])
            policy = LoanPolicy.of(plain(rules.rule_set.decide(subject, on)))
            by_home = by_home or policy.calendar_of == "owning-site"
            terms[regime] = policy.terms(card_expires_on=None) if policy.allowed else None
    of_day = tuple(terms[regime] for regime in regimes)
    home = thing[2] if by_home else ""
    if (home, of_day) not in of_terms:
        calendars = (calendar_for(days.homes[home]),) * len(of_day) if home else days.calendars
        of_terms[home, of_day] = _dates(of_day, days.first, calendars)
    return of_terms[home, of_day]


def _subject(reader: Reader, thing: Thing, days: Days, lineage: Sequence[str], mode: str) -> dict[str, Any]:
    category, residency, services, age = reader
    material, collection, home, origin, _ = thing
    return {
        "mode": mode,
        "origin": origin,
        "collection": collection or None,
        "material": material,
        "category": tuple(lineage) or (category,),
        "residency": residency,
        "service": services,
        "age": age,
        "transaction": place_path(days.site),
        "channel": "offline",
        **({"owner": place_path(days.homes[home])} if home else {}),
    }


def _dates(of_day: Sequence[Terms | None], first: date, calendars: Sequence[Calendar]) -> Row:
    if any(terms is None for terms in of_day):
        return ()
    start = [first + timedelta(days=n) for n in range(len(of_day))]
    return tuple(
        (due_date(start=day, terms=terms, calendar=calendar).on - first).days
        for day, terms, calendar in zip(start, of_day, calendars, strict=True)
        if terms is not None
    )


def _people(table: DueTable, days: Days, key: bytes) -> Iterator[Person]:
    """Everybody with a card, one after the other: the register and the loans are read side by side, by patron."""
    blocked = blocked_patrons(days.first)
    late_since = cache(partial(_late_since, days.first))
    limits: dict[Reader, tuple[Mapping[str, Any], OverduePolicy]] = {}
    loans = _LoansByPatron(days.rules[0].rule_set)
    for one in register_of_cards():
        reader = _reader(one.category, one.residency, one.services, one.born_on, days)
        if reader not in limits:
            limits[reader] = _limits(reader, days)
        most, overdue = limits[reader]
        whose = one.household if overdue.scope == "household" else -one.patron
        late = late_since(overdue.spares_the_exempted).get(whose)
        is_late = late is not None and reaches(days_overdue(late, days.first), overdue.blocks_loans_from_day)
        yield Person(
            hidden=hidden_number(one.number, key),
            status=status_of(
                stopped=one.stopped, blocked=one.patron in blocked, overdue=is_late, expires_on=one.expires_on,
                on=days.first,
            ),
            left=_left(most, loans.of(one.patron), days),
            good_for=max(0, min((one.expires_on - days.first).days, MANY)),
            band=table.bands[reader],
        )  # fmt: skip


def _late_since(on: date, spares_the_exempted: bool) -> dict[int, date]:
    """The first overdue day by household, and by reader (under the negative number): only of those who are late."""
    since: dict[int, date] = {}
    late = _loans_out().filter(due_on__lt=on)
    counted = not_exempt(late, on) if spares_the_exempted else late
    rows = counted.values_list("patron_id", "patron__guardian_id").annotate(Min("due_on"))
    for patron, guardian, due_on in rows.order_by().iterator(chunk_size=5000):
        for whose in (guardian or patron, -patron):
            since[whose] = min(since.get(whose, date.max), due_on + timedelta(days=1))
    return since


def _loans_out() -> LoanQuerySet:
    return Loan.objects.open().filter(received_at=None, patron__isnull=False).exclude(kind="in-house")


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "material": ("item__material",),
    "collection": ("item__collection",),
    "origin": ("item__origin",),
    "owner": ("item__home__code", "item__home__kind"),
    "transaction": ("lent_facility__code", "lent_facility__kind"),
}
"""What of a loan says where it stands in a dimension that counters look at."""


class _LoansByPatron:
    """How many things of each kind a reader has; asked in the order of the readers' row numbers, and never backwards."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._dimensions = [name for name in rule_set.counted_by if name in COLUMNS]
        columns = [column for name in self._dimensions for column in COLUMNS[name]]
        rows = _loans_out().values_list("patron_id", *columns).annotate(Count("pk"))
        self._rows = groupby(rows.order_by("patron_id").iterator(chunk_size=5000), key=itemgetter(0))
        self._patron, self._have = -1, list[tuple[Subject, int]]()

    def of(self, patron: int) -> list[tuple[Subject, int]]:
        while self._patron < patron:
            self._patron, rows = next(self._rows, (sys.maxsize, iter(())))
            self._have = [(self._thing(values), count) for _patron, *values, count in rows]
        return self._have if self._patron == patron else []

    def _thing(self, values: Sequence[Any]) -> Subject:
        """A kind of thing in the dimensions that are counted by: a collection of none is no collection."""
        left = iter(values)
        told = {name: tuple(islice(left, len(COLUMNS[name]))) for name in self._dimensions}
        return {name: one if len(one) > 1 else one[0] or None for name, one in told.items()}


def _limits(reader: Reader, days: Days) -> tuple[Mapping[str, Any], OverduePolicy]:
    rules = days.rules[0]
    book: Thing = ("book", "", days.site.code if days.looks_at_home else "", "own", False)
    subject = _subject(reader, book, days, lineage_of(reader[0]), mode_for(rules.rule_set))
    values = plain(rules.rule_set.decide(subject, days.first))
    return LoanPolicy.of(values).limits, OverduePolicy.of(values)


def _left(limits: Mapping[str, Any], have: Iterable[tuple[Subject, int]], days: Days) -> int:
    """How many books of the house more: by every counter that a book of this site, lent here, fills."""
    rule_set, here = days.rules[0].rule_set, place_path(days.site)
    left = MANY
    filled: dict[str, int] = defaultdict(int)
    for thing, count in have:
        for counter in counters_of(rule_set, thing):
            filled[counter] += count
    for counter in counters_of(
        rule_set, lent_thing(material="book", collection="", origin="own", owner=here, transaction=here)
    ):
        if (limit := limits.get(counter, "unlimited")) != "unlimited":
            left = min(left, max(0, limit - filled[counter]), MANY - 1)
    return left


def _items(things: Mapping[Thing, int], table: DueTable, days: Days, key: bytes) -> Iterator[tuple[bytes, int]]:
    """Those of another class than the most frequent one. In most cities that is sound, film and what is not lent."""
    usual = {thing for thing in things if table.classes[thing] == 0}
    if usual == set(things):
        return
    rows = Item.objects.in_stock().values_list(
        "barcode",
        "material",
        "collection",
        "home__code",
        "origin",
        "reference_only",
        "in_house_only",
        "is_latest_issue",
    )
    for barcode, material, collection, home, origin, reference, in_house, latest in rows.iterator(chunk_size=5000):
        thing = (
            material, collection, home if days.looks_at_home else "", origin, reference or in_house or latest,
        )  # fmt: skip
        if number := table.classes.get(thing, 0):
            yield hidden_number(barcode, key), min(number, 255)


def _head(terminal: OfflineTerminal, table: DueTable, days: Days, at: datetime) -> dict[str, Any]:
    every = categories()
    leaves = [one for one in every if not any(other.parent_id == one.pk for other in every)]
    barcodes = Length("barcode"), Substr("barcode", 1, 2)
    return {
        "version": 1,
        "terminal": terminal.code,
        "built_at": at.isoformat(),
        "people_until": (at + timedelta(days=PEOPLE_LAST_DAYS)).isoformat(),
        "first_day": days.first.isoformat(),
        "days": DATES_LAST_DAYS,
        "rows": table.rows,
        "cells": table.cells,
        "card_check": days.site.agency.card_check,
        "card_shapes": shapes(shapes_of_cards()),
        "item_shapes": shapes(Item.objects.values_list(*barcodes).distinct().order_by()),
        "categories": [
            {"code": one.code, "name": one.name, "name_en": one.name_en or one.name, "band": table.bands[one.code, "resident", (), None]}
            for one in leaves
        ],
        "pickups": [
            {"code": one.code, "name": one.short_name or one.name, "name_en": one.name_en or one.name}
            for one in days.homes.values() if one.pickup == Facility.Pickup.ALL
        ],
    }  # fmt: skip
