"""What the catalogue announces. Particulars are record numbers; readers look up what the record says now."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordCreated(Event):
    """A record was written for the first time."""

    name: ClassVar[str] = "catalogue.record-created"
    record: int


@dataclass(frozen=True, kw_only=True)
class RecordChanged(Event):
    """A record was saved over; its earlier state is version `version`."""

    name: ClassVar[str] = "catalogue.record-changed"
    record: int
    version: int


@dataclass(frozen=True, kw_only=True)
class RecordDeleted(Event):
    """A record was taken out of the catalogue."""

    name: ClassVar[str] = "catalogue.record-deleted"
    record: int


@dataclass(frozen=True, kw_only=True)
class RecordsEdited(Event):
    """One change was made to many records at once."""

    name: ClassVar[str] = "catalogue.records-edited"
    batch: int
    records: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class BatchEditUndone(Event):
    """What a batch edit had changed was put back; records that were changed since were left alone."""

    name: ClassVar[str] = "catalogue.batch-edit-undone"
    batch: int
    records: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RecordsImported(Event):
    """One chunk of a file was committed; `records` are those created or changed by it."""

    name: ClassVar[str] = "catalogue.records-imported"
    batch: int
    records: tuple[int, ...]
    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class RecordsCollected(Event):
    """A page of another institution's catalogue was taken in; `records` are those created, changed or taken out by it."""

    name: ClassVar[str] = "catalogue.records-collected"
    institution: str
    records: tuple[int, ...]
    removed: int


@dataclass(frozen=True, kw_only=True)
class ColumnMappingSaved(Event):
    """Which columns of a table are what was kept under a name, or kept anew."""

    name: ClassVar[str] = "catalogue.column-mapping-saved"
    mapping: str


@dataclass(frozen=True, kw_only=True)
class ColumnMappingForgotten(Event):
    """A kept mapping of columns was thrown away."""

    name: ClassVar[str] = "catalogue.column-mapping-forgotten"
    mapping: str


@dataclass(frozen=True, kw_only=True)
class ImportTakenBack(Event):
    """Part of an import was undone; `records` are those deleted or restored by it."""

    name: ClassVar[str] = "catalogue.import-taken-back"
    batch: int
    records: tuple[int, ...]
    deleted: int
    restored: int
    left: int


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """A file was read to its end."""

    name: ClassVar[str] = "catalogue.import-finished"
    batch: int
    created: int
    updated: int
    unchanged: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class AuthoritiesChanged(Event):
    """Headings, variants or references of these authorities changed: their records are found by other words now."""

    name: ClassVar[str] = "catalogue.authorities-changed"
    authorities: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class AuthoritiesMerged(Event):
    """One authority went into another; `merge` can be undone."""

    name: ClassVar[str] = "catalogue.authorities-merged"
    merge: int
    authorities: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class AuthorityMergeUndone(Event):
    """Two authorities that had been made one are two again."""

    name: ClassVar[str] = "catalogue.authority-merge-undone"
    merge: int
    authorities: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ClassLabelsLoaded(Event):
    """The names of the classes of these editions of the NDC were loaded."""

    name: ClassVar[str] = "catalogue.class-labels-loaded"
    editions: tuple[str, ...]
    labels: int


@dataclass(frozen=True, kw_only=True)
class DuplicatesFound(Event):
    """Records came in that may be the same as others: so many pairs were found."""

    name: ClassVar[str] = "catalogue.duplicates-found"
    sure: int
    doubtful: int


@dataclass(frozen=True, kw_only=True)
class RecordsMerged(Event):
    """A record went into another: `records` are the one that was kept and the one that is gone."""

    name: ClassVar[str] = "catalogue.records-merged"
    merge: int
    records: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RecordMergeUndone(Event):
    """Two records that had been made one are two again."""

    name: ClassVar[str] = "catalogue.record-merge-undone"
    merge: int
    records: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RecordsKeptApart(Event):
    """A person decided that two records that look alike are two, or took that decision back.

    `as_editions`: two publications of one work, as which they stood together before."""

    name: ClassVar[str] = "catalogue.records-kept-apart"
    pair: int
    taken_back: bool = False
    as_editions: bool = False


@dataclass(frozen=True, kw_only=True)
class WorksJoined(Event):
    """Somebody decided that two works are one; `records` are those that stand with others now. `pair` is the possible
    duplicate that was settled by it, 0 for none."""

    name: ClassVar[str] = "catalogue.works-joined"
    decision: int
    records: tuple[int, ...]
    pair: int = 0


@dataclass(frozen=True, kw_only=True)
class WorkParted(Event):
    """Somebody decided that `records` are another work than those they had stood with."""

    name: ClassVar[str] = "catalogue.work-parted"
    decision: int
    records: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WorkDecisionUndone(Event):
    """What somebody had decided about works was taken back; `records` are those that stand with others now, or alone."""

    name: ClassVar[str] = "catalogue.work-decision-undone"
    decision: int
    records: tuple[int, ...]
    pair: int = 0


@dataclass(frozen=True, kw_only=True)
class LateRecordsPlaced(Event):
    """Records that were written while somebody joined their work to another stand with it now."""

    name: ClassVar[str] = "catalogue.late-records-placed"
    records: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SourceRuleSet(Event):
    """What records of a source may do to those that are here was decided anew."""

    name: ClassVar[str] = "catalogue.source-rule-set"
    source: str


@dataclass(frozen=True, kw_only=True)
class ReadingsDrafted(Event):
    """Titles and headings that said nothing of it got a drafted reading: they are found and sorted by it now."""

    name: ClassVar[str] = "catalogue.readings-drafted"
    records: tuple[int, ...]
    authorities: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ReadingsConfirmed(Event):
    """A person confirmed or mended readings; `readings` are their row numbers."""

    name: ClassVar[str] = "catalogue.readings-confirmed"
    readings: tuple[int, ...]
    records: tuple[int, ...]
    authorities: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ReadingsConfirmationUndone(Event):
    """What had been confirmed is a draft again."""

    name: ClassVar[str] = "catalogue.readings-confirmation-undone"
    readings: tuple[int, ...]
    records: tuple[int, ...]
    authorities: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class AuthoritiesImported(Event):
    """One chunk of a file of authorities was committed."""

    name: ClassVar[str] = "catalogue.authorities-imported"
    batch: int
    authorities: tuple[int, ...]
    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class AuthorityImportUndone(Event):
    """An import of authorities was taken back; `authorities` are those that say again what they said before."""

    name: ClassVar[str] = "catalogue.authority-import-undone"
    batch: int
    authorities: tuple[int, ...]
    deleted: int
    left: int
