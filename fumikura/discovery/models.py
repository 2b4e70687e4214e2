"""Which versions of the index exist, and which one answers."""

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
