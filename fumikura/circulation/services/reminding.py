"""督促: the night job that finds which stage is due, and the people who telephone, print and visit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from fumikura.circulation.models import Loan, LoanQuerySet, Reminder
from fumikura.circulation.network_events import OverdueReminded, ReminderByLetter, ReminderDone, ReminderReopened
from fumikura.circulation.queries import mode_for, place_path
from fumikura.circulation.rules.reminding import Message, Overdue, messages_of, stage_due, stages_for
from fumikura.circulation.services.exempting import forget_exemptions, not_exempt
from fumikura.circulation.services.scene import Scene, lock_patron
from fumikura.circulation.subjects import copy_in_dimensions, reader_in_dimensions
from fumikura.journal.events import Event
from fumikura.journal.services import entry_for, record_many
from fumikura.kernel.actors import Actor
from fumikura.organisation.queries import mode_of_network
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import standing_of_each
from fumikura.patrons.rules import Standing, needs_guardian


def remind(*, by: Actor, at: datetime) -> list[str]:
    """The night job: each household gets one message by the way of its furthest stage, addressed to the guardian.

    Each household is a transaction of its own: no desk waits for the whole city, and a run that was cut off goes on where
    it stopped, because what was carried out is noted on the loans. Not reminded: what a machine has received, what is
    claimed returned or declared lost, what is exempted, and what was read in the house: staff look for that themselves. What
    went home for a night has stages of its own. In disaster mode nothing leaves the house; afterwards
    the stages are made good as one. Answers what staff have to do.
    """
    by.require("circulation.remind")
    scene = Scene(by, at)
    forget_exemptions(scene)
    households = _households_due(scene)
    if mode_of_network() == "disaster":
        return ["reminders-held-back"] if households else []
    return [message for household in households for message in _remind_household(household, scene)]


def _open_and_overdue(scene: Scene) -> LoanQuerySet:
    """With what a stage is decided by, and nothing more: a city has ten thousand of them."""
    rows = _to_remind(scene.on).select_related("patron", "item__home", "lent_facility")
    return rows.only(
        "kind", "due_on", "reminded", "item__material", "item__collection", "item__origin", "item__home__code", "item__home__kind",
        "lent_facility__code", "lent_facility__kind", "patron__guardian", "patron__category", "patron__residency",
        "patron__services", "patron__born_on",
    )  # fmt: skip


def _to_remind(on: date) -> LoanQuerySet:
    loans = Loan.objects.open().filter(due_on__lt=on, received_at=None, claimed_at=None, lost_at=None)
    return not_exempt(loans.exclude(kind="in-house"), on)


def _households_due(scene: Scene) -> list[int]:
    """Those to whom something is to be said today: the others, nearly all of a city's, are neither locked nor asked."""
    return sorted({one.household for one in _due_among(_open_and_overdue(scene), scene)})


@transaction.atomic
def _remind_household(household: int, scene: Scene) -> list[str]:
    reader = lock_patron(household)
    of_all = _open_and_overdue(scene).filter(Q(patron=household) | Q(patron__guardian=household)).order_by("pk")
    overdue = [one for one in _due_among(of_all, scene) if one.household == household]
    return [told for message in messages_of(overdue) for told in _carry_out(message, reader, scene)]


def _due_among(loans: LoanQuerySet, scene: Scene) -> Iterator[Overdue]:
    rules, rows = scene.rules.rule_set, list(loans)
    mode = mode_for(rules)
    standings = standing_of_each({loan.patron for loan in rows if loan.patron}, scene.on)
    for loan in rows:
        assert loan.patron is not None
        subject = _subject(loan, standings[loan.patron.pk], mode=mode)
        stages = stages_for(rules.decide(subject, scene.on), loan.kind)
        if stage := stage_due(stages, due_on=loan.due_on, on=scene.on, reminded=loan.reminded):
            yield Overdue(
                loan=loan.pk, household=_head_of(loan.patron, scene.on), stage=stage, reminded=tuple(loan.reminded)
            )


def _head_of(patron: Patron, on: date) -> int:
    """The number of who is addressed: the guardian of a child, and everybody else themselves."""
    guardian = patron.guardian_id if needs_guardian(patron.born_on, on) else None
    return guardian or patron.pk


def _subject(loan: Loan, reader: Standing, *, mode: str) -> dict[str, Any]:
    return {
        "mode": mode,
        **copy_in_dimensions(loan.item),
        **reader_in_dimensions(reader),
        "transaction": place_path(loan.lent_facility),
    }


def _carry_out(message: Message, reader: Patron, scene: Scene) -> list[str]:
    stage = message.stage
    channel = "telephone" if stage.by == "e-mail" and not reader.email else stage.by
    alike: dict[tuple[int, ...], list[int]] = {}
    for one in message.loans:
        alike.setdefault((*one.reminded, one.stage.day), []).append(one.loan)
    for stages, loans in alike.items():
        Loan.objects.filter(pk__in=loans).update(reminded=list(stages))
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
        for number in found.keys() & {loan.patron.pk, _head_of(loan.patron, on)}:
            found[number].append(loan)
    return found


@transaction.atomic
def finish_reminders(*, reminders: Iterable[int], by: Actor, at: datetime) -> list[int]:
    """Telephoned, printed or visited: off the list. Answers which; those done already are passed over."""
    by.require("circulation.remind")
    done = _locked(reminders, done_at=None)
    Reminder.objects.filter(pk__in=[one.pk for one in done]).update(done_at=at)
    _write_down([(one, ReminderDone(channel=one.channel, stage=one.stage)) for one in done], by, at)
    return [one.pk for one in done]


@transaction.atomic
def remind_by_letter(*, reminders: Iterable[int], by: Actor, at: datetime) -> int:
    """Whom nobody can telephone gets a letter, one a household. Answers how many; what is no call to make is passed over."""
    by.require("circulation.remind")
    calls = _locked(reminders, done_at=None, channel="telephone")
    waiting = Reminder.objects.filter(patron__in={one.patron_id for one in calls}, done_at=None, channel="letter")
    has_letter = set(waiting.values_list("patron_id", flat=True))
    # Of two calls to one household the first becomes the letter.
    written = {one.patron_id: one.pk for one in reversed(calls) if one.patron_id not in has_letter}.values()
    chosen = Reminder.objects.filter(pk__in=[one.pk for one in calls])
    chosen.exclude(pk__in=written).update(done_at=at)
    chosen.filter(pk__in=written).update(channel="letter")
    _write_down([(one, ReminderByLetter(stage=one.stage)) for one in calls], by, at)
    return len(calls)


@transaction.atomic
def reopen_reminders(*, reminders: Iterable[int], by: Actor, at: datetime) -> int:
    """It was the wrong line: on the list again. Answers how many."""
    by.require("circulation.remind")
    found = _locked(reminders, done_at__isnull=False)
    Reminder.objects.filter(pk__in=[one.pk for one in found]).update(done_at=None)
    _write_down([(one, ReminderReopened(channel=one.channel, stage=one.stage)) for one in found], by, at)
    return len(found)


def _locked(reminders: Iterable[int], **wanted: Any) -> list[Reminder]:
    rows = Reminder.objects.select_for_update().filter(pk__in=list(reminders), **wanted)
    return list(rows.order_by("pk"))


def _write_down(news: Sequence[tuple[Reminder, Event]], by: Actor, at: datetime) -> None:
    record_many([entry_for(event, by=by, at=at, subject=f"circulation.reminder:{one.pk}") for one, event in news])
