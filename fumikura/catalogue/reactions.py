"""The catalogue reads the journal and drafts the readings that new and changed records lack."""

from collections.abc import Sequence

from fumikura.catalogue.readings import READER, touched_by
from fumikura.catalogue.services import draft_readings
from fumikura.journal.models import Entry
from fumikura.journal.subscriptions import register
from fumikura.organisation.queries import system_actor


def draft_what_is_lacking(entries: Sequence[Entry]) -> None:
    records, authorities = touched_by(entries)
    if records or authorities:
        draft_readings(
            records=records, authorities=authorities, by=system_actor(via="worker"), at=entries[-1].recorded_at
        )


# An entry of an import names up to 500 records: 20 of them are a few seconds' work, well within the readers' lease.
register(READER, draft_what_is_lacking, batch=20)
