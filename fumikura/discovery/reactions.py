"""Discovery reads the journal and keeps the index fresh."""

from datetime import datetime

from fumikura.discovery.services import BATCH, BULK_READER, READER, keep_up, keep_up_in_bulk, let_go, tend
from fumikura.journal.subscriptions import register


def tend_it(at: datetime) -> None:
    tend(at)


register(READER, keep_up, tend=tend_it, rest=let_go, batch=BATCH, is_urgent=True)
# An entry of an import names up to 500 records: 20 of them are a few seconds' work, well within the readers' lease.
# Urgent too, so that one process and one thread of it writes the index: who writes while another commits is refused.
register(BULK_READER, keep_up_in_bulk, rest=let_go, batch=20, is_urgent=True)
