"""Facts: the only thing that statistics are made of."""

from django.db import models


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
