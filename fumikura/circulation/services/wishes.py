"""Gathering, under lock, everything that decides whether somebody may borrow something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from fumikura.circulation.models import Loan, LoanQuerySet
from fumikura.circulation.queries import RulesInForce, mode_for, place_path
from fumikura.circulation.rules.counting import counters_of, filled, lent_thing
from fumikura.circulation.rules.lending import Copy, Lending, Reader, objections_to_check_out, remarks_on_check_out
from fumikura.circulation.rules.policies import HoldPolicy, LoanPolicy, OverduePolicy, plain
from fumikura.circulation.rules.resolution import Given, Subject
from fumikura.circulation.services.claims import Claim, claim_on
from fumikura.circulation.services.exempting import not_exempt
from fumikura.circulation.services.scene import (
    Scene,
    Whereabouts,
    asked_lock_on_patron,
    asked_rules,
    asked_site,
    asked_whereabouts,
    find,
    lock_living_patron,
)
from fumikura.circulation.subjects import copy_in_dimensions, reader_in_dimensions
from fumikura.holdings.models import Item
from fumikura.kernel.refusals import Reason
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import asked_exceptional_days, calendar_for
from fumikura.organisation.rules import AudienceHours, Calendar, serves, weekdays_for, weekdays_of_desk
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import asked_lending_facts, lending_facts
from fumikura.patrons.rules import PatronFacts, needs_guardian
from fumikura.statements.ahead import Asked, read_ahead
from fumikura.statements.reads import prepared


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One wish to borrow: who, what, and what the rules say to it."""

    scene: Scene
    patron: Patron
    facts: PatronFacts
    where: Whereabouts
    rules: RulesInForce
    answers: Mapping[str, Given]
    kind: str
    objections: tuple[Reason, ...]
    remarks: tuple[str, ...]
    term: date | None = None
    """The last day of a term that was agreed upon, instead of what the rules say."""


def consider(*, item: Item, patron: Patron, scene: Scene, kind: str) -> Wish:
    """Lock reader and copy and ask the rules. What both are asked for is read in two trips."""
    with read_ahead(asked_lock_on_patron(patron.pk), asked_site(scene)):
        patron, was_merged = lock_living_patron(patron.pk)
        site = scene.site
    questions = (
        *asked_lending_facts(patron, scene.on),
        *asked_rules(scene),
        _loans_of.asked(patron=patron.pk),
        asked_exceptional_days(site),
    )
    with read_ahead(*asked_whereabouts(item), *questions):
        return _considered(item, patron, scene, kind, was_merged=was_merged)


def _considered(item: Item, patron: Patron, scene: Scene, kind: str, *, was_merged: bool) -> Wish:
    where = find(item)
    facts = lending_facts(patron, scene.on)
    rules = scene.rules
    subject = _subject(where.item, facts, scene, rules)
    answers = rules.rule_set.decide(subject, scene.on)
    values = plain(answers)
    overdue = OverduePolicy.of(values)
    claim = claim_on(where, patron, HoldPolicy.of(values), here=scene.site.code, on=scene.on)
    lending = Lending(
        on=scene.on,
        kind=kind,
        reader=_reader(patron, facts, where, rules, overdue, on=scene.on),
        copy=_copy(where, patron, claim, rules, subject),
        site_lends=scene.site.lends,
        audience_is_served=is_served(facts, scene),
        **_overnight(scene, kind, values),
    )
    return Wish(
        scene=scene,
        patron=patron,
        facts=facts,
        where=where,
        rules=rules,
        answers=answers,
        kind=kind,
        objections=objections_to_check_out(lending, LoanPolicy.of(values), overdue, rules.rule_set.names),
        remarks=(
            *(["patron-was-merged"] if was_merged else []),
            *remarks_on_check_out(lending, overdue, site_is_open=scene.calendar.is_open(scene.on)),
        ),
    )


def is_served(facts: PatronFacts, scene: Scene) -> bool:
    """Whether the site serves this reader at this hour. The people of a school are its classes and whoever is registered there."""
    if not scene.site.openings:
        return True
    return serves(scene.openings, audiences_of(facts, scene.site.code), timezone.localtime(scene.at))


def audiences_of(facts: PatronFacts, site: str) -> frozenset[str]:
    """school for the classes and for whoever is registered at that site."""
    return frozenset({"school"} if "class" in facts.categories or facts.home == site else ())


def calendar_for_reader(facts: PatronFacts, scene: Scene) -> Calendar:
    """On which days this reader can come to this desk: what open days are counted by."""
    if not scene.site.openings:
        return scene.calendar
    return scene.calendar.on_weekdays(weekdays_for(scene.openings, audiences_of(facts, scene.site.code)))


def calendar_of_desk(facts: PatronFacts, site: Facility, desk: str) -> Calendar:
    """The same for a desk that is not at work here and now: the one that lent what is renewed."""
    openings = tuple(map(AudienceHours.read, site.openings))
    staffed = calendar_for(site).on_weekdays(weekdays_of_desk(openings, desk))
    return staffed.on_weekdays(weekdays_for(openings, audiences_of(facts, site.code)))


def _subject(item: Item, facts: PatronFacts, scene: Scene, rules: RulesInForce) -> dict[str, Any]:
    """The wish in the published dimensions of the rules."""
    return {
        "mode": mode_for(rules.rule_set),
        **copy_in_dimensions(item),
        **reader_in_dimensions(facts),
        "transaction": place_path(scene.site),
        "channel": scene.by.via,
    }


def _reader(
    patron: Patron, facts: PatronFacts, where: Whereabouts, rules: RulesInForce, overdue: OverduePolicy, *, on: date
) -> Reader:
    things: list[Subject] = []
    due_days: list[date] = []
    for item, kind, due_on, claimed_at, material, collection, origin, *places in _loans_of(patron=patron.pk):
        if item == where.item.pk:
            continue
        if kind != "in-house":
            owner, transaction = (places[0], places[1]), (places[2], places[3])
            things.append(
                lent_thing(
                    material=material, collection=collection, origin=origin, owner=owner, transaction=transaction
                )
            )
        if claimed_at is None:
            due_days.append(due_on)
    if overdue.scope == "household":
        due_days += _due_days_of_household(patron)
    if overdue.spares_the_exempted and any(day < on for day in due_days):
        due_days = _days_not_exempted(patron, overdue.scope, on, besides=where.item.pk)
    return Reader(
        card_expires_on=facts.card_expires_on,
        card_stopped=facts.card_stopped,
        age=facts.age,
        blocks=tuple(reason for reason in facts.blocks if reason != "holds-paused"),
        overdue_since=min(due_days) + timedelta(days=1) if due_days else None,
        have=filled(rules.rule_set, things),
        consents=frozenset(patron.consents),
        has_guardian=patron.guardian_id is not None and needs_guardian(patron.born_on, on) and not facts.is_group,
    )


@prepared
def _loans_of(patron: int) -> "QuerySet[Loan, tuple[Any, ...]]":
    """Which copy, how, until when, whether claimed returned; then what it is, whose, and where lent."""
    loans = Loan.objects.open().filter(patron=patron, received_at=None)
    return loans.values_list(
        "item_id", "kind", "due_on", "claimed_at",
        "item__material", "item__collection", "item__origin", "item__home__code", "item__home__kind",
        "lent_facility__code", "lent_facility__kind",
    )  # fmt: skip


def overdue_since(patron: Patron, overdue: OverduePolicy, on: date) -> date | None:
    """The first overdue day of anything that the reader, or the household where the rule says so, has.

    What is exempted does not count where the rule says that an exemption stops the block too.
    """
    days = _overdue_days_of(patron=patron.pk, on=on)
    if overdue.scope == "household":
        days += [day for day in _due_days_of_household(patron) if day < on]
    if days and overdue.spares_the_exempted:
        days = _days_not_exempted(patron, overdue.scope, on)
    return min(days) + timedelta(days=1) if days else None


def asked_overdue_since(patron: Patron, on: date) -> Asked:
    """What `overdue_since` reads of the reader alone, for `read_ahead`."""
    return _overdue_days_of.asked(patron=patron.pk, on=on)


@prepared
def _overdue_days_of(patron: int, on: date) -> "QuerySet[Loan, date]":
    loans = Loan.objects.open().filter(received_at=None, claimed_at=None, patron=patron, due_on__lt=on)
    return loans.values_list("due_on", flat=True)


def _due_days_of_household(patron: Patron) -> list[date]:
    return list(_loans_of_household(patron).values_list("due_on", flat=True))


def _loans_of_household(patron: Patron) -> LoanQuerySet:
    """The open loans of a guardian and of all who belong to that guardian."""
    head = patron.guardian_id or patron.pk
    loans = Loan.objects.open().filter(received_at=None, claimed_at=None)
    return loans.filter(patron_id=head) | loans.filter(patron__guardian_id=head)


def _days_not_exempted(patron: Patron, scope: str, on: date, *, besides: int = 0) -> list[date]:
    """Due days of what is overdue and not exempted. Asked only of somebody who is overdue; `besides` is the item in hand."""
    own = Loan.objects.open().filter(received_at=None, claimed_at=None, patron=patron)
    late = (_loans_of_household(patron) if scope == "household" else own).filter(due_on__lt=on).exclude(item=besides)
    return list(not_exempt(late, on).values_list("due_on", flat=True))


def _copy(where: Whereabouts, patron: Patron, claim: Claim, rules: RulesInForce, subject: Subject) -> Copy:
    item, loan = where.item, where.loan
    on_loan_to = ""
    if loan and loan.received_at is None:
        on_loan_to = "reader" if loan.patron_id == patron.pk else "other"
    return Copy(
        kinds=rules.rule_set.lineage("material", item.material),
        counters=counters_of(rules.rule_set, subject),
        is_withdrawn=where.is_withdrawn,
        on_loan_to=on_loan_to,
        is_held_for_another=claim.is_for_another,
        is_shelf_time_over=claim.is_over,
        reference_only=item.reference_only,
        in_house_only=item.in_house_only,
        is_latest_issue=item.is_latest_issue,
        lendable_from=item.lendable_from,
        age_from=item.age_from,
    )


def _overnight(scene: Scene, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if kind != "overnight":
        return {}
    before = values["overnight.from_minutes_before_closing"]
    opens = datetime.combine(scene.on, scene.site.closes) - timedelta(minutes=before)
    return {
        "is_too_early_for_overnight": scene.minutes_before_closing() > before,
        "overnight_from": opens.strftime("%H:%M"),
    }
