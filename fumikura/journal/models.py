"""Tables of the journal. No foreign keys, so that the record of the past never stands in the way of the present."""

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """記録: one line of the journal, written in the transaction it reports. Edited only to forget a patron: see services and mixing."""

    transaction = models.BigIntegerField()
    """PostgreSQL's transaction id, 0 on SQLite. Readers follow (transaction, id); see journal.readers."""
    event = models.CharField(max_length=80)
    subject = models.CharField(max_length=60, blank=True)
    """What it is about, as "room.noun:id"; forgetting and the activity log find entries by it."""
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    facility = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=80)
    via = models.CharField(max_length=20)
    patron_key = models.CharField(max_length=40, blank=True)
    """The only erasable column."""
    request_key = models.CharField(max_length=64, blank=True)
    particulars = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["transaction", "id"], name="journal_reading_order"),
            models.Index(fields=["event", "happened_at"], name="journal_event_when"),
            models.Index(fields=["subject"], name="journal_subject", condition=~Q(subject="")),
            models.Index(fields=["patron_key"], name="journal_patron_key", condition=~Q(patron_key="")),
            models.Index(fields=["happened_at"], name="journal_when"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}"


class Bookmark(models.Model):
    """How far a reader has read: every entry up to (transaction, entry) is done or set aside."""

    reader = models.CharField(max_length=40, unique=True)
    transaction = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.reader


class SetAside(models.Model):
    """An entry that a reader could not digest. It is tried again later and does not stop the reader."""

    reader = models.CharField(max_length=40)
    entry = models.BigIntegerField()
    error = models.TextField()
    """Type and place of the failure; never its arguments, which might hold personal data."""
    tries = models.PositiveIntegerField(default=1)
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "entry"], name="journal_set_aside_once")]

    def __str__(self) -> str:
        return f"{self.reader} {self.entry}"


class Answer(models.Model):
    """What a mutating request was answered, under its request key, so that a retry is answered and not repeated."""

    request_key = models.CharField(max_length=64, primary_key=True)
    door = models.CharField(max_length=20)
    answered_at = models.DateTimeField()
    body = models.JSONField(default=dict)
    """Row numbers and codes only: never a name, never a pair of patron and title."""

    def __str__(self) -> str:
        return self.request_key


class Lease(models.Model):
    """Who may run a job or the readers just now. A lease that is not renewed lapses, so a killed worker holds nothing."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()
    last_done_at = models.DateTimeField(null=True, blank=True, default=None)

    def __str__(self) -> str:
        return self.name
