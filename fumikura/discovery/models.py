"""Which versions of the index exist and which one answers; which catalogues elsewhere are asked."""

from django.db import models
from django.db.models import Q

from fumikura.catalogue.models import BibliographicRecord
from fumikura.patrons.models import Patron


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


class FeatureList(models.Model):
    """特集: records that staff put together, or a reader did. `listed` holds them in their order.

    A reader's own names its `patron` and goes when its reader goes. It is shown when staff have said so: until then
    `ended_at` is the moment it was offered, and afterwards `answered_at` says when they answered.
    """

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    note_en = models.TextField(max_length=2000, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    """Null while it is shown."""
    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, null=True, blank=True, related_name="offered_lists")
    shown_as = models.CharField(max_length=40, blank=True)
    """The name under which a reader shows it; empty for a list of the staff."""
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    """Why staff do not show it."""

    def __str__(self) -> str:
        return self.title


class ListedRecord(models.Model):
    """特集の1点: a record on a list, with what staff say about it."""

    feature = models.ForeignKey(FeatureList, on_delete=models.CASCADE, related_name="listed")
    record = models.ForeignKey(BibliographicRecord, on_delete=models.PROTECT, related_name="listed_in")
    note = models.CharField(max_length=300, blank=True)
    place = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feature", "record"], name="a_record_is_listed_once")]

    def __str__(self) -> str:
        return f"{self.feature_id}: {self.record_id}"


class SavedSearch(models.Model):
    """取っておいたさがし方: a search under a name of the reader's own. Goes when its reader goes."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=2000)
    """The query string of the page of results."""
    made_at = models.DateTimeField()
    seen_on = models.DateField()
    """The day on which the reader last opened it."""
    seen_that_day = models.PositiveIntegerField(default=0)
    """How many records had come on that day when it was opened: those are not new."""

    def __str__(self) -> str:
        return self.name


class WishList(models.Model):
    """読みたい本: a list of the reader's own, under a name."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="wish_lists")
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patron", "name"], name="a_wish_list_has_its_name")]

    def __str__(self) -> str:
        return f"wish list {self.pk}"


class WishedRecord(models.Model):
    """読みたい本の1点: a record on such a list, with the reader's own note."""

    wishes = models.ForeignKey(WishList, on_delete=models.CASCADE, related_name="wished")
    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    added_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wishes", "record"], name="a_record_is_wished_once")]

    def __str__(self) -> str:
        return f"wished {self.pk}"
