"""Stocktakes with what was read, searches, and the way out of the stock."""

from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.holdings.models import Item, Missing, ShelvingLocation
from fumikura.organisation.models import Facility


class StocktakeQuerySet(models.QuerySet["Stocktake"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class Stocktake(models.Model):
    """蔵書点検: one site, one of its shelving locations, or a range of call numbers there. The library stays open."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(ShelvingLocation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Only there; null: the whole site."""
    call_from = models.CharField(max_length=60, blank=True)
    call_to = models.CharField(max_length=60, blank=True)
    """First and last call number, both counted; empty: no bound."""
    opened_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True, blank=True)
    """Reading is over; what was not read is being searched."""
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = StocktakeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"stocktake {self.pk}"


class ScanBatchQuerySet(models.QuerySet["ScanBatch"]):
    def counted(self) -> Self:
        """Not taken back."""
        return self.filter(undone_at=None)


class ScanBatch(models.Model):
    """読み取りの束: what one reader sent at once, at most 10,000 numbers. The same key is taken once."""

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="batches")
    key = models.CharField(max_length=64)
    shelf = models.CharField(max_length=40, blank=True)
    """Where it was read, as staff call it: 3番の棚."""
    source = models.CharField(max_length=10)
    """barcode or rfid."""
    read_at = models.DateTimeField()
    """When the last number was read."""
    taken_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ScanBatchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stocktake", "key"], name="scan_batch_once")]

    def __str__(self) -> str:
        return f"scan batch {self.pk}"


class Reading(models.Model):
    """読み取りの1件: a number, the item it belongs to, and what finding it here meant at that moment."""

    batch = models.ForeignKey(ScanBatch, on_delete=models.CASCADE, related_name="readings")
    place = models.PositiveIntegerField()
    """Its turn in the batch: the order on the shelf."""
    number = models.CharField(max_length=80)
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="readings")
    verdict = models.CharField(max_length=20)
    """As rules.verdicts names them."""
    is_out_of_order = models.BooleanField(default=False)
    goes_after = models.CharField(max_length=60, blank=True)
    """For one out of order: the call number of its proper left neighbour on this shelf."""
    ghost_score = models.PositiveSmallIntegerField(default=0)
    """0–100: how likely a neighbouring shelf was heard through the board."""
    settled_at = models.DateTimeField(null=True, blank=True)
    """Somebody has dealt with it: returned it, carried it home."""
    seen_before_at = models.DateTimeField(null=True, blank=True)
    seen_before_facility = models.ForeignKey(
        Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    searched_before = models.PositiveSmallIntegerField(default=0)
    """What the item said before this reading, so that the batch can be taken back."""
    ended_missing = models.ForeignKey(Missing, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="reading_once_per_place")]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class SearchQuerySet(models.QuerySet["Search"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)


class Search(models.Model):
    """さがす1点: expected on the shelf and not read. Looked for three times, then missing."""

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="searches")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="searches")
    rounds = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=10, blank=True)
    """found, missing, or gone (lent or sent meanwhile)."""
    settled_as = models.CharField(max_length=10, blank=True)
    """What became of a missing one: replace or withdraw."""

    objects = SearchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stocktake", "item"], name="searched_once_per_stocktake")]

    def __str__(self) -> str:
        return f"search {self.pk}"


class RecyclingDay(models.Model):
    """リサイクル市: the day on which citizens take home what the library no longer keeps."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    held_on = models.DateField()

    def __str__(self) -> str:
        return f"recycling day {self.pk}"


class WithdrawalProposalQuerySet(models.QuerySet["WithdrawalProposal"]):
    def open(self) -> Self:
        return self.filter(decided_at=None)


class WithdrawalProposal(models.Model):
    """除籍の案: to be approved by somebody else before the item leaves the stock."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="withdrawal_proposals")
    reason = models.CharField(max_length=20)
    """worn, outdated, double, missing, replaced or moved: rules.REASONS."""
    way_out = models.CharField(max_length=20)
    """recycling, pulp, exchange or none (it is not there): rules.WAYS_OUT."""
    note = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_as = models.CharField(max_length=10, blank=True)
    """approved, declined or undone."""
    day = models.ForeignKey(RecyclingDay, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals")

    objects = WithdrawalProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(decided_at=None), name="one_open_proposal_per_item"),
        ]

    def __str__(self) -> str:
        return f"withdrawal proposal {self.pk}"
