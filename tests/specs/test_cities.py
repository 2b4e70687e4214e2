"""Rules as fourteen cities publish them, written as data over the house rules, and what follows from them."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fumikura.circulation.rules.counting import counters_of
from fumikura.circulation.rules.dates import due_date
from fumikura.circulation.rules.holding import Placing, objections_to_place
from fumikura.circulation.rules.lending import Copy, Lending, Reader, objections_to_check_out
from fumikura.circulation.rules.policies import HoldPolicy, LoanPolicy, OverduePolicy, RenewalPolicy, plain
from fumikura.circulation.rules.reminding import stage_due, stages_of
from fumikura.circulation.rules.renewing import Renewing, objections_to_renew, renewed_due_date
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.circulation.services import house_rules
from fumikura.circulation.services.policies import objections_to_rules
from fumikura.organisation.rules import Calendar

FILES = sorted((Path(__file__).parent / "cities").glob("*.toml"))
CITIES = {path.stem: tomllib.loads(path.read_text()) for path in FILES}
MONDAYS_OFF = Calendar(({"weekday": "monday", "on_holiday": "next-weekday"},))
WEDNESDAY = date(2026, 5, 20)
ADULT = {"category": ("adult", "person", "everyone"), "residency": "resident", "age": 40, "mode": "normal"}


def written(city: dict[str, Any]) -> dict[str, Any]:
    """The house rules with the city's values over them."""
    rules = house_rules()
    rules["rules"][0]["give"].update(city.get("base", {}))
    for tree, branches in city.get("trees", {}).items():
        for parent, children in branches.items():
            known = rules["trees"][tree].setdefault(parent, [])
            rules["trees"][tree][parent] = [*known, *children]
    for counter, inside in city.get("nesting", {}).items():
        rules["nesting"][counter] = [*rules["nesting"].get(counter, []), *inside]
    rules["counters"] = city.get("counters", {})
    own = {rule["id"] for rule in city.get("rules", [])}
    rules["rules"] = [rule for rule in rules["rules"] if rule["id"] not in own]
    for rule in city.get("rules", []):
        rules["rules"].append({**rule, "from": rule["from"].isoformat()})
    return rules


def values(name: str, subject: dict[str, Any], on: date) -> dict[str, Any]:
    return plain(RuleSet.read(written(CITIES[name])).decide({**ADULT, **subject}, on))


def thing(row: dict[str, Any]) -> dict[str, Any]:
    """What is borrowed or waited for, where: places as (code, kind)."""
    return {
        name: tuple(row[name]) if isinstance(row[name], list) else row[name]
        for name in ("material", "collection", "owner", "transaction", "pickup")
        if name in row
    }


def each(kind: str) -> Any:
    rows = [(name, row) for name, city in CITIES.items() for row in city.get(kind, [])]
    return pytest.mark.parametrize(("city", "row"), rows, ids=lambda value: value if isinstance(value, str) else "")


def test_at_least_eight_cities_are_written_down() -> None:
    assert len(CITIES) >= 8


@pytest.mark.parametrize("city", CITIES)
def test_the_rules_can_be_saved_as_they_are(city: str) -> None:
    assert objections_to_rules(written(CITIES[city])) == ()


@each("checks")
def test_values(city: str, row: dict[str, Any]) -> None:
    given = values(city, row["subject"], row.get("on", WEDNESDAY))
    assert {output: given[output] for output in row["gives"]} == row["gives"]


@each("due_dates")
def test_due_dates(city: str, row: dict[str, Any]) -> None:
    terms = LoanPolicy.of(values(city, {"material": "book"}, row["lent"])).terms(card_expires_on=None)
    assert due_date(start=row["lent"], terms=terms, calendar=MONDAYS_OFF).on == row["becomes"]


@each("renewals")
def test_renewals(city: str, row: dict[str, Any]) -> None:
    given = values(city, {"material": "book"}, row["lent"])
    loan, policy = LoanPolicy.of(given), RenewalPolicy.of(given)
    renewing = Renewing(on=row["on"], lent_on=row["lent"], due_on=row["due"], renewals=0, card_expires_on=None)
    due = renewed_due_date(renewing, loan, policy, MONDAYS_OFF)
    assert [reason.code for reason in objections_to_renew(renewing, due, policy)] == row.get("refused", [])
    if "becomes" in row:
        assert due.on == row["becomes"]


@each("loans")
def test_loans(city: str, row: dict[str, Any]) -> None:
    on = row.get("on", WEDNESDAY)
    given = values(city, {"material": row["material"]}, on)
    rule_set = RuleSet.read(written(CITIES[city]))
    lending = Lending(
        on=on,
        reader=Reader(
            card_expires_on=date(2028, 3, 31),
            age=40,
            overdue_since=row.get("overdue_since"),
            have=row.get("have", {}),
        ),
        copy=Copy(kinds=rule_set.lineage("material", row["material"]), counters=counters_of(rule_set, thing(row))),
    )
    reasons = objections_to_check_out(lending, LoanPolicy.of(given), OverduePolicy.of(given))
    assert [reason.code for reason in reasons] == row["refused"]


@each("holds")
def test_holds(city: str, row: dict[str, Any]) -> None:
    on = row.get("on", WEDNESDAY)
    given = values(city, {"material": row["material"]}, on)
    rule_set = RuleSet.read(written(CITIES[city]))
    placing = Placing(
        on=on,
        accepted_after_now=False,
        card_expires_on=date(2028, 3, 31),
        card_stopped=False,
        overdue_since=row.get("overdue_since"),
        have=row["have"],
        counters=counters_of(rule_set, thing(row)),
        copies=("lent",),
    )
    reasons = objections_to_place(placing, HoldPolicy.of(given), OverduePolicy.of(given))
    assert [reason.code for reason in reasons] == row["refused"]


@each("stages")
def test_stages(city: str, row: dict[str, Any]) -> None:
    stages = stages_of(values(city, {}, row["on"])["overdue.stages"])
    found = stage_due(stages, due_on=row["due"], on=row["on"], reminded=row.get("reminded", []))
    assert (found.by if found else "") == row["by"]
