"""What staff decide about works: two are one, some records are another one, and the way back from both."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from fumikura.catalogue.events import LateRecordsPlaced, WorkDecisionUndone, WorkParted, WorksJoined
from fumikura.catalogue.models import BibliographicRecord, DuplicatePair, PlacedRecord, WorkDecision
from fumikura.catalogue.same_works import joinings, keys_by_hand, late_records, mark_of_both, together_with
from fumikura.catalogue.services.placing import place_again
from fumikura.catalogue.works import key_by_hand, roots, work_key
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused

LONGEST_WHY = 200
SUBJECT = "catalogue.record:{}"


@transaction.atomic
def join_works(
    *, record: BibliographicRecord, other: BibliographicRecord, seen: str, by: Actor, at: datetime, why: str = ""
) -> WorkDecision:
    """The works of these two records are one from now on, with all of their editions and whatever comes to them later.

    `seen` is same_works.mark_of_both(record, other) as the caller was shown them. Refused: record-same, work-record-gone,
    works-together-already, works-changed-meanwhile.
    """
    by.require("catalogue.save")
    if record.pk == other.pk:
        raise Refused(Reason.of("record-same"))
    rows = _locked([record.pk, other.pk])
    one, two = rows[record.pk], rows[other.pk]
    if one.work_key and one.work_key == two.work_key:
        raise Refused(Reason.of("works-together-already"))
    if seen != mark_of_both(one, two):
        raise Refused(Reason.of("works-changed-meanwhile"))
    decision = WorkDecision(record=one, other=two, why=why.strip()[:LONGEST_WHY])
    return joined(decision, by=by, at=at)


def joined(decision: WorkDecision, *, by: Actor, at: datetime) -> WorkDecision:
    """Make the works of the two records one: a step inside the caller's transaction."""
    one, two = decision.record, decision.other
    if two is None:
        raise ValueError("a joining names two records")
    decision.kind = WorkDecision.Kind.JOINED
    decision.from_key, decision.into_key = _direction(one.work_key, two.work_key)
    by_hand = keys_by_hand([one.pk, two.pk])
    own = {row.pk: by_hand.get(row.pk) or work_key(row.title, row.creator, row.publisher) for row in (one, two)}
    alone = [row.pk for row in (one, two) if not row.work_key]
    others = BibliographicRecord.objects.filter(work_key=decision.from_key).exclude(work_key="")
    moved = sorted({*alone, *others.values_list("pk", flat=True)})
    _write(decision, own, moved, by=by, at=at)
    pair = decision.pair_id or 0
    news = WorksJoined(decision=decision.pk, records=tuple(moved), pair=pair)
    write_down(news, by=by, at=at, subject=SUBJECT.format(one.pk))
    return decision


def _direction(one: str, two: str) -> tuple[str, str]:
    """(key that leads, key it leads to): the smaller work goes, so that the index has the least to do."""
    if not (one and two):
        return "", one or two
    counted = BibliographicRecord.objects.filter(work_key__in=(one, two)).order_by().values_list("work_key")
    sizes = dict(counted.annotate(Count("pk")))
    return (one, two) if sizes.get(one, 0) < sizes.get(two, 0) else (two, one)


@transaction.atomic
def part_work(
    *, records: Iterable[BibliographicRecord], seen: str, by: Actor, at: datetime, why: str = ""
) -> WorkDecision:
    """These records, all of one work, are another work: together with each other, apart from the rest, whatever comes.

    `seen` is the mark of what stood together as the caller was shown it (same_works.Together.mark). Refused:
    work-nothing-chosen, work-record-gone, work-alone-already, works-changed-meanwhile, work-not-divided.
    """
    by.require("catalogue.save")
    chosen = sorted({record.pk for record in records})
    if not chosen:
        raise Refused(Reason.of("work-nothing-chosen"))
    rows = _locked(chosen)
    first = rows[chosen[0]]
    whole = together_with(first)
    if not whole.others:
        raise Refused(Reason.of("work-alone-already"))
    if seen != whole.mark or len({row.work_key for row in rows.values()}) > 1:
        raise Refused(Reason.of("works-changed-meanwhile"))
    if whole.pks <= set(chosen):
        raise Refused(Reason.of("work-not-divided"))
    decision = WorkDecision(
        kind=WorkDecision.Kind.PARTED, record=first, from_key=first.work_key, why=why.strip()[:LONGEST_WHY]
    )
    _write(decision, dict.fromkeys(chosen, ""), chosen, by=by, at=at)
    news = WorkParted(decision=decision.pk, records=tuple(chosen))
    write_down(news, by=by, at=at, subject=SUBJECT.format(first.pk))
    return decision


def _write(decision: WorkDecision, own: Mapping[int, str], moved: Collection[int], *, by: Actor, at: datetime) -> None:
    """Keep the decision and from which keys its records start (empty: from that of the decision); move what moves."""
    decision.made_at, decision.made_by = at, by.ref
    decision.save()
    if not decision.into_key:
        decision.into_key = key_by_hand(decision.pk)
        decision.save(update_fields=["into_key"])
    PlacedRecord.objects.bulk_create(
        PlacedRecord(decision=decision, record_id=pk, key=key or decision.into_key) for pk, key in own.items()
    )
    BibliographicRecord.objects.filter(pk__in=moved).update(work_key=decision.into_key)


@transaction.atomic
def undo_work_decision(*, decision: WorkDecision, by: Actor, at: datetime) -> None:
    """Take back what was decided: each record stands where other decisions, or its title and creator, place it.

    A possible duplicate that was settled by it waits again. Refused: work-decision-undone.
    """
    by.require("catalogue.save")
    undone(decision, by=by, at=at)


def undone(decision: WorkDecision, *, by: Actor, at: datetime) -> None:
    """A step inside the caller's transaction."""
    row = WorkDecision.objects.select_for_update().get(pk=decision.pk)
    if row.undone_at is not None:
        raise Refused(Reason.of("work-decision-undone"))
    end = roots([row.into_key], joinings([row.into_key]))[row.into_key]
    # Two questions, each answered by an index: joined by "or" over two tables they would read the whole catalogue.
    pks = set(BibliographicRecord.objects.filter(work_key=end).values_list("pk", flat=True))
    pks.update(row.placed.values_list("record_id", flat=True))
    rows = BibliographicRecord.objects.select_for_update().filter(pk__in=pks).defer("marc").order_by("pk")
    WorkDecision.objects.filter(pk=row.pk).update(undone_at=at, undone_by=by.ref)
    moved = place_again(list(rows))
    DuplicatePair.objects.filter(decisions=row, settled_as="edition").update(
        settled_at=None, settled_by="", settled_as=""
    )
    news = WorkDecisionUndone(decision=row.pk, records=moved, pair=row.pair_id or 0)
    write_down(news, by=by, at=at, subject=SUBJECT.format(row.record_id))


def place_late_records(
    *, records: Collection[int], decisions: Collection[int], by: Actor, at: datetime
) -> tuple[int, ...]:
    """Let follow what was written by somebody who did not see yet that its work was being joined; answer which.

    Of these records, and of what has the keys that these decisions lead on from. Nothing to do is no news, and holds up
    nobody who writes.
    """
    by.require("catalogue.save")
    found = late_records(records, decisions)
    if not found:
        return ()
    with transaction.atomic():
        late = BibliographicRecord.objects.select_for_update().filter(pk__in=found).defer("marc").order_by("pk")
        moved = place_again(list(late))
        if moved:
            write_down(LateRecordsPlaced(records=moved), by=by, at=at)
    return moved


def _locked(pks: Collection[int]) -> dict[int, BibliographicRecord]:
    """The records, and all that stands with them locked. Refused("work-record-gone") when one is not in the catalogue."""
    lock_works(pks)
    rows = BibliographicRecord.objects.filter(pk__in=pks, deleted_at=None)
    found = {row.pk: row for row in rows.defer("marc")}
    if len(found) != len(set(pks)):
        raise Refused(Reason.of("work-record-gone"))
    return found


def lock_works(pks: Collection[int]) -> None:
    """Lock these records and all that stands with them, so that nobody else joins or parts the same at this moment."""
    keys = set(BibliographicRecord.objects.filter(pk__in=pks).values_list("work_key", flat=True)) - {""}
    locked = BibliographicRecord.objects.select_for_update().filter(Q(pk__in=pks) | Q(work_key__in=keys))
    list(locked.order_by("pk").values_list("pk", flat=True))
