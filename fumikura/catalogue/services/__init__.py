"""The verbs of the catalogue."""

from fumikura.catalogue.services.imports import Counts, Progress, Report, import_file, rehearse_import
from fumikura.catalogue.services.records import delete_record, save_record

__all__ = ["Counts", "Progress", "Report", "delete_record", "import_file", "rehearse_import", "save_record"]
