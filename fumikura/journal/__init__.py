"""記録: what happened. Audit, outbox and source of every statistic in one append-only table.

Kept here: entries, the readers' bookmarks, entries set aside because a reaction failed, request keys, leases.
Not kept here: anything that is true now; that is in the rooms. Nothing is announced from here.
"""
