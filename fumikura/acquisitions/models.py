"""Suggestions of readers."""

from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Hold
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def undecided(self) -> Self:
        return self.filter(decided_at=None, withdrawn_at=None)

    def counted(self) -> Self:
        """What fills a reader's limit: not yet answered, or promised and not yet a hold."""
        promised = Q(decision__in=("buy", "borrow"), hold=None) & (Q(record=None) | Q(patron__isnull=False))
        return self.filter(Q(decided_at=None) | promised, withdrawn_at=None)


class Suggestion(models.Model):
    """購入希望: something a reader asked for that no copy could serve, or that staff wants to have again. `patron` is null once the answer is old."""

    class Decision(models.TextChoices):
        BUY = "buy", "買います"
        BORROW = "borrow", "ほかの図書館から借ります"
        HAVE = "have", "所蔵しています"
        DECLINE = "decline", "見送ります"

    patron = models.ForeignKey(Patron, null=True, on_delete=models.PROTECT, related_name="suggestions")
    title = models.CharField(max_length=300)
    creator = models.CharField(max_length=200, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    published = models.CharField(max_length=20, blank=True)
    isbn = models.CharField(max_length=13, blank=True)
    """Thirteen digits without hyphens."""
    material = models.CharField(max_length=20, default="book")
    note = models.CharField(max_length=500, blank=True)
    """Where the reader saw it, why it is wanted."""
    pickup = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    contact = models.CharField(max_length=10, default="e-mail")
    asked_at = models.DateTimeField()
    """The place in the queue of the hold that it may become."""
    via = models.CharField(max_length=20)
    """"stocktake": to be bought again in the place of a missing copy; nobody's wish, and it knows its record."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    """What the reader is told beside the decision."""
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    record = models.ForeignKey(BibliographicRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=Q(decided_at=None), name="suggestion_undecided")]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"
