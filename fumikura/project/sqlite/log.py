"""SQLite's log beside the database: what was deleted must leave it, too."""

from datetime import datetime

from django.db import connection


def empty_log(_at: datetime) -> None:
    """Bring the log home and cut it to nothing. Nothing to do on PostgreSQL, which clears its own.

    The log keeps old copies of pages until it is written over. Without this, who had a book that was returned could be
    read out of the file for as long as the house is quiet.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
