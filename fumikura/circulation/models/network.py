"""What a whole network needs beside loans and holds: crates, closings, shifts, reminders, and working without a line."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.circulation.models.lending import Loan
from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron


class CrateQuerySet(models.QuerySet["Crate"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class Crate(models.Model):
    """コンテナ: one filling of a crate, from the first thing laid in until it is unpacked. Its label is read at every stop."""

    number = models.CharField(max_length=30)
    """On the label; a crate is used again under the same number once it was unpacked."""
    origin = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    """Handed to the van."""
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    """Unpacking finished."""

    objects = CrateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(closed_at=None), name="one_filling_per_crate"),
        ]

    def __str__(self) -> str:
        return self.number


class CrateLine(models.Model):
    """送り状の1行: an item on the list of a crate."""

    crate = models.ForeignKey(Crate, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="crate_lines")
    packed_at = models.DateTimeField()
    unpacked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(unpacked_at=None), name="one_crate_per_item"),
        ]

    def __str__(self) -> str:
        return f"crate line {self.pk}"


class DueShift(models.Model):
    """期限の一斉変更: everything due from a day through a day becomes due on another, e.g. after a typhoon."""

    first_on = models.DateField()
    last_on = models.DateField()
    new_due_on = models.DateField()
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Only what was lent there; null: the whole network."""
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"shift {self.pk}"


class ShiftedLoan(models.Model):
    """変更した1点: what a loan was before a shift, so that it can be put back. Gone with the loan's reader."""

    shift = models.ForeignKey(DueShift, on_delete=models.CASCADE, related_name="loans")
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="shifts")
    due_before = models.DateField()
    renewals = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"shifted loan {self.pk}"


class Closure(models.Model):
    """緊急休館: a facility closed outside its calendar, and what that changed."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    substitute = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Where its waiting readers collect meanwhile; null: their books wait here, and longer."""
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    days = models.JSONField(default=list)
    """The days that were open before."""
    opened = models.JSONField(default=dict)
    """Those of them that had been opened by decision, with the note of that."""
    moved_holds = models.JSONField(default=list)
    """Row numbers of the holds that were moved to the substitute."""
    kept_longer = models.JSONField(default=list)
    """[shelf place, last day before, last day after] for each thing that waits longer."""
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"closure {self.pk}"


class Reminder(models.Model):
    """督促: a stage that somebody must carry out by telephone, postcard, letter or visit; one for a household."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="reminders")
    """To whom it is addressed: the guardian of a household."""
    channel = models.CharField(max_length=10)
    stage = models.PositiveSmallIntegerField()
    made_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    """Printed, called or visited; or nothing was overdue any more."""

    class Meta:
        indexes = [models.Index(fields=["channel"], condition=Q(done_at=None), name="reminder_to_do")]

    def __str__(self) -> str:
        return f"reminder {self.pk}"


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def in_force(self, on: date) -> Self:
        return self.filter(ended_at=None, until__gte=on)


class Exemption(models.Model):
    """督促の猶予: a reader (with everybody they answer for) or one loan is not reminded through a day, for a reason."""

    patron = models.ForeignKey(Patron, null=True, blank=True, on_delete=models.CASCADE, related_name="exemptions")
    loan = models.ForeignKey(Loan, null=True, blank=True, on_delete=models.CASCADE, related_name="exemptions")
    why = models.CharField(max_length=20)
    """illness, disaster, post, searching or other."""
    words = models.CharField(max_length=200, blank=True)
    until = models.DateField()
    """The last day without a reminder."""
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(patron__isnull=True, loan__isnull=False) | Q(patron__isnull=False, loan__isnull=True),
                name="exemption_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["until"], condition=Q(ended_at=None), name="exemption_open")]

    def __str__(self) -> str:
        return f"exemption {self.pk}"


class OfflineTerminal(models.Model):
    """オフライン端末: a browser that may go on working without a line, and the secret with which it signs its list."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60, blank=True)
    """What the desk calls it: カウンター2."""
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    secret = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    received = models.PositiveIntegerField(default=0)
    """How many lines of its list have arrived, without a gap from the first."""
    link = models.CharField(max_length=64, blank=True)
    """The chain's link at the last of them."""
    heard_at = models.DateTimeField(null=True, blank=True)
    ahead_seconds = models.IntegerField(default=0)
    """How far its clock was ahead when it was last heard."""

    def __str__(self) -> str:
        return self.code


class OfflineList(models.Model):
    """オフラインの束: a stretch of a terminal's list as it arrived, by the line or as a file."""

    terminal = models.ForeignKey(OfflineTerminal, on_delete=models.PROTECT, related_name="lists")
    first = models.PositiveIntegerField()
    """The number of its first line; a terminal counts its lines from 1."""
    count = models.PositiveIntegerField()
    head = models.TextField()
    """Terminal, site, first line and clock, as signed."""
    lines = models.JSONField(default=list)
    """The lines as signed; emptied when all have been entered."""
    signature = models.CharField(max_length=64)
    ahead_seconds = models.IntegerField(default=0)
    via = models.CharField(max_length=10)
    """line, or file when somebody carried it over."""
    received_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True, blank=True)
    quarantined_for = models.CharField(max_length=40, blank=True)
    """Why none of it may be entered; empty for a list that is the terminal's own."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal", "signature"], condition=Q(quarantined_for=""), name="one_list_per_signature"
            ),
        ]
        indexes = [models.Index(fields=["terminal"], condition=Q(entered_at=None), name="offline_list_to_enter")]

    def __str__(self) -> str:
        return f"offline list {self.pk}"


class ReplayedLine(models.Model):
    """オフラインの1行: a line that a person should look at, because it was set aside or entered with a note."""

    key = models.CharField(max_length=64, unique=True)
    terminal = models.CharField(max_length=40)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    happened_at = models.DateTimeField()
    item = models.CharField(max_length=40, blank=True)
    card = models.CharField(max_length=40, blank=True)
    """Blanked once somebody has settled the line."""
    facts = models.JSONField(default=dict)
    """What else the line says (the name of somebody registered, the words of a hold slip); emptied with the card."""
    is_entered = models.BooleanField()
    why = models.CharField(max_length=60)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_as = models.CharField(max_length=10, blank=True)
    """accepted, called, undone or entered."""

    class Meta:
        indexes = [models.Index(fields=["facility"], condition=Q(settled_at=None), name="replayed_line_to_do")]

    def __str__(self) -> str:
        return f"replayed line {self.pk}"
