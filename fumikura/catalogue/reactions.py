"""The catalogue reads the journal, drafts the readings that new and changed records lack, and lets late ones follow their works."""

from collections.abc import Sequence

from fumikura.catalogue.readings import READER, touched_by
from fumikura.catalogue.services import draft_readings, place_late_records
from fumikura.journal.models import Entry
from fumikura.journal.subscriptions import register
from fumikura.organisation.queries import system_actor

PIECE = 100
"""So many are drafted in one transaction: a tenth of a second, for which a scan may have to wait at the write gate."""


def supply_what_is_lacking(entries: Sequence[Entry]) -> None:
    records, authorities = map(sorted, touched_by(entries))
    by, at = system_actor(via="worker"), entries[-1].recorded_at
    decisions = [one.particulars["decision"] for one in entries if one.event == "catalogue.works-joined"]
    for start in range(0, max(len(records), len(authorities)), PIECE):
        end = start + PIECE
        draft_readings(records=records[start:end], authorities=authorities[start:end], by=by, at=at)
        place_late_records(records=records[start:end], decisions=decisions, by=by, at=at)


# An entry of an import names up to 500 records: 20 of them are a few seconds' work, well within the readers' lease.
register(READER, supply_what_is_lacking, batch=20)
