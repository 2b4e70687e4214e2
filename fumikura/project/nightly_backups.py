"""The backup of the night, and the end of old ones: what was erased from the system must not live on beside it for ever."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from fumikura.project.backups import write_backup

NAME = re.compile(r"文庫-(\d{4}-\d{2}-\d{2})\.tar\.gz")


def take_backup(at: datetime) -> None:
    """Write the backup of today into BACKUP_FOLDER, unless it is there."""
    if not settings.BACKUP_FOLDER:
        return
    target = Path(settings.BACKUP_FOLDER) / f"文庫-{timezone.localdate(at).isoformat()}.tar.gz"
    if not target.exists():
        write_backup(target, at=at)


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
