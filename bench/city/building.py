"""The city as it stands on the first morning, written straight into the tables: python -m bench.city.building SIZE (JSON)."""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from bench.lending_town import django

STOCKED, TERMINALS = 16, 8
FIRST_DAY = date(2026, 5, 20)
BATCH = 2000
MOST_COPIES = 100
"""Of one title: more than a city of this size buys of a novel that thousands wait for."""


@dataclass(frozen=True)
class Size:
    """How much of everything there is."""

    patrons: int
    titles: int
    items: int
    loans: int
    """Open on the first morning."""
    holds: int
    """Waiting on the first morning."""

    @classmethod
    def of(cls, scale: float) -> "Size":
        """1 = 300,000 patrons, a million copies, what 6 M loans and 1 M holds a year leave open."""
        counts = {"patrons": 300_000, "titles": 400_000, "items": 1_000_000, "loans": 230_000, "holds": 90_000}
        return cls(**{name: max(50, int(number * scale)) for name, number in counts.items()})


def site_codes() -> list[str]:
    return ["CHUO", *(f"B{n:02}" for n in range(1, STOCKED)), *(f"T{n:02}" for n in range(1, TERMINALS + 1))]


def popular(chance: random.Random, titles: int) -> int:
    """A title as readers choose it: the first ones much oftener than the last."""
    return int(titles * chance.random() ** 3)


def build(size: Size) -> None:
    from fumikura.organisation.models import Agency

    chance = random.Random(1)
    agency = Agency.objects.create(code="CITY", name="市")
    sites = _places(agency)
    patrons = _people(agency, sites, size)
    items = _stock(agency, sites, size)
    lent = _lent(items, patrons, sites, size, chance)
    _waiting(items, lent, patrons, sites, size, chance)


def _places(agency: Any) -> list[Any]:
    from fumikura.circulation.services import house_rules, save_policy_set, write_route
    from fumikura.organisation.models import Calendar, Facility
    from fumikura.organisation.queries import system_actor

    by, at = system_actor(via="cli"), datetime(2026, 5, 1, tzinfo=UTC)
    calendar = Calendar.objects.create(code="ALL", name="無休", rules=[])
    sites = [
        Facility.objects.create(
            code=code, agency=agency, name=code, calendar=calendar, opens=time(9), closes=time(20),
            kind="central" if code == "CHUO" else "counter" if code[0] == "T" else "branch",
            holds_stock=code[0] != "T",
        )
        for code in site_codes()
    ]  # fmt: skip
    save_policy_set(name="house", rules=house_rules(), effective_from=date(2020, 4, 1), by=by, at=at)
    write_route(code="ring", name="巡回便", stops=[site.code for site in sites], by=by, at=at)
    return sites


def _people(agency: Any, sites: list[Any], size: Size) -> list[int]:
    from fumikura.patrons.models import Card, Category, Patron

    at = datetime(2024, 5, 1, tzinfo=UTC)
    person = Category.objects.create(code="person", name="個人")
    adult = Category.objects.create(code="adult", name="一般", parent=person)
    _write(
        Patron,
        (
            Patron(
                name=f"利用者{n}",
                category=adult,
                home=sites[n % len(sites)],
                registered_at=at,
                born_on=date(1985, 3, 9),
            )
            for n in range(size.patrons)
        ),
    )
    patrons = list(Patron.objects.order_by("pk").values_list("pk", flat=True))
    ends = date(2099, 1, 1)
    _write(
        Card,
        (
            Card(agency=agency, patron_id=pk, number=f"2{n:08}", issued_on=at.date(), expires_on=ends)
            for n, pk in enumerate(patrons)
        ),
    )
    return patrons


def _stock(agency: Any, sites: list[Any], size: Size) -> list[tuple[int, int]]:
    from fumikura.catalogue.models import BibliographicRecord
    from fumikura.holdings.models import Item

    at = datetime(2024, 5, 1, tzinfo=UTC)
    _write(
        BibliographicRecord,
        (
            BibliographicRecord(
                source="CITY", number=str(n), title=f"題名{n}", marc=b"", created_at=at, changed_at=at, ndc="913.6"
            )
            for n in range(size.titles)
        ),
    )
    records = list(BibliographicRecord.objects.order_by("pk").values_list("pk", flat=True))
    chance = random.Random(2)
    titles = [*range(size.titles), *_bought_again(chance, size)]
    _write(
        Item,
        (
            Item(
                agency=agency, barcode=f"3{n:08}", record_id=records[title], home=sites[n % STOCKED], added_on=at.date()
            )
            for n, title in enumerate(titles)
        ),
    )
    return list(Item.objects.order_by("pk").values_list("pk", "record"))


def _bought_again(chance: random.Random, size: Size) -> Iterator[int]:
    """One copy of everything is there; the rest of the money goes into what is asked for, but no title has copies without end."""
    copies: Counter[int] = Counter()
    left = size.items - size.titles
    while left:
        title = popular(chance, size.titles)
        if copies[title] < MOST_COPIES - 1:
            copies[title] += 1
            left -= 1
            yield title


def _lent(
    items: list[tuple[int, int]], patrons: list[int], sites: list[Any], size: Size, chance: random.Random
) -> set[int]:
    from fumikura.circulation.models import Loan, PolicySet

    policy = PolicySet.objects.get()
    out = {item for item, _ in chance.sample(items, min(size.loans, len(items) // 2))}
    _write(
        Loan, (_open_loan(item, patrons[n % len(patrons)], sites, policy, chance) for n, item in enumerate(sorted(out)))
    )
    return out


def _open_loan(item: int, patron: int, sites: list[Any], policy: Any, chance: random.Random) -> Any:
    from fumikura.circulation.models import Loan

    since = FIRST_DAY - timedelta(days=chance.randrange(1, 15))
    return Loan(
        item_id=item, patron_id=patron, lent_at=datetime.combine(since, time(3), UTC), due_on=since + timedelta(days=14),
        lent_facility=chance.choice(sites), policy_set=policy, snapshot={"given": {}, "why": []},
    )  # fmt: skip


def _waiting(
    items: list[tuple[int, int]],
    lent: set[int],
    patrons: list[int],
    sites: list[Any],
    size: Size,
    chance: random.Random,
) -> None:
    """Readers wait for titles of which every copy is out."""
    from fumikura.circulation.models import Hold, HoldTitle

    in_house = {record for item, record in items if item not in lent}
    wanted = sorted({record for item, record in items if item in lent} - in_house)
    if not wanted:
        return
    asked = [
        datetime.combine(FIRST_DAY - timedelta(days=chance.randrange(1, 40)), time(4), UTC) for _ in range(size.holds)
    ]
    _write(
        Hold,
        (
            Hold(
                patron_id=chance.choice(patrons), pickup=chance.choice(sites), accepted_at=at, entered_at=at, via="web"
            )
            for at in sorted(asked)
        ),
    )
    _write(
        HoldTitle,
        (
            HoldTitle(hold_id=hold, record_id=wanted[popular(chance, len(wanted))])
            for hold in Hold.objects.order_by("pk").values_list("pk", flat=True)
        ),
    )


def _write(model: Any, rows: Iterable[Any]) -> None:
    """One statement for all, worded once: `bulk_create` words each batch anew, which takes longer than writing it."""
    from django.db import connection, transaction

    # What the database fills in itself is left to it.
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.has_db_default()]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ({marks})"
    waiting: Iterator[Any] = iter(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := list(islice(waiting, BATCH)):
            cursor.executemany(
                statement,
                [[field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields] for row in batch],
            )


def as_argument(size: Size) -> str:
    return json.dumps(asdict(size))


if __name__ == "__main__":
    django()
    build(Size(**json.loads(sys.argv[1])))
