"""Authorities, what they are called, which records name them; and the names of classes."""

from django.db import models

from fumikura.catalogue.models.records import BibliographicRecord


class Authority(models.Model):
    """典拠: one person, body or subject under one heading, whatever the records call it."""

    kind = models.CharField(max_length=10)
    """person, body or subject."""
    heading = models.TextField()
    """As in records: 姓, 名 for persons."""
    reading = models.TextField(blank=True)
    """Katakana; empty when unknown."""
    reading_is_draft = models.BooleanField(default=False)
    """Whether the reading was only drafted by the machine (models.Reading)."""
    dates = models.CharField(max_length=60, blank=True)
    """Years of life as in records: 1867-1916."""
    key = models.CharField(max_length=200)
    """The folded heading without blanks: what headings of records are compared by."""
    identity = models.CharField(max_length=40, unique=True)
    """Digest of what tells it from its namesakes, so that two imports side by side make one."""
    sort_key = models.CharField(max_length=200, blank=True)
    scheme = models.CharField(max_length=20, blank=True)
    """Of a subject: the list it belongs to, local for the library's own 件名, ndlsh …; empty when no list says it."""
    note = models.TextField(blank=True)
    """For staff: what the heading means, where that is known from (670, 680)."""
    is_local = models.BooleanField(default=False)
    """市ゆかりの文化人: somebody the city counts as its own."""
    local_note = models.TextField(blank=True)
    """What ties them to the city, for the public."""
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["key"], name="authority_key"),
            models.Index(fields=["kind", "sort_key"], name="authority_sort_key"),
        ]

    def __str__(self) -> str:
        return self.heading


class AuthorityVariant(models.Model):
    """別名: another form of the heading, found in a record or entered by staff (をも見よ参照 is AuthorityRelation)."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="variants")
    name = models.TextField()
    reading = models.TextField(blank=True)
    dates = models.CharField(max_length=60, blank=True)
    """As they stood beside this form, when it was a heading of its own before a merge."""
    key = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "key"], name="variant_once_per_authority")]
        indexes = [
            models.Index(fields=["key"], name="variant_key"),
            models.Index(fields=["sort_key"], name="variant_sort_key"),
        ]

    def __str__(self) -> str:
        return self.name


class AuthorityIdentifier(models.Model):
    """典拠番号: the number of an authority in a file elsewhere ($0), e.g. JTNDL 00054222."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="authority_number_once")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class AuthorityRelation(models.Model):
    """をも見よ: two authorities that point to each other; kept once, the lower number first."""

    first = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, default="related")
    """What the second is to the first: related, broader (上位語) or narrower (下位語)."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="relation_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="relation_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} – {self.second_id}"


class LocalTie(models.Model):
    """市とのつながり: what ties a person to the city, and where that is known from; for the public."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=12)
    """born, lived, studied, worked, wrote-about, stayed, buried or other."""
    place = models.CharField(max_length=200)
    dates = models.CharField(max_length=60, blank=True)
    """As told: 1903–1907, 明治36年ごろ."""
    source = models.TextField(blank=True)
    """出典."""
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.authority_id} {self.kind} {self.place}"


class AuthorityImport(models.Model):
    """典拠の取り込み: one file of authorities brought in."""

    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    source = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    """Entries read and committed so far: where an interrupted import goes on."""
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    """[ordinal, reason, heading] of what could not be taken in."""
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file_digest"], name="authority_file_once")]

    def __str__(self) -> str:
        return self.file_name


class ImportedAuthority(models.Model):
    """取り込んだ典拠: what an import made of one authority, for showing and undoing it."""

    batch = models.ForeignKey(AuthorityImport, on_delete=models.CASCADE, related_name="lines")
    authority = models.ForeignKey(Authority, null=True, on_delete=models.SET_NULL, related_name="+")
    heading = models.TextField()
    before = models.JSONField(null=True)
    """None when the import made it."""
    after = models.JSONField()
    outcome = models.CharField(max_length=20, blank=True)
    """Of undoing: deleted, restored, or why it was left alone: in-use, changed-since, gone. Empty before."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "authority"], name="imported_authority_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.heading}"


class AuthorityLink(models.Model):
    """A record names an authority in this field: 100, 700 (by), 600, 650 (about)."""

    record = models.ForeignKey(BibliographicRecord, on_delete=models.CASCADE, related_name="links", db_index=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="links")
    tag = models.CharField(max_length=3)
    role = models.CharField(max_length=40, blank=True)
    """著, 訳 … as in the record."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "authority", "tag"], name="link_once_per_field")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.tag} {self.authority_id}"


class AuthorityMerge(models.Model):
    """典拠の統合: what went from one authority to another, so that it can go back."""

    kept = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField()
    """links: [record, tag] that moved; both: [record, tag, role] that stood at both; and row numbers of the rest."""
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class ClassLabel(models.Model):
    """分類の見出し: the name of one class of the NDC, loaded by the library from the file it is entitled to use."""

    edition = models.CharField(max_length=2)
    """8, 9 or 10."""
    number = models.CharField(max_length=20)
    """As catalogue.ndc.tidy_number: 9, 91, 913, 913.6."""
    label = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="label_once_per_edition")]
        indexes = [models.Index(fields=["number"], name="class_label_number")]

    def __str__(self) -> str:
        return f"NDC{self.edition} {self.number} {self.label}"
