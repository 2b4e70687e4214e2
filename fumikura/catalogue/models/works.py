"""What staff decided about works: records that are one, and records that are another."""

from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.catalogue.models.duplicates import DuplicatePair, RecordMerge
from fumikura.catalogue.models.records import BibliographicRecord


class WorkDecisionQuerySet(models.QuerySet["WorkDecision"]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def joining(self) -> Self:
        """Those by which one key leads to another."""
        return self.standing().filter(kind=WorkDecision.Kind.JOINED).exclude(from_key="")


class WorkDecision(models.Model):
    """作品の決定: somebody said that two works are one, or that some records of a work are another one."""

    class Kind(models.TextChoices):
        JOINED = "joined", "同じ作品にまとめる"
        PARTED = "parted", "別の作品に分ける"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="+")
    """Beside which it was decided; of a parting, the first that was parted."""
    other = models.ForeignKey(BibliographicRecord, null=True, on_delete=models.CASCADE, related_name="+")
    """Of a joining: the record whose work was joined."""
    from_key = models.CharField(max_length=120, blank=True)
    """Joined: what had this key has `into_key` now, and whatever comes with it later; empty when there was none.
    Parted: the key of the work that was left."""
    into_key = models.CharField(max_length=120)
    """Of a parting a key of its own, that no title and name can come to (catalogue.works.key_by_hand)."""
    why = models.CharField(max_length=200, blank=True)
    """In the words of who decided it."""
    pair = models.ForeignKey(DuplicatePair, null=True, on_delete=models.SET_NULL, related_name="decisions")
    """The possible duplicate that was settled by it."""
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)

    objects = WorkDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_key"],
                condition=Q(kind="joined", undone_at__isnull=True) & ~Q(from_key=""),
                name="work_key_leads_to_one",
            ),
        ]
        indexes = [
            models.Index(fields=["from_key"], name="work_decision_from"),
            models.Index(fields=["into_key"], name="work_decision_into"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_key} → {self.into_key}"


class PlacedRecordQuerySet(models.QuerySet["PlacedRecord"]):
    def standing(self) -> Self:
        return self.filter(Q(merge=None) | Q(merge__undone_at=None), decision__undone_at=None)


class PlacedRecord(models.Model):
    """作品を決めた書誌: a record whose work is known by a decision, whatever its title says; the latest that stands counts."""

    decision = models.ForeignKey(WorkDecision, on_delete=models.CASCADE, related_name="placed")
    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="placings")
    key = models.CharField(max_length=120)
    """From here the joinings lead on to the key of its work."""
    merge = models.ForeignKey(RecordMerge, null=True, on_delete=models.CASCADE, related_name="+")
    """Of a record that took this over from one that was merged into it: it holds as long as the merge does."""

    objects = PlacedRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "record"], condition=Q(merge__isnull=True), name="placed_once_by_a_decision"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.key}"
