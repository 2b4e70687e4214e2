"""Discovery reads the journal and keeps the index fresh."""

from fumikura.discovery.services import READER, keep_up, let_go, tend
from fumikura.journal.subscriptions import register

# An entry of an import names up to 500 records: 40 of them are a few seconds' work, well within the readers' lease.
register(READER, keep_up, tend=tend, rest=let_go, batch=40)
