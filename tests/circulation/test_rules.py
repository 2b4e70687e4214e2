"""Properties that hold for every rule set, calendar and date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.circulation.house import house_rules
from fumikura.circulation.rules.bands import age_band
from fumikura.circulation.rules.counting import counters_of
from fumikura.circulation.rules.dates import HardDate, ShelfTerms, Terms, due_date, shelf_until
from fumikura.circulation.rules.lending import Copy, Lending, Reader, objections_to_check_out
from fumikura.circulation.rules.policies import LoanPolicy, OverduePolicy, plain
from fumikura.circulation.rules.resolution import DIMENSIONS, NoRule, RuleSet
from fumikura.circulation.rules.returning import (
    Journey,
    Laid,
    OnHoldShelf,
    SendTo,
    Shelve,
    Wanted,
    journey_after,
    next_stop,
)
from fumikura.circulation.rules.saving import problems
from fumikura.organisation.rules import Calendar

MONDAY = Calendar(({"weekday": "monday", "on_holiday": "next-weekday"}, {"yearly_from": "12-29", "yearly_to": "01-03"}))
HOUSE = RuleSet.read(house_rules())
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))
SITES = st.sampled_from(["CHUO", "KITA", "EKIMAE"])
MATERIALS = st.sampled_from(["book", "comic", "large-picture-book", "magazine", "cd", "dvd", "daisy", "map"])
SUBJECTS = st.fixed_dictionaries(
    {
        "material": MATERIALS,
        "category": st.sampled_from([("adult", "person", "everyone"), ("class", "group", "everyone")]),
        "residency": st.sampled_from(["resident", "neighbour", "group"]),
        "age": st.integers(0, 100),
        "origin": st.sampled_from(["own", "interlibrary"]),
        "owner": SITES.map(lambda site: (site, "branch")),
    }
)


@given(start=DAYS, period=st.integers(1, 60), unit=st.sampled_from(["calendar", "open"]))
def test_a_due_day_is_open_and_never_earlier_than_the_period(start: date, period: int, unit: str) -> None:
    due = due_date(start=start, terms=Terms(period=period, unit=unit), calendar=MONDAY)
    assert MONDAY.is_open(due.on)
    assert due.on >= start + timedelta(days=period)


@given(start=DAYS, period=st.integers(1, 60), back=st.integers(1, 90))
def test_a_limit_date_is_never_passed_while_an_open_day_lies_before_it(start: date, period: int, back: int) -> None:
    latest = start + timedelta(days=back)
    terms = Terms(period=period, hard=HardDate("not-after", latest))
    due = due_date(start=start, terms=terms, calendar=MONDAY)
    assert due.on > start
    if MONDAY.previous_open(latest) > start:
        assert due.on <= latest


@given(
    start=DAYS,
    mode=st.sampled_from(["keep", "next-open", "previous-open"]),
    hard=DAYS,
    kind=st.sampled_from(["exact", "not-after", "not-before"]),
)
def test_a_loan_always_lasts_a_day(start: date, mode: str, hard: date, kind: str) -> None:
    terms = Terms(period=14, closed_day=mode, hard=HardDate(kind, hard))
    assert due_date(start=start, terms=terms, calendar=MONDAY).on > start


@given(ready=DAYS, days=st.integers(1, 14))
def test_a_held_book_waits_the_promised_open_days(ready: date, days: int) -> None:
    until = shelf_until(ready_on=ready, contact="e-mail", terms=ShelfTerms(shelf_days=days), calendar=MONDAY)
    assert until and MONDAY.open_days_between(ready, until) == days


@given(subject=SUBJECTS, day=DAYS)
def test_the_house_rules_answer_everybody_about_everything(subject: dict, day: date) -> None:
    values = plain(HOUSE.decide(subject, day))
    assert LoanPolicy.of(values).period >= 1


@given(subject=SUBJECTS, day=DAYS, output=st.sampled_from(["loan.period", "renewal.max", "loan.limit.print"]))
def test_an_explanation_names_the_rule_that_decided(subject: dict, day: date, output: str) -> None:
    explained = HOUSE.explain(output, subject, day)
    decided = HOUSE.decide(subject, day)[output]
    assert (explained.value, explained.rule) == (decided.value, decided.rule)
    spoken = {rule.id for rule in HOUSE.rules if output in rule.gives}
    assert {rule for rule, _ in explained.passed_over} == spoken - {explained.rule}


@given(order=st.permutations(range(len(HOUSE.rules))), subject=SUBJECTS)
def test_the_order_in_which_rules_are_written_decides_nothing(order: list[int], subject: dict) -> None:
    shuffled = RuleSet(tuple(HOUSE.rules[n] for n in order), HOUSE.trees, HOUSE.nesting, HOUSE.names)
    assert plain(shuffled.decide(subject, date(2026, 5, 20))) == plain(HOUSE.decide(subject, date(2026, 5, 20)))


@given(material=MATERIALS)
def test_everything_that_can_be_lent_fills_the_total(material: str) -> None:
    assert counters_of(HOUSE, {"material": material})[-1] == "total"


def test_an_output_without_rule_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(NoRule):
        HOUSE.explain("loan.colour", {}, date(2026, 5, 20))


def test_a_rule_over_an_unknown_dimension_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="moon"):
        RuleSet.read({"rules": [{"id": "X", "from": "2026-04-01", "if": {"moon": "full"}, "give": {}}]})


VALUES = {
    "material": [["av"], "dvd", "av", ["cd", "dvd"]],
    "age": [[0, 12], [7, 15], [0, 6]],
    "residency": ["resident"],
}
CONDITIONS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


@given(one=CONDITIONS, other=CONDITIONS, subject=SUBJECTS)
def test_where_saving_finds_no_quarrel_the_order_of_two_rules_never_matters(
    one: dict, other: dict, subject: dict
) -> None:
    written = [
        {"id": "P0", "from": "2020-01-01", "if": {}, "give": {"loan.period": 14}},
        {"id": "P1", "from": "2026-01-01", "if": one, "give": {"loan.period": 1}},
        {"id": "P2", "from": "2026-01-01", "if": other, "give": {"loan.period": 2}},
    ]
    trees = house_rules()["trees"]
    forth = RuleSet.read({"rules": written, "trees": trees})
    back = RuleSet.read({"rules": written[::-1], "trees": trees})
    if not problems(forth):
        day = date(2026, 5, 20)
        assert forth.decide(subject, day)["loan.period"].rule == back.decide(subject, day)["loan.period"].rule


@given(
    have=st.integers(0, 30),
    card=st.none() | DAYS,
    stopped=st.booleans(),
    reference=st.booleans(),
    withdrawn=st.booleans(),
)
def test_objections_grow_with_what_is_wrong_and_withdrawn_or_stopped_is_never_passed(
    have: int, card: date | None, stopped: bool, reference: bool, withdrawn: bool
) -> None:
    values = plain(HOUSE.decide({"material": "book"}, date(2026, 5, 20)))
    lending = Lending(
        on=date(2026, 5, 20),
        reader=Reader(card_expires_on=card, card_stopped=stopped, have={"print": have}),
        copy=Copy(kinds=("book",), counters=("print", "total"), reference_only=reference, is_withdrawn=withdrawn),
    )
    codes = {
        reason.code: reason.overridable_with
        for reason in objections_to_check_out(lending, LoanPolicy.of(values), OverduePolicy.of(values))
    }
    assert ("loan-limit-reached:print" in codes) == (have >= 15)
    assert ("card-expired" in codes) == (card is not None and card < date(2026, 5, 20))
    assert codes.get("item-withdrawn", "") == codes.get("card-stopped", "") == ""
    assert ("item-withdrawn" in codes, "card-stopped" in codes) == (withdrawn, stopped)


@given(here=SITES, home=SITES, pickup=st.none() | SITES, destination=st.just("") | SITES)
def test_an_item_ends_in_one_place_or_on_one_journey(
    here: str, home: str, pickup: str | None, destination: str
) -> None:
    stop = next_stop(Laid(here=here, home=home, wanted=Wanted(7, pickup) if pickup else None))
    journey = journey_after(stop, here=here, destination=destination)
    is_travelling = journey is Journey.GOES_ON or journey.begins_one
    assert is_travelling == isinstance(stop, SendTo)
    if pickup:
        assert stop == (OnHoldShelf(here, 7) if pickup == here else SendTo(pickup, 7))
    elif here == home:
        assert stop == Shelve(here)
    if journey.begins_one:
        assert stop.to != here
        assert not destination or journey.ends_one


@given(age=st.integers(0, 120))
def test_every_age_falls_into_its_band(age: int) -> None:
    lower, _, upper = age_band(age).partition("-")
    assert int(lower) <= age <= int(upper or 120)


def test_the_published_dimensions_stand_in_their_published_order() -> None:
    assert DIMENSIONS[:3] == ("mode", "season", "origin")
