"""Policy sets, loans and journeys. "On loan" is an open Loan row, "in transit" an open Transit row; no status is stored beside them."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron


class PolicySetQuerySet(models.QuerySet["PolicySet"]):
    def in_force(self, day: date) -> Self:
        """The set that rules on `day`, first."""
        return self.filter(effective_from__lte=day).order_by("-effective_from", "-version")


class PolicySet(models.Model):
    """規則: the lending rules in force from a day, as data; never edited once in force."""

    version = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=100)
    effective_from = models.DateField()
    rules = models.JSONField(default=dict)
    """As rules.resolution.RuleSet.read takes it."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the rules: what a process that has read them before looks at."""

    objects = PolicySetQuerySet.as_manager()

    def __str__(self) -> str:
        return f"v{self.version}"


class LoanQuerySet(models.QuerySet["Loan"]):
    def open(self) -> Self:
        return self.filter(returned_at=None)


class Loan(models.Model):
    """貸出. `patron` is null once the loan is finally returned: 返したら消える."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="loans")
    patron = models.ForeignKey(Patron, null=True, on_delete=models.PROTECT, related_name="loans")
    kind = models.CharField(max_length=10, default="loan")
    """loan, in-house (館内利用) or overnight (一夜貸し)."""
    lent_at = models.DateTimeField()
    lent_facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    due_time = models.TimeField(null=True, blank=True)
    """Only for an overnight loan: the time of the due day."""
    renewals = models.PositiveSmallIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True, blank=True)
    policy_set = models.ForeignKey(PolicySet, on_delete=models.PROTECT)
    snapshot = models.JSONField(default=dict)
    """The values that decided this loan and the rule each came from: they go on judging its renewals."""
    received_at = models.DateTimeField(null=True, blank=True)
    """仮返却: laid into a machine, not yet finalised."""
    received_facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    """The reader says it was returned."""
    lost_at = models.DateTimeField(null=True, blank=True)
    """Declared lost."""
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = LoanQuerySet.as_manager()

    messages: tuple[str, ...] = ()
    """What the verb that answered this row tells staff (kernel.reasons.STAFF). Not stored."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(returned_at=None), name="one_open_loan_per_item"),
            models.CheckConstraint(
                condition=Q(returned_at=None, patron__isnull=False) | Q(returned_at__isnull=False, patron=None),
                name="open_loan_has_patron_closed_has_none",
            ),
        ]
        indexes = [
            models.Index(fields=["patron"], condition=Q(returned_at=None), name="loan_open_by_patron"),
            models.Index(fields=["due_on"], condition=Q(returned_at=None), name="loan_open_by_due"),
        ]

    def __str__(self) -> str:
        return f"loan {self.pk}"


class TransitQuerySet(models.QuerySet["Transit"]):
    def open(self) -> Self:
        return self.filter(arrived_at=None)


class Transit(models.Model):
    """回送: a journey of one item from one facility to another."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="transits")
    origin = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, default="home")
    """home, hold, relocate, deposit."""
    sent_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)

    objects = TransitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(arrived_at=None), name="one_open_transit_per_item"),
        ]

    def __str__(self) -> str:
        return f"transit {self.pk}"
