"""What only a counter needs: notes that pop up, and what a joining of two readers moved."""

from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.holdings.models import Item
from fumikura.patrons.models import Patron, PatronMerge


class CounterNoteQuerySet(models.QuerySet["CounterNote"]):
    def open(self) -> Self:
        return self.filter(acknowledged_at=None)


class CounterNote(models.Model):
    """ひとこと: shown at the counter when the card or the item is read, until somebody has read it (once) or ends it."""

    patron = models.ForeignKey(Patron, null=True, blank=True, on_delete=models.CASCADE, related_name="counter_notes")
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.CASCADE, related_name="counter_notes")
    text = models.CharField(max_length=200)
    stays = models.BooleanField(default=False)
    """Shown every time; otherwise once."""
    written_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = CounterNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(patron__isnull=True, item__isnull=False) | Q(patron__isnull=False, item__isnull=True),
                name="counter_note_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["patron"], condition=Q(acknowledged_at=None), name="counter_note_patron"),
            models.Index(fields=["item"], condition=Q(acknowledged_at=None), name="counter_note_item"),
        ]

    def __str__(self) -> str:
        return f"counter note {self.pk}"


class AccountMerge(models.Model):
    """Row numbers of what a joining of two readers moved here: loans, holds, holds it closed, no-shows, reminders, entries."""

    merge = models.OneToOneField(PatronMerge, on_delete=models.CASCADE, related_name="account")
    moved = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"account merge {self.pk}"
