"""Reads about works for doors and verbs: what stands together, why, and what staff decided about it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from fumikura.catalogue.authorities import by_volume, other_editions
from fumikura.catalogue.description import summary_of
from fumikura.catalogue.fields import Fields
from fumikura.catalogue.marc.content import Content
from fumikura.catalogue.models import BibliographicRecord, PlacedRecord, WorkDecision
from fumikura.catalogue.works import mark_of, roots, work_key

MOST_ALIKE = 8
"""Records that are read alike are offered up to so many."""
MOST_DECISIONS = 50


def keys_by_hand(records: Collection[int]) -> dict[int, str]:
    """Record → the key that a decision gave it, of those of which something is decided; joinings lead on from it."""
    if not records:
        return {}
    rows = PlacedRecord.objects.standing().filter(record_id__in=records).order_by("pk")
    return dict(rows.values_list("record_id", "key"))


def joinings(keys: Iterable[str]) -> dict[str, str]:
    """Key → the key it was joined to, of these and of those they lead to."""
    found: dict[str, str] = {}
    asked = set(keys)
    while asked:
        rows = WorkDecision.objects.joining().filter(from_key__in=asked)
        some = dict(rows.values_list("from_key", "into_key"))
        found |= some
        asked = set(some.values()) - found.keys()
    return found


def keys_of_work(key: str) -> set[str]:
    """The key of a work and those that were joined to it."""
    found, asked = {key}, {key}
    while asked:
        rows = WorkDecision.objects.joining().filter(into_key__in=asked)
        asked = set(rows.values_list("from_key", flat=True)) - found
        found |= asked
    return found


def late_records(records: Collection[int], decisions: Collection[int]) -> list[int]:
    """Of these records and of what these decisions lead on: those that stand at a key which was joined to another.

    No verb leaves one there; two that run at once may.
    """
    joining = WorkDecision.objects.joining()
    rows = BibliographicRecord.objects.filter(work_key__in=joining.values("from_key"))
    left = joining.filter(pk__in=decisions).values("from_key")
    return list(rows.filter(Q(pk__in=records) | Q(work_key__in=left)).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Member:
    """A record that stands with another."""

    record: BibliographicRecord
    is_by_hand: bool
    """Whether staff decided that it does; else its title and its creator are the same."""


@dataclass(frozen=True, slots=True)
class Together:
    """A record and what is of its work."""

    record: BibliographicRecord
    others: tuple[Member, ...]
    """In the order of volumes and years; the first MOST_EDITIONS."""
    pks: frozenset[int]
    """All of them, however many."""

    @property
    def mark(self) -> str:
        """What a verb is told of what its caller saw: catalogue.works.mark_of."""
        return mark_of(self.pks)

    @property
    def not_shown(self) -> int:
        return len(self.pks) - len(self.others) - 1


def together_with(record: BibliographicRecord) -> Together:
    """What stands with the record. Asks as much for many as for one."""
    said = _said(record)
    others = [Member(other, not said or _said(other) != said) for other in other_editions(record)]
    return Together(record, tuple(others), _numbers(record))


def _numbers(record: BibliographicRecord) -> frozenset[int]:
    if not record.work_key:
        return frozenset([record.pk])
    rows = BibliographicRecord.objects.filter(work_key=record.work_key, deleted_at=None)
    return frozenset([record.pk, *rows.values_list("pk", flat=True)])


def others_of_work(record: BibliographicRecord) -> int:
    """How many stand with the record, however many."""
    if not record.work_key:
        return 0
    return BibliographicRecord.objects.filter(work_key=record.work_key, deleted_at=None).exclude(pk=record.pk).count()


def _said(record: BibliographicRecord) -> str:
    return work_key(record.title, record.creator, record.publisher)


def editions_of_both(record: BibliographicRecord, other: BibliographicRecord) -> list[BibliographicRecord]:
    """What readers would see beside `record` if the works of these two were one."""
    return by_volume([*other_editions(record), other, *other_editions(other)])


def mark_of_both(record: BibliographicRecord, other: BibliographicRecord) -> str:
    """The mark of what would stand together if the works of these two were one."""
    return mark_of(_numbers(record) | _numbers(other))


def decisions_about(record: BibliographicRecord) -> list[WorkDecision]:
    """What was decided about the work of this record, also by those that do not stand any more; the latest first."""
    keys = keys_of_work(record.work_key) if record.work_key else set()
    named = Q(record=record) | Q(other=record) | Q(placed__record=record)
    rows = WorkDecision.objects.filter(named | Q(into_key__in=keys) | Q(from_key__in=keys)).distinct()
    rows = rows.select_related("record", "other").defer("record__marc", "other__marc")
    placed = PlacedRecord.objects.filter(merge=None).select_related("record").defer("record__marc").order_by("pk")
    return list(rows.prefetch_related(Prefetch("placed", placed)).order_by("-pk")[:MOST_DECISIONS])


def get_work_decision(pk: int) -> WorkDecision | None:
    return WorkDecision.objects.select_related("record", "other").filter(pk=pk).first()


def of_work_described(content: Content) -> list[BibliographicRecord]:
    """With what a record that says this would stand together if it were new."""
    said = summary_of(Fields(content))
    key = work_key(said.title, said.creator, said.publisher)
    if not key:
        return []
    end = roots([key], joinings([key]))[key]
    rows = BibliographicRecord.objects.filter(work_key=end, deleted_at=None).defer("marc")
    return by_volume(rows.order_by("pk")[:MOST_ALIKE])


def read_alike(record: BibliographicRecord) -> list[BibliographicRecord]:
    """Records of other works whose title is read the same: 聞け and きけ, an edition that names another author first."""
    if not record.sort_key:
        return []
    rows = BibliographicRecord.objects.filter(deleted_at=None, sort_key=record.sort_key).exclude(pk=record.pk)
    if record.work_key:
        rows = rows.exclude(work_key=record.work_key)
    return list(rows.defer("marc").order_by("pk")[:MOST_ALIKE])
