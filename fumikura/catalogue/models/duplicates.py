"""Records that may be one, those that became one, and what a source may do to what is here."""

from django.db import models

from fumikura.catalogue.models.records import BibliographicRecord


class SourceRule(models.Model):
    """取り込み元の決まり: what records of one source may do to those that are here; see catalogue.overlays."""

    source = models.CharField(max_length=40, unique=True)
    """As BibliographicRecord.source; empty for every source without a rule of its own."""
    merges = models.BooleanField(default=False)
    """Whether a record that is surely the same as one of another source is merged at once; else it waits for a person."""
    protects = models.CharField(max_length=400, blank=True)
    adds = models.CharField(max_length=400, blank=True)
    overwrites = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return self.source or "*"


class DuplicatePair(models.Model):
    """重複の候補: two records that may be one, waiting for a decision or decided."""

    first = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="+")
    """The older one."""
    second = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="+")
    is_sure = models.BooleanField()
    reasons = models.CharField(max_length=200)
    """Codes of catalogue.matching, divided by blanks."""
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_as = models.CharField(max_length=10, blank=True)
    """merged, apart, or edition: two publications of one work."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["is_sure", "found_at"], name="duplicate_open", condition=models.Q(settled_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id} – {self.second_id}"


class RecordMerge(models.Model):
    """書誌の統合: one record went into another, with what is needed to take it out again."""

    kept = models.ForeignKey(BibliographicRecord, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(BibliographicRecord, on_delete=models.PROTECT, related_name="+")
    before = models.BinaryField()
    """The record that was kept, as it was."""
    after = models.BinaryField()
    """And as the merge left it."""
    moved = models.JSONField(default=dict)
    """What rooms above moved along: {"items": [row numbers], …}."""
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=models.Q(undone_at__isnull=True), name="record_gone_into_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
