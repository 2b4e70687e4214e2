"""Waking the readers at commit: in this process by an Event, in others by PostgreSQL's NOTIFY."""

import threading
import time
from typing import Any, Final

from django.db import connection, transaction

CHANNEL = "fumikura_journal"
RING_ALONE = f"BEGIN; SET LOCAL synchronous_commit TO off; NOTIFY {CHANNEL}; COMMIT"
"""A transaction of its own, in one message, that does not wait for the disk a second time: there is nothing in it to lose."""

RING_EVERY: Final = 0.1
"""Seconds. Whoever was woken looks again by itself that soon: at a full counter, ringing for each loan would wake nobody earlier."""

_rung = threading.Event()
_seen = threading.local()


LOOK_EVERY: Final = 0.1
"""Seconds. On SQLite nobody can ring in another process: so often is looked whether anybody wrote, which costs next to nothing."""


def wake_readers() -> None:
    """Ring once this transaction commits. On SQLite readers in other processes notice within 100 ms that the file has changed."""
    if not any(_ring in waiting for waiting in connection.run_on_commit):
        transaction.on_commit(_ring)


def _ring() -> None:
    """After the commit, not in it: PostgreSQL lets transactions that notify commit only one after the other.

    A process killed in between rings nobody; the readers look again by themselves.
    """
    _rung.set()
    if connection.vendor == "postgresql" and _is_time_to_ring():
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}" if connection.in_atomic_block else RING_ALONE)


def _is_time_to_ring() -> bool:
    connection.ensure_connection()
    session: Any = connection.connection
    now = time.monotonic()
    if now - getattr(session, "fumikura_rang_at", 0.0) < RING_EVERY:
        return False
    session.fumikura_rang_at = now
    return True


def wait_for_news(seconds: float) -> bool:
    """Sleep until something may have been recorded (True), or `seconds` have passed."""
    return _listen(seconds) if connection.vendor == "postgresql" else _watch_the_file(seconds)


def _listen(seconds: float) -> bool:
    connection.ensure_connection()
    session: Any = connection.connection
    if not getattr(session, "fumikura_listens", False):
        session.execute(f"LISTEN {CHANNEL}")
        session.fumikura_listens = True
    return any(True for _ in session.notifies(timeout=seconds, stop_after=1))


def _watch_the_file(seconds: float) -> bool:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if _rung.wait(min(LOOK_EVERY, left)):
            _rung.clear()
            return True
        if _others_have_written():
            return True
    return False


def _others_have_written() -> bool:
    """Whether another connection has committed since this one asked last."""
    connection.ensure_connection()
    session: Any = connection.connection
    (version,) = session.execute("PRAGMA data_version").fetchone()
    before = getattr(_seen, "version", None)
    _seen.version = version
    return bool(version != before)
