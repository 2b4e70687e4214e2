"""Counting, and counting anew; and the past judged by a draft of the rules, day by day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from fumikura.circulation.models import PolicyDraft, PolicySet
from fumikura.circulation.queries import place_path
from fumikura.circulation.rules.comparing import Effect, LoansAlike, Replaying
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.evaluation.events import DraftReplayed
from fumikura.evaluation.models import Fact, Replay
from fumikura.evaluation.queries import loans_alike
from fumikura.evaluation.rules import MEASURES, TAKEN_BACK, amount_of, ndc_class
from fumikura.journal import leases
from fumikura.journal.models import Entry
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.organisation.queries import calendar_for, facilities
from fumikura.organisation.rules import Calendar
from fumikura.patrons.queries import categories


@transaction.atomic
def count(entries: Sequence[Entry]) -> int:
    """Make a fact of every entry that counts; entries counted before are left alone. Answer how many facts were given."""
    facts = [_fact_of(entry) for entry in entries if entry.event in MEASURES]
    Fact.objects.bulk_create(facts, ignore_conflicts=True)
    for entry in entries:
        if entry.event in TAKEN_BACK:
            _take_back(entry)
    return len(facts)


def _take_back(entry: Entry) -> None:
    """Strike the fact of the entry that this one undoes: the latest of its kind on the same subject."""
    undone = Entry.objects.filter(subject=entry.subject, event=TAKEN_BACK[entry.event], pk__lt=entry.pk)
    if (latest := undone.order_by("-pk").first()) is not None:
        Fact.objects.filter(pk=latest.pk).delete()


def _fact_of(entry: Entry) -> Fact:
    local = timezone.localtime(entry.happened_at)
    told = entry.particulars
    return Fact(
        entry=entry.pk,
        measure=MEASURES[entry.event],
        amount=amount_of(told),
        on=local.date(),
        hour=local.hour,
        facility=entry.facility,
        via=entry.via,
        material=str(told.get("material", ""))[:20],
        ndc=ndc_class(told.get("ndc")),
        category=str(told.get("category", ""))[:20],
        age_band=str(told.get("age_band", ""))[:10],
        district=str(told.get("district", ""))[:40],
    )


REPLAYED_DAYS = 90
"""How far back a draft is tried."""


def begin_replay(*, draft: PolicyDraft, by: Actor, at: datetime) -> Replay | None:
    """Of this revision against the rules in force, through today; the one that was begun already goes on. None without rules."""
    by.require("circulation.set-rules")
    today = timezone.localdate(at)
    base = PolicySet.objects.in_force(today).first()
    if base is None:
        return None
    found, _ = Replay.objects.get_or_create(
        draft=draft,
        revision=draft.revision,
        base=base,
        until=today,
        defaults={"since": today - timedelta(days=REPLAYED_DAYS), "noted_at": at},
    )
    Replay.objects.filter(draft=draft).exclude(pk=found.pk).delete()
    return found


def run_replay(*, replay: Replay, by: Actor, clock: Callable[[], datetime], days: int = 0) -> Replay:
    """Judge the days that are left, each in a transaction of its own: one that was cut off goes on where it stopped.

    `days`: at most so many; 0 means all. Somebody else who runs the same is left to it.
    """
    by.require("circulation.set-rules")
    lease, holder = f"evaluation.replay-{replay.pk}", f"{by.ref}:{clock().timestamp()}"
    if not leases.take(lease, holder, at=clock()):
        return replay
    row = Replay.objects.select_related("draft", "base").get(pk=replay.pk)
    judge = _judge(row)
    above = {one.code: one.parent.code if one.parent else "" for one in categories()}
    last = row.days if not days else min(row.days, row.days_done + days)
    while row.days_done < last:
        on = row.since + timedelta(days=row.days_done)
        judge.add(_loans_of(on, above))
        _note_day(row, judge, by=by, at=clock())
        leases.take(lease, holder, at=clock())
    leases.give_back(lease, holder, at=clock())
    return row


@transaction.atomic
def _note_day(row: Replay, judge: Replaying, *, by: Actor, at: datetime) -> None:
    row.days_done += 1
    row.effects = [[site, band, asdict(effect)] for (site, band), effect in judge.effects.items()]
    row.noted_at = at
    if row.days_done == row.days:
        row.finished_at = at
        record(DraftReplayed(draft=row.draft_id, days=row.days), by=by, at=at)
    row.save(update_fields=["days_done", "effects", "noted_at", "finished_at"])


def effects_of(row: Replay) -> dict[tuple[str, str], Effect]:
    """(site, age band) → effect, for the days that are done."""
    return {(site, band): _effect(figures) for site, band, figures in row.effects}


def _effect(figures: Mapping[str, Any]) -> Effect:
    limits = {counter: (pair[0], pair[1]) for counter, pair in figures["limits"].items()}
    return Effect(**{**figures, "limits": limits})


def _judge(row: Replay) -> Replaying:
    places = {one.code: one for one in facilities()}

    @cache
    def calendar_at(site: str) -> Calendar | None:
        return calendar_for(places[site]) if site in places else None

    @cache
    def path(site: str) -> tuple[str, ...]:
        return place_path(places[site]) if site in places else (site,)

    return Replaying(
        old=RuleSet.read(row.base.rules),
        new=RuleSet.read(row.draft.rules),
        new_starts=row.draft.effective_from,
        calendar_at=calendar_at,
        place_path=path,
        effects=effects_of(row),
    )


def _loans_of(on: date, above: Mapping[str, str]) -> list[LoansAlike]:
    return [
        LoansAlike(
            on=day,
            facility=site,
            material=material,
            categories=_lineage(category, above),
            age_band=band,
            count=number,
        )
        for day, site, material, category, band, number in loans_alike(since=on, until=on)
    ]


def _lineage(category: str, above: Mapping[str, str]) -> tuple[str, ...]:
    path = [category]
    while (parent := above.get(path[-1])) and parent not in path:
        path.append(parent)
    return tuple(path)
