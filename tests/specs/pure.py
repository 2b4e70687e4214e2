"""Cases that need no rows: dates and the resolution of rules."""

from typing import Any

from fumikura.circulation.rules.dates import HardDate, ShelfTerms, Terms, due_date, shelf_until
from fumikura.circulation.rules.resolution import DIMENSIONS, RuleSet
from fumikura.circulation.rules.saving import problems
from fumikura.organisation.rules import Calendar
from fumikura.patrons.rules import age_on
from tests.specs.cases import moment, read


def calendar(given: Any, world: dict[str, Any]) -> Calendar:
    rules = world["calendars"][given] if isinstance(given, str) else given
    return Calendar(tuple(rules))


def play_due_date(case: dict[str, Any]) -> dict[str, Any]:
    given, when = case["given"], case["when"]
    rules = {**world_of(case)["rules"]["loan"], **given["rules"]}
    chosen = given["calendar"] if "calendar" in given else given["calendars"][rules["calendar_of"]]
    terms = Terms(
        period=rules["period"],
        unit=rules["unit"],
        closed_day=rules["closed_day"],
        hard=HardDate.read(rules.get("hard", "none")),
        card_expires_on=given.get("card_expires") if rules["cap_at_card_expiry"] else None,
    )
    start = when["lent"] if "lent" in when else moment(when["lent_at"]).date()
    due = due_date(start=start, terms=terms, calendar=calendar(chosen, world_of(case)))
    return {"due": due.on, **({"why": list(due.why)} if due.why else {})}


def play_shelf_until(case: dict[str, Any]) -> dict[str, Any]:
    given, when = case["given"], case["when"]
    rules = {**world_of(case)["rules"]["hold"], **given["rules"]}
    until = shelf_until(
        ready_on=when["ready"],
        contact=when["contact"],
        terms=ShelfTerms(
            shelf_days=rules["shelf_days"],
            shelf_unit=rules["shelf_unit"],
            extension_days=rules.get("extension", rules["extension_days"]),
            letter_days=rules.get("letter_days", 2),
        ),
        calendar=calendar(given["calendar"], world_of(case)),
        reached_on=when.get("reached"),
        extensions=when.get("extended", 0),
    )
    return {"until": until or "open-ended"}


def world_of(case: dict[str, Any]) -> dict[str, Any]:
    """The town of the published cases, or the one that a case of our own brings along."""
    return case.get("world") or read("world.yaml")


def rule_set(case: dict[str, Any]) -> RuleSet:
    world = world_of(case)
    given = case["given"]
    return RuleSet.read(
        {
            "rules": given["rules"],
            "counters": given.get("counters", {}),
            "trees": world["trees"],
            "nesting": world["rules"]["nesting"],
        }
    )


def subject(when: dict[str, Any]) -> dict[str, Any]:
    written = dict(when["subject"])
    if "born" in written:
        written["age"] = age_on(written.pop("born"), when["day"])
    return written


def play_resolve(case: dict[str, Any]) -> dict[str, Any]:
    when = case["when"]
    answers = rule_set(case).decide(subject(when), when["day"])
    return {"gives": {output: [answers[output].value, answers[output].rule] for output in case["then"]["gives"]}}


def play_explain(case: dict[str, Any]) -> dict[str, Any]:
    when = case["when"]
    explained = {}
    for output in case["then"]["explains"]:
        given = rule_set(case).explain(output, subject(when), when["day"])
        passed_over = [list(pair) for pair in given.passed_over]
        explained[output] = {"value": given.value, "rule": given.rule, "passed_over": passed_over}
    return {"explains": explained}


def play_save_rules(case: dict[str, Any]) -> dict[str, Any]:
    return {"rejected": [list(problem) for problem in problems(rule_set(case))]}


GIVEN = {
    "due_date": {"calendar", "calendars", "rules", "card_expires"},
    "shelf_until": {"calendar", "rules"},
    "resolve": {"rules"},
    "explain": {"rules"},
    "save_rules": {"rules", "counters"},
}
WHEN = {
    "due_date": {"lent", "lent_at"},
    "shelf_until": {"ready", "contact", "reached", "extended"},
    "resolve": {"day", "subject"},
    "explain": {"day", "subject"},
    "save_rules": set(),
}
OF_LOAN = {"allowed", "period", "unit", "closed_day", "calendar_of", "cap_at_card_expiry", "hard"}
OF_SHELF = {"shelf_days", "shelf_unit", "extension", "extension_days", "extensions", "letter_days"}


def unknown_words(case: dict[str, Any]) -> list[str]:
    """The words of a case without rows that nothing here reads; empty when it can be played."""
    given, when = case["given"], case["when"]
    verb = when["verb"]
    rules = {"due_date": OF_LOAN, "shelf_until": OF_SHELF}.get(verb)
    subject = when.get("subject", {}).keys() - {*DIMENSIONS, "born"}
    return sorted(
        {
            *(given.keys() - GIVEN[verb]),
            *(when.keys() - WHEN[verb] - {"verb"}),
            *(given["rules"].keys() - rules if rules else ()),
            *subject,
        }
    )


def play(case: dict[str, Any]) -> dict[str, Any]:
    """What comes of a case without rows. A word that nothing reads is no case of ours."""
    if words := unknown_words(case):
        raise AssertionError("not understood: " + ", ".join(words))
    return VERBS[case["when"]["verb"]](case)


VERBS = {
    "due_date": play_due_date,
    "shelf_until": play_shelf_until,
    "resolve": play_resolve,
    "explain": play_explain,
    "save_rules": play_save_rules,
}
