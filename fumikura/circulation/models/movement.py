"""What moves, and where it waits in a box: runs of the vans, readings of crates, rotating sets, locker compartments."""

from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.circulation.models.lending import Hold, Route
from fumikura.circulation.models.network import Crate
from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron


class Run(models.Model):
    """便の1回: one drive of a van on one day. Planned by the route's timetable; written when somebody notes a departure."""

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="driven")
    on = models.DateField()
    number = models.PositiveSmallIntegerField()
    """1 is the first run of the day."""
    left_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["route", "on", "number"], name="one_run_a_turn")]

    def __str__(self) -> str:
        return f"run {self.route_id} {self.on} {self.number}"


class RunCall(models.Model):
    """便の停車: the van of a run came to this stop, and went on."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="calls")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField(null=True, blank=True)
    went_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "facility"], name="one_call_a_stop")]

    def __str__(self) -> str:
        return f"call {self.pk}"


class CrateReading(models.Model):
    """コンテナの読み取り: a crate's label was read on a leg of its way."""

    crate = models.ForeignKey(Crate, on_delete=models.CASCADE, related_name="readings")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="readings")
    """The van it was on; null at a desk."""
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    leg = models.CharField(max_length=10)
    """loaded, passed, unloaded or arrived."""

    def __str__(self) -> str:
        return f"reading {self.pk}"


class Rotation(models.Model):
    """巡回文庫: sets of books that move on together, one stop further each turn."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    stops = models.JSONField(default=list)
    """Facility codes; after the last comes the first."""
    first_on = models.DateField()
    """The day of the first move."""
    weeks = models.PositiveSmallIntegerField(default=8)
    """From one move to the next."""
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code


class RotatingSet(models.Model):
    """巡回セット: one set of a rotation, and the turn up to which it was moved."""

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="sets")
    number = models.PositiveSmallIntegerField()
    """Set 1 begins at the first stop, set 2 at the second …"""
    turn = models.IntegerField(default=-1)
    """The turn that was last carried out; -1: still at home."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rotation", "number"], name="one_set_a_number")]

    def __str__(self) -> str:
        return f"set {self.rotation_id}-{self.number}"


class RotatingItem(models.Model):
    """巡回する資料: an item of a set."""

    set = models.ForeignKey(RotatingSet, on_delete=models.CASCADE, related_name="items")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="rotating")

    def __str__(self) -> str:
        return f"rotating {self.item_id}"


class Compartment(models.Model):
    """ロッカーの箱: one door of a locker at a facility."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="compartments")
    number = models.PositiveSmallIntegerField()
    """On its door."""
    fault = models.CharField(max_length=60, blank=True)
    """What the machine said is wrong with the door; empty when it works."""
    fault_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "number"], name="one_door_a_number")]

    def __str__(self) -> str:
        return f"compartment {self.facility_id}-{self.number}"


class LockerStayQuerySet(models.QuerySet["LockerStay"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)


class LockerStay(models.Model):
    """ロッカー取置: what a hold waits for lies behind a door, which its code opens."""

    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="stays")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="locker_stays")
    code = models.CharField(max_length=12, blank=True)
    """Opens the door, shown to the reader; blanked at the end."""
    placed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(Patron, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """Who opened the door, until it is said to be empty: what left is lent to them though the hold was closed meanwhile."""
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=10, blank=True)
    """collected, expired or taken-out."""

    objects = LockerStayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compartment"], condition=Q(ended_at=None), name="one_stay_behind_a_door"),
            models.UniqueConstraint(fields=["hold"], condition=Q(ended_at=None), name="one_door_for_a_hold"),
        ]

    def __str__(self) -> str:
        return f"locker stay {self.pk}"


class TemporarySite(models.Model):
    """仮施設: while a facility is rebuilt it works elsewhere, with other hours; its own stock does not move."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="temporary_sites")
    since = models.DateField()
    until = models.DateField()
    """As planned; it ends when somebody ends it."""
    note = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    """The facility's own address, hours and abilities, to put back."""
    has_frozen = models.BooleanField(default=False)
    """Whether its stock was frozen for this."""
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility"], condition=Q(ended_at=None), name="one_temporary_site"),
        ]

    def __str__(self) -> str:
        return f"temporary {self.pk}"
