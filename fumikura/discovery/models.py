"""Which versions of the index exist and which one answers; which catalogues elsewhere are asked."""

from django.db import models
from django.db.models import Q


class IndexVersion(models.Model):
    """索引の版. One built index. Searches go to the one that answers; a rebuild fills another and then changes places."""

    name = models.CharField(max_length=60, unique=True)
    schema = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True, blank=True)
    answers = models.BooleanField(default=False)
    transaction = models.BigIntegerField()
    """With `entry`, where the journal ended before the records were read: from there a built version catches up."""
    entry = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answers"], condition=Q(answers=True), name="one_index_answers")]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """問い合わせ先: a catalogue elsewhere that answers SRU. Its last fate is kept, so that a silent one is not waited for."""

    name = models.CharField(max_length=100, unique=True)
    address = models.CharField(max_length=300)
    """http(s), with the parameters that this target wants always."""
    format = models.CharField(max_length=10, default="marcxml")
    """marcxml or dcndl."""
    schema = models.CharField(max_length=60, default="marcxml")
    """recordSchema to ask for."""
    version = models.CharField(max_length=5, default="1.1")
    indexes = models.JSONField(default=dict)
    """isbn, title, creator, words → the target's names of its indexes."""
    source = models.CharField(max_length=40, blank=True)
    """Stands in for a missing 003 in what is taken from here."""
    seconds = models.PositiveSmallIntegerField(default=8)
    """How long an answer may take."""
    listed_order = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    """Questions without an answer since the last answer."""
    silent_since = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
