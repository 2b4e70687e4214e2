"""Policy sets, loans, journeys and holds. "On loan" is an open Loan row, "in transit" an open Transit row; no status is stored beside them."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.catalogue.models import BibliographicRecord
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


class PolicyDraft(models.Model):
    """規則の下書き: rules that somebody is writing; nothing is decided by them until they are published."""

    name = models.CharField(max_length=100)
    effective_from = models.DateField()
    rules = models.JSONField(default=dict)
    """As rules.resolution.RuleSet.read takes it."""
    base = models.ForeignKey(PolicySet, null=True, blank=True, on_delete=models.SET_NULL, related_name="drafts")
    """The version it was copied from: what a comparison looks at."""
    revision = models.PositiveIntegerField(default=1)
    """Counts the changes, so that two people who edit one draft do not overwrite each other."""
    changed_by = models.CharField(max_length=40)
    changed_at = models.DateTimeField()
    published = models.ForeignKey(PolicySet, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    """Published or thrown away."""

    def __str__(self) -> str:
        return f"draft {self.pk}"


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
    reminded = models.JSONField(default=list)
    """The overdue stages that were carried out, by their day: [7, 14]."""
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


class UsualStay(models.Model):
    """How long things of a material stayed with their readers of late, counted at night: for estimates, of nobody."""

    material = models.CharField(max_length=20, unique=True)
    quick = models.PositiveSmallIntegerField(null=True)
    """Days; a quarter of the loans were quicker. Null where too few are known to tell."""
    slow = models.PositiveSmallIntegerField(null=True)
    """Days; a quarter of the loans were slower."""
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.material


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


class HoldQuerySet(models.QuerySet["Hold"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class Hold(models.Model):
    """予約: one wish of one reader, counted once. What it wants are its HoldTitles; its state is read off the copies."""

    class Kind(models.TextChoices):
        ONE = "one", "1冊"
        ANY_OF = "any-of", "どれか"
        ORDERED = "ordered", "順番に"
        TOGETHER = "together", "そろえて"

    patron = models.ForeignKey(Patron, null=True, on_delete=models.PROTECT, related_name="holds")
    """Null once it is closed."""
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ONE)
    want = models.PositiveSmallIntegerField(default=1)
    """How many of its titles are enough (any-of)."""
    pickup = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()
    """When the reader asked: the place in the queue."""
    entered_at = models.DateTimeField()
    """When it was typed."""
    via = models.CharField(max_length=20)
    contact = models.CharField(max_length=10, default="e-mail")
    """e-mail, telephone or letter."""
    suspended_from = models.DateField(null=True, blank=True)
    """The first day of its sleep; null: from the day on which that was said."""
    suspended_until = models.DateField(null=True, blank=True)
    """It sleeps through this day."""
    needed_by = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_as = models.CharField(max_length=10, blank=True)
    """fulfilled, cancelled, expired (not collected), lapsed (needed-by) or merged."""
    snapshot = models.JSONField(default=dict)
    """The version of the rules that let it be placed, and the values it was judged by, each with its rule."""
    messages: tuple[str, ...] = ()
    """What place_hold tells staff (kernel.reasons.STAFF). Not stored."""

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, patron__isnull=False, closed_as="")
                | Q(closed_at__isnull=False, patron=None),
                name="open_hold_has_patron_closed_has_none",
            ),
        ]
        indexes = [
            models.Index(fields=["patron"], condition=Q(closed_at=None), name="hold_open_by_patron"),
            models.Index(fields=["pickup"], condition=Q(closed_at=None), name="hold_open_by_pickup"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class HoldTitle(models.Model):
    """予約の1点: one title that a hold waits for, any copy of it or one particular copy."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="titles")
    record = models.ForeignKey(BibliographicRecord, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Only this copy, when named."""
    place = models.PositiveSmallIntegerField(default=1)
    """Its turn in an ordered set."""
    done_at = models.DateTimeField(null=True, blank=True)
    """Lent, or no longer waited for because the hold is closed."""

    class Meta:
        indexes = [models.Index(fields=["record"], condition=Q(done_at=None), name="hold_title_open_by_record")]

    def __str__(self) -> str:
        return f"hold title {self.pk}"


class AllotmentQuerySet(models.QuerySet["Allotment"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)


class Allotment(models.Model):
    """割当: a copy is bound to a hold. On the pick list until it was picked; then travelling or on the hold shelf."""

    title = models.ForeignKey(HoldTitle, on_delete=models.PROTECT, related_name="allotments")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="allotments")
    since = models.DateTimeField()
    picked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.JSONField(default=dict)
    """From among which copies it was chosen, as they stood then (rules.explaining), and which wishes that had been asked for
    earlier were passed over, and why (services.turns). No reader is in it."""

    objects = AllotmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="one_allotment_per_item"),
            models.UniqueConstraint(fields=["title"], condition=Q(ended_at=None), name="one_allotment_per_hold_title"),
        ]

    def __str__(self) -> str:
        return f"allotment {self.pk}"


class ShelfPlaceQuerySet(models.QuerySet["ShelfPlace"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)


class ShelfPlace(models.Model):
    """取置: an item lies on the hold shelf of a facility. For whom, its allotment says; without one it is to be fetched."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="shelf_places")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ready_on = models.DateField(null=True, blank=True)
    """The day it was announced; null while a set is being collected."""
    reached_on = models.DateField(null=True, blank=True)
    """When the reader was reached by telephone."""
    until = models.DateField(null=True, blank=True)
    """The last day to collect; null with `ready_on` means open-ended: not yet reached."""
    extensions = models.PositiveSmallIntegerField(default=0)
    stay = models.ForeignKey(
        "circulation.LockerStay", null=True, blank=True, on_delete=models.SET_NULL, related_name="places"
    )
    """Behind which door of a locker, and for which hold it was laid there; null on an open shelf, and once it was taken out."""
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ShelfPlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="one_shelf_place_per_item"),
        ]
        indexes = [models.Index(fields=["facility", "until"], condition=Q(ended_at=None), name="shelf_place_open")]

    def __str__(self) -> str:
        return f"shelf place {self.pk}"


class NoShow(models.Model):
    """取りに来なかった予約: kept for a year, and only where the city's rules count them."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="no_shows")
    on = models.DateField()

    def __str__(self) -> str:
        return f"no-show {self.pk}"


class Route(models.Model):
    """便の道筋: a ring of stops in the order of the van, with its daily runs, and the sites served by appointment."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    stops = models.JSONField(default=list)
    """Facility codes in driving order; after the last the van is back at the first."""
    on_call = models.JSONField(default=list)
    """Facility codes served from the first stop by appointment."""
    runs = models.JSONField(default=list)
    """Each daily run as {facility code: "HH:MM"}, with "back" for the return to the first stop."""
    rest_days = models.JSONField(default=list)
    """Weekdays on which no van drives: ["monday"]."""

    def __str__(self) -> str:
        return self.code
