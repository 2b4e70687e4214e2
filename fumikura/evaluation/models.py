"""Facts: the only thing that statistics are made of; and the rules of a draft played over them."""

from django.db import models

from fumikura.circulation.models import PolicyDraft, PolicySet


class Fact(models.Model):
    """事実: one thing that was done. Its number is the journal entry's, so that counting it twice is impossible."""

    entry = models.BigIntegerField(primary_key=True)
    measure = models.CharField(max_length=20)
    """loans, renewals, returns, registrations, items-added, items-withdrawn, transits; see evaluation.rules.MEASURES."""
    amount = models.PositiveIntegerField(default=1)
    on = models.DateField()
    hour = models.PositiveSmallIntegerField()
    """Local hour, 0–23."""
    facility = models.CharField(max_length=20, blank=True)
    via = models.CharField(max_length=20, blank=True)
    material = models.CharField(max_length=20, blank=True)
    ndc = models.CharField(max_length=3, blank=True)
    category = models.CharField(max_length=20, blank=True)
    age_band = models.CharField(max_length=10, blank=True)
    district = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["measure", "on", "facility"], name="fact_measure_day_site"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.on}"


class Replay(models.Model):
    """当てはめ: the loans of past days judged by a draft, day by day; what it came to so far. Of each draft's revision one."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.CASCADE, related_name="replays")
    revision = models.PositiveIntegerField()
    """Of the draft: after a change it is replayed anew."""
    base = models.ForeignKey(PolicySet, on_delete=models.CASCADE, related_name="+")
    """The rules in force that it is compared with."""
    since = models.DateField()
    until = models.DateField()
    days_done = models.PositiveSmallIntegerField(default=0)
    effects = models.JSONField(default=list)
    """[site, age band, figures] for the days that are done."""
    noted_at = models.DateTimeField()
    """When a day was last done: one that stands still was cut off."""
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "revision", "base", "until"], name="one_replay_of_a_revision"),
        ]

    def __str__(self) -> str:
        return f"replay {self.pk}"

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1
