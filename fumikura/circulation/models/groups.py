"""What groups borrow: sets that are booked for a term, and what a group lends on to its own people."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from fumikura.circulation.models.lending import Loan
from fumikura.holdings.models import ItemSet
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron


class SetBookingQuerySet(models.QuerySet["SetBooking"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)


class SetBooking(models.Model):
    """組の申込み: a set is promised for a term to a class or group, or to another place of the network."""

    set = models.ForeignKey(ItemSet, on_delete=models.PROTECT, related_name="bookings")
    patron = models.ForeignKey(Patron, null=True, blank=True, on_delete=models.CASCADE, related_name="set_bookings")
    """The class or group; null for a place of the network, and once it is over."""
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The place at which it will be on deposit."""
    first_on = models.DateField()
    last_on = models.DateField()
    note = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=10, blank=True)
    """lent, placed or cancelled."""

    objects = SetBookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="set_booking_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"set booking {self.pk}"


class OnwardLoan(models.Model):
    """また貸し: who of a group has a thing that the group borrowed, for as long as they have it."""

    loan = models.OneToOneField(Loan, on_delete=models.CASCADE, related_name="onward")
    holder = models.CharField(max_length=40)
    """As the group says it: 3年2組 12番. Gone with the row when the thing is back."""
    since = models.DateField()

    def __str__(self) -> str:
        return f"onward loan {self.pk}"


class OnwardCount(models.Model):
    """また貸しの回数: how often a group lent things on in a month. Nobody's name."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="onward_counts")
    month = models.DateField()
    """Its first day."""
    noted = models.PositiveIntegerField(default=0)
    """Lent on with our help, one by one."""
    told = models.PositiveIntegerField(default=0)
    """Those the group counted itself and told us at the end of the month."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patron", "month"], name="one_onward_count_a_month")]

    def __str__(self) -> str:
        return f"onward count {self.pk}"
