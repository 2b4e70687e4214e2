"""Programmes with their sessions, and announcements."""

from django.db import models
from django.db.models import F, Q

from fumikura.organisation.models import Facility


class Programme(models.Model):
    """行事: what a site invites people to. `sessions` holds its days."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", "どなたでも"
        BABIES = "babies", "赤ちゃんと保護者"
        CHILDREN = "children", "子ども"
        TEENS = "teens", "中学生・高校生"
        ADULTS = "adults", "おとな"

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    note = models.TextField(max_length=4000, blank=True)
    note_en = models.TextField(max_length=4000, blank=True)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="programmes")
    room = models.CharField(max_length=60, blank=True)
    """Where in the building: 2階 集会室."""
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYBODY)
    apply = models.CharField(max_length=300, blank=True)
    """How to apply, in words; empty where nobody needs to."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    """Null while it is shown."""

    def __str__(self) -> str:
        return self.title


class Session(models.Model):
    """行事の1回: one day of a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_called_off = models.BooleanField(default=False)
    """中止: still shown, so that nobody comes in vain."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_begins")
        ]
        indexes = [models.Index(fields=["ends_at"], name="session_by_end")]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.starts_at}"


class Announcement(models.Model):
    """お知らせ: what everybody should know, on the first page for a while."""

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    text_en = models.TextField(max_length=4000, blank=True)
    facility = models.ForeignKey(
        Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="announcements"
    )
    """The site it is about; none: the whole library."""
    is_urgent = models.BooleanField(default=False)
    """Shown first and marked."""
    shown_from = models.DateField()
    shown_until = models.DateField(null=True, blank=True)
    """Its last day; null: until it is ended."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title
