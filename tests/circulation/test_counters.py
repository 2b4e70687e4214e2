"""Counters over places, collections and materials together: what fills them, that none is overfilled, and which cannot be."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.circulation.house import house_rules
from fumikura.circulation.rules.counting import awaited_thing, counters_of, filled, lent_thing
from fumikura.circulation.rules.fitting import outers_of
from fumikura.circulation.rules.lending import Copy, Lending, Reader, objections_to_check_out
from fumikura.circulation.rules.policies import LoanPolicy, OverduePolicy, plain
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.circulation.rules.saving import problems
from fumikura.circulation.services.policies import objections_to_rules
from fumikura.kernel.reasons import words

PLACES = {"CHUO": "central", "KITA": "branch", "MINAMI": "branch", "BUS": "stop", "EKI": "counter"}
KINDS = {"central": "library", "branch": "library", "stop": "network", "counter": "network", "library": "network"}
MATERIALS = {
    "book": "print",
    "comic": "book",
    "magazine": "print",
    "cd": "av",
    "dvd": "av",
    "print": "any",
    "av": "any",
}
COLLECTIONS = ("", "summer", "local")
"""The town that the tests know by themselves, without the rule set: each place or material with what is above it."""

MATERIAL = st.sampled_from(["book", "comic", "magazine", "cd", "dvd"])
PATH = st.sampled_from(sorted(PLACES.items()))
THING = st.builds(
    lent_thing, material=MATERIAL, collection=st.sampled_from(COLLECTIONS), origin=st.just("own"), owner=PATH,
    transaction=PATH,
)  # fmt: skip
NODES = {
    "material": [*MATERIALS, "any"],
    "collection": ["summer", "local"],
    "owner": [*PLACES, *KINDS],
    "transaction": [*PLACES, *KINDS],
}
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(nodes) | st.lists(st.sampled_from(nodes), min_size=1, max_size=2)
        for name, nodes in NODES.items()
    },
).filter(bool)


@st.composite
def sets(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, int]]:
    """Counters that a set describes, and limits on some of them and of those of the materials."""
    counters = draw(st.dictionaries(st.sampled_from("abcd"), CONDITIONS, max_size=4))
    names = st.sampled_from([*counters, "dvd", "av", "print", "total"])
    return counters, draw(st.dictionaries(names, st.integers(0, 4), min_size=1, max_size=6))


def rules_with(counters: Mapping[str, Any], limits: Mapping[str, int], **more: Any) -> RuleSet:
    return RuleSet.read(written(counters, limits, **more))


def written(counters: Mapping[str, Any], limits: Mapping[str, int], *, what: str = "loan", **more: Any) -> Any:
    rules = {**house_rules(), "counters": dict(counters), **more}
    give = rules["rules"][0]["give"]
    for output in [one for one in give if one.startswith(f"{what}.limit.")]:
        give[output] = "unlimited"
    give |= {f"{what}.limit.{counter}": limit for counter, limit in limits.items()}
    rules["rules"] = rules["rules"][:1]
    return rules


def above(node: str, tree: Mapping[str, str]) -> set[str]:
    return {node} | (above(tree[node], tree) if node in tree else set())


def meets(thing: Mapping[str, Any], conditions: Mapping[str, Any]) -> bool:
    """Word for word what a manager reads: all conditions, of a list any, and everything below what is named."""
    is_of = {
        "material": above(thing["material"], MATERIALS),
        "collection": {thing["collection"]},
        **{name: {thing[name][0]} | above(thing[name][1], KINDS) for name in ("owner", "transaction")},
    }
    return all(is_of[name] & ({one} if isinstance(one, str) else set(one)) for name, one in conditions.items())


def fills(thing: Mapping[str, Any], counter: str, counters: Mapping[str, Any]) -> bool:
    if counter in counters:
        return meets(thing, counters[counter])
    return counter == "total" or counter in above(thing["material"], MATERIALS)


def objections(rule_set: RuleSet, thing: Mapping[str, Any], had: list[Mapping[str, Any]]) -> set[str]:
    on = date(2026, 5, 20)
    values = plain(rule_set.decide(thing, on))
    reader = Reader(card_expires_on=None, have=filled(rule_set, had))
    lending = Lending(on=on, reader=reader, copy=Copy(kinds=(), counters=counters_of(rule_set, thing)))
    reasons = objections_to_check_out(lending, LoanPolicy.of(values), OverduePolicy.of(values), rule_set.names)
    return {reason.about for reason in reasons}


@given(rules=sets(), wishes=st.lists(THING, max_size=12))
def test_whoever_is_refused_where_a_counter_is_full_never_has_more_than_any_of_them_allows(
    rules: tuple[dict, dict], wishes: list
) -> None:
    counters, limits = rules
    rule_set = rules_with(counters, limits)
    had: list[Mapping[str, Any]] = []

    def have(counter: str) -> int:
        return sum(fills(one, counter, counters) for one in had)

    for thing in wishes:
        full = {one for one, most in limits.items() if fills(thing, one, counters) and have(one) >= most}
        assert objections(rule_set, thing, had) == full
        if not full:
            had.append(thing)
    assert all(have(counter) <= most for counter, most in limits.items())


@given(rules=sets(), had=st.lists(THING, max_size=8), thing=THING, data=st.data())
def test_in_which_order_things_were_lent_decides_nothing(
    rules: tuple[dict, dict], had: list, thing: dict, data: st.DataObject
) -> None:
    rule_set = rules_with(*rules)
    assert objections(rule_set, thing, data.draw(st.permutations(had))) == objections(rule_set, thing, had)


@given(rules=sets(), thing=THING)
def test_what_is_said_to_lie_in_another_counter_fills_that_one_too(rules: tuple[dict, dict], thing: dict) -> None:
    rule_set = rules_with(*rules)
    found = counters_of(rule_set, thing)
    for counter in found:
        assert outers_of(rule_set, counter) <= set(found)


@given(rules=sets(), had=st.lists(THING, max_size=12))
def test_what_is_called_never_full_is_full_for_nobody(rules: tuple[dict, dict], had: list) -> None:
    rule_set, limits = rules_with(*rules), rules[1]
    have = filled(rule_set, had)
    for kind, *about in problems(rule_set):
        if kind == "counter-never-full":
            inner, outer = (one.rpartition(".")[2] for one in about[1:])
            assert have.get(inner, 0) < limits[inner] or have[outer] > limits[outer]


def chain_of_old(rules: Mapping[str, Any], material: str) -> tuple[str, ...]:
    """The counters of a material as they were before sets could describe their own."""
    around = {inner: outer for outer, inside in rules["nesting"].items() for inner in inside}
    parents = {child: parent for parent, children in rules["trees"]["material"].items() for child in children}
    node: str | None = material
    while node and node not in around and node not in rules["nesting"]:
        node = parents.get(node)
    if node is None:
        return (material,)
    chain = [material] if node != material else []
    while node:
        chain.append(node)
        node = around.get(node)
    return tuple(chain)


@pytest.mark.parametrize(
    "material", ["book", "comic", "large-picture-book", "magazine", "cd", "dvd", "daisy", "any", "x"]
)
def test_rules_without_counters_of_their_own_mean_what_they_meant(material: str) -> None:
    rules = house_rules()
    assert counters_of(RuleSet.read(rules), {"material": material}) == chain_of_old(rules, material)


BUS_AND_SUMMER = {
    "from-the-bus": {"transaction": "stop"},
    "of-kita": {"owner": "KITA", "material": ["book", "comic"]},
    "summer": {"collection": "summer"},
    "films-of-the-bus": {"transaction": "stop", "material": "dvd"},
}


def test_a_film_from_the_bus_fills_its_own_counter_that_of_the_bus_and_those_of_its_material() -> None:
    rule_set = rules_with(BUS_AND_SUMMER, {})
    film = lent_thing(
        material="dvd", collection="", origin="own", owner=("CHUO", "central"), transaction=("BUS", "stop")
    )
    assert set(counters_of(rule_set, film)) == {"from-the-bus", "films-of-the-bus", "dvd", "av", "total"}
    assert outers_of(rule_set, "films-of-the-bus") == {"from-the-bus", "dvd", "av", "total"}


def test_the_copy_counts_for_its_owner_and_the_loan_for_where_it_was_made() -> None:
    rule_set = rules_with(BUS_AND_SUMMER, {})
    lent_there = lent_thing(
        material="book", collection="", origin="own", owner=("CHUO", "central"), transaction=("KITA", "branch")
    )
    from_there = lent_thing(
        material="book", collection="", origin="own", owner=("KITA", "branch"), transaction=("CHUO", "central")
    )
    assert "of-kita" not in counters_of(rule_set, lent_there)
    assert "of-kita" in counters_of(rule_set, from_there)


def test_a_hold_fills_what_is_collected_at_its_place_and_no_counter_of_loans() -> None:
    rule_set = rules_with({**BUS_AND_SUMMER, "lockers": {"pickup": "locker"}}, {})
    wish = awaited_thing(material="book", collection="summer", pickup=("EKI", "locker"))
    assert set(counters_of(rule_set, wish)) == {"lockers", "summer", "book", "print", "total"}


def test_the_counter_is_named_in_words_with_how_many_there_may_be_and_are() -> None:
    names = {**house_rules()["names"], "of-kita": {"ja": "北図書館の本", "en": "books of Kita"}}
    rule_set = rules_with(BUS_AND_SUMMER, {"of-kita": 1}, names=names)
    book = lent_thing(
        material="book", collection="", origin="own", owner=("KITA", "branch"), transaction=("CHUO", "central")
    )
    on = date(2026, 5, 20)
    values = plain(rule_set.decide(book, on))
    lending = Lending(
        on=on, reader=Reader(card_expires_on=None, have=filled(rule_set, [book])),
        copy=Copy(kinds=(), counters=counters_of(rule_set, book)),
    )  # fmt: skip
    [reason] = objections_to_check_out(lending, LoanPolicy.of(values), OverduePolicy.of(values), rule_set.names)
    assert words(reason, "ja")[0] == "借りられる数に達しています（「北図書館の本」は1点まで、いま1点借りています）。"
    assert words(reason, "en")[0] == "The limit of loans is reached (books of Kita: 1 of 1)."


def said(counters: Mapping[str, Any], limits: Mapping[str, int], **more: Any) -> list[tuple[str, ...]]:
    return [one for one in problems(rules_with(counters, limits, **more)) if one[0].startswith("counter-")]


def test_a_counter_is_told_that_is_never_full_before_the_one_around_it() -> None:
    inner, outer = "loan.limit.films-of-the-bus", "loan.limit.from-the-bus"
    assert said(BUS_AND_SUMMER, {"films-of-the-bus": 3, "from-the-bus": 2}) == [
        ("counter-never-full", "基本", inner, outer)
    ]
    assert said(BUS_AND_SUMMER, {"films-of-the-bus": 2, "from-the-bus": 2}) == []


def test_a_stop_is_known_to_be_one_of_the_stops_where_the_network_says_so() -> None:
    counters = {"stops": {"transaction": "stop"}, "aoba": {"transaction": ["AOBA"]}, "kita": {"transaction": "KITA"}}
    rule_set = rules_with(counters, {"stops": 2, "aoba": 3, "kita": 3})
    assert problems(rule_set, {"AOBA": "stop", "KITA": "branch"}) == (
        ("counter-never-full", "基本", "loan.limit.aoba", "loan.limit.stops"),
    )


def test_a_counter_that_somebody_can_fill_is_let_be() -> None:
    rules = written(BUS_AND_SUMMER, {"films-of-the-bus": 3, "from-the-bus": 2})
    more = {"id": "学級", "from": "2020-04-01", "if": {"category": "class"}, "give": {"loan.limit.from-the-bus": 40}}
    rules["rules"].append(more)
    assert objections_to_rules(rules) == ()


def test_a_rule_that_gives_both_limits_is_judged_by_its_own() -> None:
    rules = written(BUS_AND_SUMMER, {"films-of-the-bus": 2, "from-the-bus": 5})
    give = {"loan.limit.from-the-bus": 1, "loan.limit.films-of-the-bus": 2}
    rules["rules"].append({"id": "近隣市", "from": "2020-04-01", "if": {"residency": "neighbour"}, "give": give})
    [told] = problems(RuleSet.read(rules))
    assert told == ("counter-never-full", "近隣市", "loan.limit.films-of-the-bus", "loan.limit.from-the-bus")


def test_a_counter_that_nothing_fills_is_told() -> None:
    assert said({"a": {}}, {}) == [("counter-empty", "a")]
    assert said({"a": {"material": []}}, {}) == [("counter-empty", "a")]
    assert said({"a": {"transaction": "BUS", "pickup": "BUS"}}, {}) == [("counter-empty", "a")]
    assert said({"dvd": {"owner": "KITA"}}, {}) == [("counter-taken", "dvd")]
    assert said({}, {}, nesting={"x": ["y"], "y": ["x"]}) == [("counter-in-itself", "x"), ("counter-in-itself", "y")]


def test_a_limit_of_loans_on_what_only_holds_fill_is_told_and_the_other_way_round() -> None:
    assert said({"a": {"pickup": "locker"}}, {"a": 2}) == [("counter-of-other-kind", "基本", "loan.limit.a")]
    assert said({"a": {"owner": "KITA"}}, {"a": 2}, what="hold") == [("counter-of-other-kind", "基本", "hold.limit.a")]
    assert said({"a": {"collection": "summer"}}, {"a": 2}, what="hold") == []


def test_a_counter_over_something_unknown_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="moon"):
        rules_with({"a": {"moon": "full"}}, {})
