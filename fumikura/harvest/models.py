"""Where we collect, what each run did, which record came from where."""

from django.db import models
from django.db.models import Q

from fumikura.catalogue.models import BibliographicRecord


class HarvestSource(models.Model):
    """収集元: an institution whose catalogue we collect."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    protocol = models.CharField(max_length=10)
    """oai, sru or csv."""
    address = models.CharField(max_length=300)
    format = models.CharField(max_length=20, blank=True)
    """OAI-PMH: metadataPrefix. SRU: recordSchema."""
    set = models.CharField(max_length=100, blank=True)
    """OAI-PMH: setSpec. SRU: the query that means everything."""
    link = models.CharField(max_length=300, blank=True)
    """The page of one record at the institution, with {id}; empty when the records say it themselves."""
    plan = models.JSONField(default=dict, blank=True)
    """Which column or element is what, as marc.rows.ColumnPlan; empty = as their names tell."""
    every_days = models.PositiveSmallIntegerField(default=1)
    """How often the night shift asks; 0 = only by hand."""
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code


class Harvest(models.Model):
    """収集の1回: one run over a source; the place where it stands is written with each page."""

    source = models.ForeignKey(HarvestSource, on_delete=models.PROTECT, related_name="harvests")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    is_whole = models.BooleanField(default=True)
    """Whether everything was asked for: then what did not come is gone."""
    since = models.CharField(max_length=30, blank=True)
    """OAI-PMH: what was asked from, by the clock of the institution."""
    responded = models.CharField(max_length=30, blank=True)
    """OAI-PMH: when the institution answered first, by its own clock: where the next run begins."""
    place = models.TextField(blank=True)
    """Where to go on: a resumption token, the number of the next record."""
    pages = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=30, blank=True)
    """Why it stands still; empty while all is well."""
    fault_detail = models.CharField(max_length=200, blank=True)
    fault_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(finished_at=None), name="one_open_harvest_per_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.started_at}"


class HarvestedRecord(models.Model):
    """収集した書誌: a record of ours, and what it is at the institution that it comes from."""

    source = models.ForeignKey(HarvestSource, on_delete=models.PROTECT, related_name="records")
    identifier = models.CharField(max_length=200)
    record = models.OneToOneField(BibliographicRecord, on_delete=models.PROTECT, related_name="harvested")
    link = models.CharField(max_length=500, blank=True)
    seen_in = models.ForeignKey(Harvest, on_delete=models.PROTECT, related_name="+")
    """The last run in which it came."""
    came_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "identifier"], name="harvested_once")]

    def __str__(self) -> str:
        return self.identifier


class HarvestFault(models.Model):
    """収集できなかった書誌: what came and could not be taken in, with its bytes and the reason. Goes when it comes whole."""

    source = models.ForeignKey(HarvestSource, on_delete=models.PROTECT, related_name="faults")
    identifier = models.CharField(max_length=200)
    raw = models.BinaryField()
    reason = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    came_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "identifier"], name="faulty_once_per_source")]

    def __str__(self) -> str:
        return self.identifier
