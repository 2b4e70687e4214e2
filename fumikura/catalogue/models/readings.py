"""Readings that no record says: drafted by the machine, confirmed by people."""

from django.db import models

from fumikura.catalogue.models.authorities import Authority
from fumikura.catalogue.models.records import BibliographicRecord


class Reading(models.Model):
    """よみ: how the title of one record, or the heading of one authority, is read when it does not say so itself.

    It stands for one writing: a title that is corrected is drafted anew, and what was confirmed comes back with its title.
    """

    record = models.ForeignKey(BibliographicRecord, null=True, on_delete=models.CASCADE, related_name="readings")
    authority = models.ForeignKey(Authority, null=True, on_delete=models.CASCADE, related_name="readings")
    writing = models.TextField()
    key = models.CharField(max_length=200)
    """The folded writing without blanks: what stands elsewhere with the same writing has the same."""
    text = models.TextField()
    """Katakana, spaced."""
    origin = models.CharField(max_length=12)
    """same-writing (it is read so elsewhere) or analysis (by the dictionary)."""
    confidence = models.PositiveSmallIntegerField()
    """0 to 100, as a figure to sort by: see catalogue.drafting."""
    drafted_at = models.DateTimeField()
    passed_over_at = models.DateTimeField(null=True, blank=True)
    """Somebody looked at it and left it for later."""
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=80, blank=True)
    drafted_text = models.TextField(blank=True)
    """What the machine had said, once a person confirmed or mended it: so that this can be undone."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "key"], condition=models.Q(record__isnull=False), name="reading_once_per_title"
            ),
            models.UniqueConstraint(
                fields=["authority", "key"],
                condition=models.Q(authority__isnull=False),
                name="reading_once_per_heading",
            ),
            models.CheckConstraint(
                condition=models.Q(record__isnull=False, authority__isnull=True)
                | models.Q(record__isnull=True, authority__isnull=False),
                name="reading_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["key"], name="reading_key"),
            models.Index(
                fields=["-confidence", "key"], condition=models.Q(confirmed_at__isnull=True), name="reading_to_confirm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.writing} {self.text}"
