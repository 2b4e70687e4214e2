"""Which versions of the index exist, and which one answers."""

from django.db import models
from django.db.models import Q


class IndexVersion(models.Model):
    """One built index. Searches go to the one that answers; a rebuild fills another and then changes places."""

    name = models.CharField(max_length=60, unique=True)
    schema = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True, blank=True)
    answers = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answers"], condition=Q(answers=True), name="one_index_answers")]

    def __str__(self) -> str:
        return self.name
