"""The tables of the catalogue."""

from fumikura.catalogue.models.authorities import (
    Authority,
    AuthorityIdentifier,
    AuthorityImport,
    AuthorityLink,
    AuthorityMerge,
    AuthorityRelation,
    AuthorityVariant,
    ClassLabel,
    ImportedAuthority,
    LocalTie,
)
from fumikura.catalogue.models.duplicates import (
    DuplicatePair,
    RecordMerge,
    SourceRule,
)
from fumikura.catalogue.models.readings import Reading
from fumikura.catalogue.models.records import (
    BatchEdit,
    BatchEditRecord,
    BibliographicRecord,
    ColumnMapping,
    ImportBatch,
    ImportedRecord,
    QuarantinedRecord,
    RecordIdentifier,
    RecordVersion,
    UnsavedEdit,
)
from fumikura.catalogue.models.works import PlacedRecord, WorkDecision

__all__ = [
    "Authority",
    "AuthorityIdentifier",
    "AuthorityImport",
    "AuthorityLink",
    "AuthorityMerge",
    "AuthorityRelation",
    "AuthorityVariant",
    "BatchEdit",
    "BatchEditRecord",
    "BibliographicRecord",
    "ClassLabel",
    "ColumnMapping",
    "DuplicatePair",
    "ImportBatch",
    "ImportedAuthority",
    "ImportedRecord",
    "LocalTie",
    "PlacedRecord",
    "QuarantinedRecord",
    "Reading",
    "RecordIdentifier",
    "RecordMerge",
    "RecordVersion",
    "SourceRule",
    "UnsavedEdit",
    "WorkDecision",
]
