"""The backup of the night, and the end of old ones: what was erased from the system must not live on beside it for ever."""

import re
import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from fumikura.journal.readers import give_way
from fumikura.project.backups import write_backup

LOOK_EVERY = 0.1
"""Seconds between two looks at the journal while a backup is written."""
NAME = re.compile(r"文庫-(\d{4}-\d{2}-\d{2})\.tar\.gz")


def take_backup(at: datetime) -> None:
    """Write the backup of today into BACKUP_FOLDER, unless it is there.

    Nobody waits for it: the copy reads one moment of the database while desks write on, and the worker, whose night job this
    is, goes on reading the journal for those who wait (a scan is seen on the public pages, a lease is kept).
    """
    if not settings.BACKUP_FOLDER:
        return
    target = Path(settings.BACKUP_FOLDER) / f"文庫-{timezone.localdate(at).isoformat()}.tar.gz"
    if not target.exists():
        _meanwhile_giving_way(partial(write_backup, target, at=at))


def _meanwhile_giving_way(act: Callable[[], object]) -> None:
    """Do this in a thread of its own, whose long calls leave the processor's lock, and give way until it has ended."""
    failures: list[BaseException] = []

    def beside() -> None:
        try:
            act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=beside, name="backup", daemon=True)
    thread.start()
    give_way()
    while thread.is_alive():
        thread.join(LOOK_EVERY)
        give_way()
    for failure in failures:
        raise failure


def age_backups(at: datetime) -> int:
    """Delete the backups in BACKUP_FOLDER that are older than BACKUP_DAYS. Answers how many."""
    if not settings.BACKUP_FOLDER:
        return 0
    folder = Path(settings.BACKUP_FOLDER)
    old = too_old((path.name for path in folder.iterdir()), timezone.localdate(at), days=settings.BACKUP_DAYS)
    for name in old:
        (folder / name).unlink(missing_ok=True)
    return len(old)


def too_old(names: Iterable[str], today: date, *, days: int) -> list[str]:
    """Which of these files are backups of more than `days` days ago, the oldest first. The latest backup is never among them."""
    dated = sorted((day, name) for name in names if (day := _day_of(name)))
    return [name for day, name in dated[:-1] if day < today - timedelta(days=days)]


def _day_of(name: str) -> date | None:
    found = NAME.fullmatch(name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
