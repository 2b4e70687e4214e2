"""督促: the night job that finds which stage is due, and the people who telephone, print and visit."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from fumikura.circulation.models import Loan, LoanQuerySet, Reminder
from fumikura.circulation.network_events import OverdueReminded, ReminderByLetter, ReminderDone, ReminderReopened
from fumikura.circulation.queries import RulesInForce, mode_for, place_path, rules_in_force
from fumikura.circulation.rules.reminding import Message, Overdue, messages_of, stage_due, stages_of
from fumikura.circulation.services.exempting import forget_exemptions, not_exempt
from fumikura.circulation.services.scene import Scene, lock_patron
from fumikura.kernel.actors import Actor
from fumikura.organisation.queries import mode_of_network
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import lending_facts


def remind(*, by: Actor, at: datetime) -> list[str]:
    """The night job: each household gets one message by the way of its furthest stage, addressed to the guardian.

    Each household is a transaction of its own: no desk waits for the whole city, and a run that was cut off goes on where
    it stopped, because what was carried out is noted on the loans. Not reminded: what a machine has received, what is
    claimed returned or declared lost, what is exempted, overnight and in-house loans. In disaster mode nothing leaves the house; afterwards
    the stages are made good as one. Answers what staff have to do.
    """
    by.require("circulation.remind")
    scene = Scene(by, at)
    forget_exemptions(scene)
    households = _households(scene)
    if mode_of_network() == "disaster":
        due = any(True for household in households for _one in _overdue(household, scene))
        return ["reminders-held-back"] if due else []
    return [message for household in households for message in _remind_household(household, scene)]


def _open_and_overdue(scene: Scene) -> LoanQuerySet:
    return _to_remind(scene.on)


def _to_remind(on: date) -> LoanQuerySet:
    loans = Loan.objects.open().filter(due_on__lt=on, received_at=None, claimed_at=None, lost_at=None, kind="loan")
    return not_exempt(loans, on)


def _households(scene: Scene) -> list[int]:
    """The guardian, or the reader without one, of everything overdue."""
    head = Coalesce("patron__guardian", "patron")
    return list(_open_and_overdue(scene).values_list(head, flat=True).distinct().order_by(head))


@transaction.atomic
def _remind_household(household: int, scene: Scene) -> list[str]:
    reader = lock_patron(household)
    overdue = list(_overdue(household, scene))
    return [told for message in messages_of(overdue) for told in _carry_out(message, reader, scene)]


def _overdue(household: int, scene: Scene) -> Iterable[Overdue]:
    rules = rules_in_force(scene.on)
    of_all = Q(patron=household) | Q(patron__guardian=household)
    rows = _open_and_overdue(scene).filter(of_all).select_related("patron__home", "item__home", "lent_facility")
    for loan in rows.order_by("pk"):
        assert loan.patron is not None
        if (loan.patron.guardian_id or loan.patron.pk) != household:
            continue
        stages = stages_of(rules.rule_set.decide(_subject(loan, rules, scene), scene.on)["overdue.stages"].value)
        if stage := stage_due(stages, due_on=loan.due_on, on=scene.on, reminded=loan.reminded):
            yield Overdue(loan=loan.pk, household=household, stage=stage)


def _subject(loan: Loan, rules: RulesInForce, scene: Scene) -> dict[str, Any]:
    assert loan.patron is not None
    facts = lending_facts(loan.patron, scene.on)
    return {
        "mode": mode_for(rules.rule_set),
        "material": loan.item.material,
        "collection": loan.item.collection or None,
        "origin": loan.item.origin,
        "category": facts.categories,
        "residency": facts.residency,
        "service": facts.services,
        "age": facts.age,
        "owner": place_path(loan.item.home),
        "transaction": place_path(loan.lent_facility),
    }


def _carry_out(message: Message, reader: Patron, scene: Scene) -> list[str]:
    stage = message.stage
    has_mail = Patron.objects.filter(pk=reader.pk).exclude(email="").exists()
    channel = "telephone" if stage.by == "e-mail" and not has_mail else stage.by
    for one in message.loans:
        loan = Loan.objects.get(pk=one.loan)
        Loan.objects.filter(pk=loan.pk).update(reminded=[*loan.reminded, one.stage.day])
    if channel != "e-mail":
        Reminder.objects.create(patron=reader, channel=channel, stage=stage.day, made_on=scene.on)
    reminded = OverdueReminded(channel=channel, stage=stage.day, loans=len(message.loans))
    scene.record(reminded, patron_key=reader.key)
    return [f"call-list:{reader.key}"] if channel == "telephone" else []


def reminders_to_do(*channels: str) -> list[Reminder]:
    """What waits to be done by these ways, the oldest first; households that have brought everything back are left out."""
    waiting = Reminder.objects.filter(done_at=None, channel__in=channels).select_related("patron__home")
    by_day: dict[date, list[Reminder]] = {}
    for one in waiting.order_by("made_on", "pk"):
        by_day.setdefault(one.made_on, []).append(one)
    return [
        one
        for made_on, rows in by_day.items()
        for overdue in [overdue_of_households([one.patron for one in rows], made_on)]
        for one in rows
        if overdue[one.patron_id]
    ]


def overdue_of_household(patron: Patron, on: date) -> list[Loan]:
    """Everything overdue on that day that a guardian and the wards still have, but for what is exempted."""
    return overdue_of_households([patron], on)[patron.pk]


def overdue_of_households(heads: Iterable[Patron], on: date) -> dict[int, list[Loan]]:
    """The same of many, by the number of who answers for the household: one question for all."""
    found: dict[int, list[Loan]] = {head.pk: [] for head in heads}
    loans = _to_remind(on)
    of_all = loans.filter(patron__in=found) | loans.filter(patron__guardian__in=found)
    for loan in of_all.select_related("item__record", "patron").defer("item__record__marc").order_by("due_on", "pk"):
        assert loan.patron is not None
        for number in found.keys() & {loan.patron.pk, loan.patron.guardian_id}:
            found[number].append(loan)
    return found


@transaction.atomic
def finish_reminders(*, reminders: Iterable[int], by: Actor, at: datetime) -> list[int]:
    """Telephoned, printed or visited: off the list. Answers which; those done already are passed over."""
    by.require("circulation.remind")
    scene = Scene(by, at)
    done = []
    for one in Reminder.objects.select_for_update().filter(pk__in=list(reminders), done_at=None).order_by("pk"):
        Reminder.objects.filter(pk=one.pk).update(done_at=scene.at)
        scene.record(ReminderDone(channel=one.channel, stage=one.stage), f"circulation.reminder:{one.pk}")
        done.append(one.pk)
    return done


@transaction.atomic
def remind_by_letter(*, reminders: Iterable[int], by: Actor, at: datetime) -> int:
    """Whom nobody can telephone gets a letter, one a household. Answers how many; what is no call to make is passed over."""
    by.require("circulation.remind")
    scene = Scene(by, at)
    calls = Reminder.objects.select_for_update().filter(pk__in=list(reminders), done_at=None, channel="telephone")
    moved = list(calls.order_by("pk"))
    for one in moved:
        has_letter = Reminder.objects.filter(patron=one.patron_id, done_at=None, channel="letter").exists()
        change = {"done_at": scene.at} if has_letter else {"channel": "letter"}
        Reminder.objects.filter(pk=one.pk).update(**change)
        scene.record(ReminderByLetter(stage=one.stage), f"circulation.reminder:{one.pk}")
    return len(moved)


@transaction.atomic
def reopen_reminders(*, reminders: Iterable[int], by: Actor, at: datetime) -> int:
    """It was the wrong line: on the list again. Answers how many."""
    by.require("circulation.remind")
    scene = Scene(by, at)
    rows = Reminder.objects.select_for_update().filter(pk__in=list(reminders)).exclude(done_at=None)
    found = list(rows.order_by("pk"))
    for one in found:
        Reminder.objects.filter(pk=one.pk).update(done_at=None)
        scene.record(ReminderReopened(channel=one.channel, stage=one.stage), f"circulation.reminder:{one.pk}")
    return len(found)
