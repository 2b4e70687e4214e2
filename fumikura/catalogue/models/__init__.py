"""The tables of the catalogue."""

from fumikura.catalogue.models.authorities import (
    Authority,
    AuthorityIdentifier,
    AuthorityLink,
    AuthorityMerge,
    AuthorityRelation,
    AuthorityVariant,
    ClassLabel,
)
from fumikura.catalogue.models.duplicates import (
    DuplicatePair,
    RecordMerge,
    SourceRule,
)
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

__all__ = [
    "Authority",
    "AuthorityIdentifier",
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
    "ImportedRecord",
    "QuarantinedRecord",
    "RecordIdentifier",
    "RecordMerge",
    "RecordVersion",
    "SourceRule",
    "UnsavedEdit",
]
