"""特集: records that staff put together under a title, in their own order. Verbs and reads; readers' own: offered.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.events import ListArranged, ListEnded, ListMade
from fumikura.discovery.models import FeatureList, ListedRecord
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

LONGEST = 200
"""Records on one list; more than that nobody reads."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a list says about itself."""

    title: str
    title_en: str = ""
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Line:
    """One record on a list, with what staff say about it."""

    record_id: int
    note: str = ""


def lists() -> QuerySet[FeatureList]:
    """Those that are shown, the newest first."""
    return FeatureList.objects.filter(ended_at=None).order_by("-changed_at", "-pk")


def lists_with_records() -> QuerySet[FeatureList]:
    """Those that readers see: an empty one is still being made."""
    return lists().filter(listed__isnull=False).distinct()


def staff_lists_with_records() -> QuerySet[FeatureList]:
    """Without those of readers, whose words speak for themselves only and may go at any time."""
    return lists_with_records().filter(patron=None)


def sizes() -> dict[int, int]:
    """How many records each list holds."""
    return dict(_sizes())


@prepared
def _sizes() -> "QuerySet[ListedRecord, tuple[int, int]]":
    rows = ListedRecord.objects.filter(record__deleted_at=None).order_by()
    return rows.values_list("feature").annotate(Count("pk"))


def find_list(number: int) -> FeatureList | None:
    """None when there never was one, or it was ended, or it is not shown yet."""
    return lists().filter(pk=number).first()


def lists_of_staff() -> QuerySet[FeatureList]:
    """Those that staff may write, the newest first."""
    return lists().filter(patron=None)


def ended_lists() -> QuerySet[FeatureList]:
    return FeatureList.objects.filter(patron=None).exclude(ended_at=None).order_by("-ended_at")


def listed_in(feature: FeatureList) -> list[ListedRecord]:
    """Its records in their order, those that left the catalogue left out."""
    return _listed(feature=feature.pk)


@prepared
def _listed(feature: int) -> "QuerySet[ListedRecord]":
    rows = ListedRecord.objects.filter(feature=feature, record__deleted_at=None)
    return rows.select_related("record").defer("record__marc").order_by("place", "pk")


def first_of_each(features: Sequence[FeatureList], *, most: int) -> dict[int, list[ListedRecord]]:
    """The first records of each of these lists, in their order, by the number of the list: one question for all."""
    found: dict[int, list[ListedRecord]] = {one.pk: [] for one in features}
    for row in _first_of_each(features=listed(found), most=most):
        found[row.feature_id].append(row)
    return found


@prepared
def _first_of_each(features: str, most: int) -> "QuerySet[ListedRecord]":
    rows = ListedRecord.objects.filter(Among("feature", features), record__deleted_at=None)
    at_its_place = Window(RowNumber(), partition_by=F("feature"), order_by=[F("place"), F("pk")])
    wanted = rows.select_related("record").defer("record__marc").annotate(nth=at_its_place).filter(nth__lte=most)
    return wanted.order_by("feature", "nth")


def listed_beside(record_id: int, *, most: int) -> list[tuple[FeatureList, list[int]]]:
    """The lists on which a record is, each with others that are on it."""
    return [
        (feature, [other for other in _numbers_on(feature=feature.pk) if other != record_id][:most])
        for feature in _lists_with(record=record_id)
    ]


@prepared
def _lists_with(record: int) -> "QuerySet[FeatureList]":
    return FeatureList.objects.filter(ended_at=None, listed__record=record).order_by("-changed_at")[:2]


@prepared
def _numbers_on(feature: int) -> "QuerySet[ListedRecord, int]":
    rows = ListedRecord.objects.filter(feature=feature, record__deleted_at=None).order_by("place", "pk")
    return rows.values_list("record_id", flat=True)


@transaction.atomic
def make_list(facts: Facts, *, by: Actor, at: datetime) -> FeatureList:
    """Begin a list. Refused("list-without-title")."""
    by.require("discovery.keep-lists")
    _check(facts)
    made = FeatureList.objects.create(**vars(facts), made_at=at, changed_at=at)
    record(ListMade(list=made.pk), by=by, at=at, subject=_subject(made))
    return made


@transaction.atomic
def arrange(feature: FeatureList, facts: Facts, lines: Sequence[Line], *, by: Actor, at: datetime) -> FeatureList:
    """Let the list say this and hold these records in this order, each once. Refused: list-without-title, list-too-long."""
    by.require("discovery.keep-lists")
    _check(facts)
    row = FeatureList.objects.select_for_update().get(pk=feature.pk)
    wanted = {line.record_id: line for line in lines}
    if len(wanted) > LONGEST:
        raise Refused(Reason.of("list-too-long", most=LONGEST))
    there = BibliographicRecord.objects.filter(pk__in=wanted, deleted_at=None).values_list("pk", flat=True)
    known = set(there)
    for name, value in vars(facts).items():
        setattr(row, name, value)
    row.changed_at = at
    row.save()
    ListedRecord.objects.filter(feature=row).delete()
    kept = [line for line in wanted.values() if line.record_id in known]
    ListedRecord.objects.bulk_create(
        ListedRecord(feature=row, record_id=line.record_id, note=line.note, place=place, added_at=at)
        for place, line in enumerate(kept)
    )
    record(ListArranged(list=row.pk, size=len(kept)), by=by, at=at, subject=_subject(row))
    return row


@transaction.atomic
def end_list(feature: FeatureList, *, by: Actor, at: datetime) -> None:
    """Show it no more. It is kept, and can be taken up again."""
    _end(feature, at, by=by, at=at)


@transaction.atomic
def take_up_list(feature: FeatureList, *, by: Actor, at: datetime) -> None:
    """Show an ended list again."""
    _end(feature, None, by=by, at=at)


def _end(feature: FeatureList, ended_at: datetime | None, *, by: Actor, at: datetime) -> None:
    by.require("discovery.keep-lists")
    rows = FeatureList.objects.filter(pk=feature.pk, patron=None, ended_at__isnull=ended_at is not None)
    if rows.update(ended_at=ended_at, changed_at=at):
        record(ListEnded(list=feature.pk, again=ended_at is None), by=by, at=at, subject=_subject(feature))


def _check(facts: Facts) -> None:
    if not facts.title.strip():
        raise Refused(Reason("list-without-title"))


def _subject(feature: FeatureList) -> str:
    return f"discovery.feature-list:{feature.pk}"
