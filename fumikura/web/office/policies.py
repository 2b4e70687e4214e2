"""貸出の規則: who may borrow what, how long, where; and what would happen if. Each value names the rule it came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.circulation.models import PolicyDraft, PolicySet
from fumikura.circulation.queries import place_path, rules_in_force
from fumikura.circulation.rules.counting import counters_of
from fumikura.circulation.rules.dates import due_date
from fumikura.circulation.rules.policies import LoanPolicy, plain
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for, facilities
from fumikura.organisation.rules import NeverOpen
from fumikura.patrons.models import Category, Patron
from fumikura.patrons.queries import categories
from fumikura.web.design.days import day, in_japanese
from fumikura.web.materials import MATERIALS
from fumikura.web.office.frame import name_of, office
from fumikura.web.office.history import history_of_rules
from fumikura.web.office.rule_words import SERVICES, counter_name, say, say_of
from fumikura.web.visitors import for_staff, typed, visitor
from fumikura.web.whys import why_sentence

TABLE = ("book", "comic", "magazine", "cd", "dvd")
"""The columns of the table."""
SHOWN: Mapping[str, Promise] = {
    "loan.allowed": gettext_lazy("貸すか"),
    "loan.period": gettext_lazy("貸出の日数"),
    "loan.unit": gettext_lazy("日数の数え方"),
    "loan.closed_day": gettext_lazy("期限が休館日に当たるとき"),
    "loan.hard": gettext_lazy("決まった期限の日"),
    "renewal.max": gettext_lazy("延長の回数"),
    "renewal.period": gettext_lazy("延長の日数"),
    "renewal.anchor": gettext_lazy("延長を数え始める日"),
    "renewal.overdue": gettext_lazy("延滞中の延長"),
    "hold.allowed": gettext_lazy("予約できるか"),
    "hold.on_shelf": gettext_lazy("棚にある本の予約"),
    "hold.shelf_days": gettext_lazy("取り置きの日数"),
    "overdue.blocks_loans_from_day": gettext_lazy("貸出が止まる延滞の日数"),
}


@dataclass(frozen=True, kw_only=True)
class Value:
    """One answer of the rules: what, how much, by which rule, and why not the others."""

    words: str
    value: str
    rule: str
    passed_over: tuple[dict[str, str], ...]


@require_safe
@for_staff("circulation.set-rules")
def policies(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    draft = _draft(request)
    asked = _asked(request, max(today, draft.effective_from) if draft else today)
    page: dict[str, object] = {
        "versions": PolicySet.objects.order_by("-version"),
        "drafts": PolicyDraft.objects.filter(closed_at=None).select_related("base").order_by("-changed_at"),
        "history": history_of_rules(),
        "request_key": uuid4().hex,
        "today": today,
        "categories": [(one.code, _category(one)) for one in categories()],
        "residencies": [(code, str(name)) for code, name in Patron.Residency.choices],
        "services": [("", _("なし")), *((code, str(words)) for code, words in SERVICES.items())],
        "materials": [(code, MATERIALS[code]) for code in TABLE],
        "sites": [(one.code, name_of(one)) for one in facilities()],
        "asked": asked,
    }
    try:
        rules = Tried(RuleSet.read(draft.rules), draft.name) if draft else Tried(rules_in_force(asked["on"]).rule_set)
        page |= {"tried": rules.name}
        page |= {"table": _table(rules, asked, today), "answer": _answer(rules, asked)}
    except Refused as refused:
        page["reasons"] = [words(reason, get_language() or "ja") for reason in refused.reasons]
    return office(request, "policies", page)


@dataclass(frozen=True)
class Tried:
    """The rules that the simulator asks: those in force, or a draft."""

    rule_set: RuleSet
    name: str = ""


def _draft(request: HttpRequest) -> PolicyDraft | None:
    number = typed(request.GET, "draft", 9)
    return PolicyDraft.objects.filter(pk=int(number)).first() if number.isdecimal() else None


def _asked(request: HttpRequest, usual: date) -> dict[str, Any]:
    """The simulator's form; what cannot be read is as on an ordinary day, and the day is the `usual` one."""
    places = {one.code: one for one in facilities()}
    here = visitor(request).facility
    try:
        on = date.fromisoformat(typed(request.GET, "on", 10))
        on = on if 1950 <= on.year <= 2150 else usual
    except ValueError:
        on = usual
    age = typed(request.GET, "age", 3)
    place = places.get(typed(request.GET, "site", 20)) or here
    known = _lineages(categories())
    category = typed(request.GET, "category", 20)
    material = typed(request.GET, "material", 20)
    residency, service = typed(request.GET, "residency", 10), typed(request.GET, "service", 20)
    return {
        "draft": typed(request.GET, "draft", 9),
        "lineages": known,
        "on": on,
        "age": int(age) if age.isdecimal() and age.isascii() else 30,
        "place": place,
        "site": place.code if place else "",
        "category": category if category in known else "adult" if "adult" in known else next(iter(known), ""),
        "material": material if material in MATERIALS else "book",
        "service": service if service in SERVICES else "",
        "residency": residency if residency in Patron.Residency.values else "resident",
    }


def _category(one: Category) -> str:
    return one.name if in_japanese() or not one.name_en else one.name_en


def _lineages(rows: Iterable[Category]) -> dict[str, tuple[str, ...]]:
    """Each category's code to itself and all above it, the nearest first."""
    by_row = {one.pk: one for one in rows}
    found = {}
    for one in by_row.values():
        lineage, step = [one.code], one
        while step.parent_id:
            step = by_row[step.parent_id]
            lineage.append(step.code)
        found[one.code] = tuple(lineage)
    return found


def _subject(asked: Mapping[str, Any], *, category: str, material: str) -> dict[str, Any]:
    place = asked["place"]
    return {
        "mode": "normal",
        "origin": "own",
        "material": material,
        "category": asked["lineages"].get(category, ()),
        "residency": asked["residency"],
        "service": asked["service"] or None,
        "age": asked["age"],
        "channel": "desk",
        **(
            {"transaction": place_path(place), "owner": place_path(place), "pickup": place_path(place)} if place else {}
        ),
    }


def _table(rules: Tried, asked: Mapping[str, Any], today: date) -> list[dict[str, Any]]:
    """One row a category; for each material how many, how long, how often renewed."""
    known = list(categories())
    parents = {one.parent_id for one in known}
    used = set(Patron.objects.values_list("category", flat=True).distinct())
    rows = []
    for category in known:
        if category.pk in parents and category.pk not in used:
            continue
        cells = []
        for material in TABLE:
            subject = _subject(asked, category=category.code, material=material)
            given = plain(rules.rule_set.decide(subject, asked["on"]))
            cells.append(_cell(rules.rule_set, given, subject))
        rows.append({"name": _category(category), "cells": cells})
    return rows


def _cell(rule_set: RuleSet, given: Mapping[str, Any], subject: Mapping[str, Any]) -> dict[str, str]:
    if not given["loan.allowed"]:
        return {"limit": "—", "period": _("貸しません"), "renewal": ""}
    counters = [
        (counter, given[f"loan.limit.{counter}"])
        for counter in counters_of(rule_set, subject)
        if isinstance(given.get(f"loan.limit.{counter}"), int)
    ]
    limits = [f"{counter_name(rule_set, counter)} {limit}" for counter, limit in counters]
    period = _("{days}日（開館日）") if given["loan.unit"] == "open" else _("{days}日")
    renewal = given["renewal.max"]
    return {
        "limit": "・".join(limits) or _("上限なし"),
        "period": period.format(days=given["loan.period"]),
        "renewal": _("延長なし") if renewal == 0 else _("延長{times}回").format(times=say(renewal)),
    }


def _answer(rules: Tried, asked: Mapping[str, Any]) -> dict[str, Any]:
    subject = _subject(asked, category=asked["category"], material=asked["material"])
    rule_set, on = rules.rule_set, asked["on"]
    outputs: list[tuple[str, str]] = [(output, str(label)) for output, label in SHOWN.items()]
    for counter in counters_of(rule_set, subject):
        name = counter_name(rule_set, counter)
        outputs.append((f"loan.limit.{counter}", _("借りられる数（{counter}）").format(counter=name)))
        outputs.append((f"hold.limit.{counter}", _("予約できる数（{counter}）").format(counter=name)))
    spoken = {output for rule in rule_set.rules for output in rule.gives}
    values = [_value(rule_set, output, label, subject, on) for output, label in outputs if output in spoken]
    return {"values": values, **_due(rule_set, subject, asked["place"], on)}


def _value(rule_set: RuleSet, output: str, label: str, subject: Mapping[str, Any], on: date) -> Value:
    given = rule_set.explain(output, subject, on)
    return Value(
        words=label,
        value=say_of(output, given.value),
        rule=given.rule,
        passed_over=tuple({"kind": "skip", "sentence": rule, "note": say(why)} for rule, why in given.passed_over),
    )


def _due(rule_set: RuleSet, subject: Mapping[str, Any], place: Facility | None, on: date) -> dict[str, Any]:
    """The due date of a loan made that day at that place, and why."""
    if place is None:
        return {}
    calendar = calendar_for(place)
    terms = LoanPolicy.of(plain(rule_set.decide(subject, on))).terms(card_expires_on=None)
    try:
        due = due_date(start=on, terms=terms, calendar=calendar)
    except (NeverOpen, OverflowError):
        return {}
    return {
        "due": day(due.on),
        "why": [why_sentence(Reason(f"due-{code}")) for code in due.why],
        "closed": not calendar.is_open(on),
    }
