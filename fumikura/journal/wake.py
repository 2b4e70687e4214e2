"""Waking the readers at commit: in this process by an Event, in others by PostgreSQL's NOTIFY."""

import threading

from django.db import connection, transaction

CHANNEL = "fumikura_journal"
_rung = threading.Event()


def wake_readers() -> None:
    """Ring once this transaction commits. On SQLite other processes look every 100 ms; see journal.readers."""
    transaction.on_commit(_rung.set)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def wait_for_news(seconds: float) -> None:
    """Sleep until something was recorded in this process, or `seconds` have passed."""
    _rung.wait(seconds)
    _rung.clear()
