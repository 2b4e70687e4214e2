"""Bibliographic records and where they came from."""

from django.db import models
from django.db.models.functions import Now


class BibliographicRecord(models.Model):
    """書誌: one MARC 21 record. The columns beside `marc` are its summary, written only by catalogue.services."""

    source = models.CharField(max_length=40)
    """Where it comes from: MARC 003, or the name of the file's supplier. With `number`, its identity across imports."""
    number = models.CharField(max_length=80)
    """MARC 001, or the supplier's own number."""
    marc = models.BinaryField()
    """ISO 2709, byte for byte as it came when it came so."""
    title = models.TextField()
    volume = models.CharField(max_length=100, blank=True)
    reading = models.TextField(blank=True)
    """Katakana reading of the title, spaced as in the record; one that staff confirmed, or a draft; empty when unknown."""
    reading_is_draft = models.BooleanField(default=False)
    """Whether the reading was only drafted by the machine (models.Reading)."""
    creator = models.TextField(blank=True)
    """The first responsible name, for lists."""
    creator_reading = models.TextField(blank=True)
    sort_key = models.CharField(max_length=200, blank=True)
    """Folded reading (or title) for 五十音 order."""
    publisher = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=3, blank=True)
    """MARC language code, e.g. jpn."""
    kind = models.CharField(max_length=20, default="book")
    """book, large-print, picture-book, comic, magazine, newspaper, map, score, cd, dvd, video, e-book, braille, daisy, other."""
    ndc = models.CharField(max_length=20, blank=True)
    work_key = models.CharField(max_length=120, blank=True)
    """The same for every edition, format and volume of a work: folded title and creator (catalogue.works), unless staff
    decided otherwise (models.works)."""
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(db_default=Now())
    """When this row was last written, by the database's clock: what harvesters go by. `changed_at` is when it was meant
    to be so; a long import gives it to all its records and writes them over an hour."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="record_once_per_source")]
        indexes = [
            models.Index(fields=["sort_key"], name="record_sort_key"),
            models.Index(fields=["written_at", "id"], name="record_written"),
            models.Index(fields=["work_key"], name="record_work_key"),
        ]

    def __str__(self) -> str:
        return self.title


class RecordIdentifier(models.Model):
    """標準番号: a number under which a record can be asked for, normalised (ISBN as 13 digits)."""

    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10)
    """isbn, issn, jpno, ncid, …"""
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "scheme", "value"], name="identifier_once_per_record")]
        indexes = [models.Index(fields=["scheme", "value"], name="identifier_value")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class RecordVersion(models.Model):
    """An earlier state of a record, kept when it was saved over."""

    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    marc = models.BinaryField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="record_version_once")]

    def __str__(self) -> str:
        return f"{self.record_id} v{self.number}"


class UnsavedEdit(models.Model):
    """書きかけ: what somebody has typed into the editor and not saved yet, so that nothing is lost with the page."""

    key = models.UUIDField(primary_key=True)
    owner = models.CharField(max_length=80)
    """Actor.ref of who types; nobody else sees it."""
    record = models.ForeignKey(BibliographicRecord, null=True, on_delete=models.CASCADE, related_name="unsaved_edits")
    """None for a record that does not exist yet."""
    base = models.TextField(blank=True)
    """The record as lines, as it was when the editing began."""
    template = models.CharField(max_length=20)
    text = models.TextField()
    """The record as lines, as it is now."""
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "changed_at"], name="unsaved_of_owner")]

    def __str__(self) -> str:
        return str(self.key)


class BatchEdit(models.Model):
    """一括修正: one change made to many records at once, and how to undo it."""

    operations = models.JSONField()
    """What was done, as editing.operations.Operation in plain values."""
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"batch edit {self.pk}"


class BatchEditRecord(models.Model):
    """One record that a batch edit changed."""

    batch = models.ForeignKey(BatchEdit, on_delete=models.CASCADE, related_name="records")
    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    """Number of the version that keeps the state before."""
    after = models.CharField(max_length=64)
    """SHA-256 of the state after; when the record says something else by now, undoing leaves it alone."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "record"], name="batch_edit_once_per_record")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.record_id}"


class ImportBatch(models.Model):
    """取込: one file brought in. Brought in again, the same row starts anew; the journal keeps the earlier times."""

    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    source = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    times_finished = models.PositiveIntegerField(default=0)
    """A file that was brought in whole before brings no earlier state of a record back."""
    position = models.BigIntegerField(default=0)
    """Records read and committed so far: where an interrupted import goes on."""
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    undo_started_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file_digest", "source"], name="import_once_per_file")]

    def __str__(self) -> str:
        return self.file_name


class ColumnMapping(models.Model):
    """列の対応: which columns of a supplier's tables are what, kept under a name."""

    name = models.CharField(max_length=60, unique=True)
    columns = models.JSONField()
    """Name of the file's column (its number from 1 when there is no header) → ours."""
    has_header = models.BooleanField(default=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class ImportedRecord(models.Model):
    """取り込んだ書誌: one record that an import created or wrote over, and what undoing the import made of it."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="records")
    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(null=True, blank=True)
    """Number of the version that keeps the state before; null when the import created the record."""
    revived = models.BooleanField(default=False)
    """Whether the record was deleted before the import."""
    after = models.CharField(max_length=16)
    """Short digest of the state after; when the record says something else by now, undoing leaves it alone."""
    outcome = models.CharField(max_length=20, blank=True)
    """Of undoing: deleted, restored, or why it was left alone: in-use, changed-since, gone. Empty before."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "record"], name="imported_once_per_batch")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.record_id}"


class QuarantinedRecord(models.Model):
    """隔離: a record that could not be taken in, with its bytes and the reason; nothing is lost."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="quarantine")
    ordinal = models.PositiveIntegerField()
    """1 = first record of the file."""
    raw = models.BinaryField()
    reason = models.CharField(max_length=40)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "ordinal"], name="quarantined_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.ordinal}"
