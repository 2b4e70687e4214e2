"""The verbs of the catalogue."""

from fumikura.catalogue.services.authorities import (
    AuthorityFacts,
    add_authority,
    change_authority,
    merge_authorities,
    relate,
    remove_authority,
    undo_authority_merge,
    unrelate,
)
from fumikura.catalogue.services.authority_imports import (
    AuthorityReport,
    import_authorities,
    rehearse_authorities,
    undo_authority_import,
)
from fumikura.catalogue.services.classes import load_class_labels
from fumikura.catalogue.services.collecting import Collected, collect
from fumikura.catalogue.services.duplicates import (
    compare_all,
    find_duplicates,
    keep_apart,
    keep_as_editions,
    open_again,
)
from fumikura.catalogue.services.editing import (
    MOST_AT_ONCE,
    Undone,
    edit_many,
    forget_unsaved,
    keep_unsaved,
    restore_version,
    save_edit,
    undo_edit_many,
)
from fumikura.catalogue.services.imports import Counts, Progress, Report, import_file
from fumikura.catalogue.services.mappings import forget_mapping, save_mapping
from fumikura.catalogue.services.merging import divide, overlay_of, set_source_rule, unite
from fumikura.catalogue.services.readings import (
    Drafted,
    confirm_readings,
    draft_missing,
    draft_readings,
    pass_over,
    undo_confirmation,
)
from fumikura.catalogue.services.records import bring_back_record, delete_record, save_record
from fumikura.catalogue.services.rehearsing import rehearse_import
from fumikura.catalogue.services.relinking import Relinked, relink_authorities
from fumikura.catalogue.services.ties import TieFacts, add_tie, remove_tie
from fumikura.catalogue.services.undoing import TakenBack, foresee_undo, undo_import
from fumikura.catalogue.services.works import join_works, part_work, place_late_records, undo_work_decision

__all__ = [
    "MOST_AT_ONCE",
    "AuthorityFacts",
    "AuthorityReport",
    "Collected",
    "Counts",
    "Drafted",
    "Progress",
    "Relinked",
    "Report",
    "TakenBack",
    "TieFacts",
    "Undone",
    "add_authority",
    "add_tie",
    "bring_back_record",
    "change_authority",
    "collect",
    "compare_all",
    "confirm_readings",
    "delete_record",
    "divide",
    "draft_missing",
    "draft_readings",
    "edit_many",
    "find_duplicates",
    "foresee_undo",
    "forget_mapping",
    "forget_unsaved",
    "import_authorities",
    "import_file",
    "join_works",
    "keep_apart",
    "keep_as_editions",
    "keep_unsaved",
    "load_class_labels",
    "merge_authorities",
    "open_again",
    "overlay_of",
    "part_work",
    "pass_over",
    "place_late_records",
    "rehearse_authorities",
    "rehearse_import",
    "relate",
    "relink_authorities",
    "remove_authority",
    "remove_tie",
    "restore_version",
    "save_edit",
    "save_mapping",
    "save_record",
    "set_source_rule",
    "undo_authority_import",
    "undo_authority_merge",
    "undo_confirmation",
    "undo_edit_many",
    "undo_import",
    "undo_work_decision",
    "unite",
    "unrelate",
]
