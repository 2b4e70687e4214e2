"""Backups of the night end after the number of days that was set; the latest, and files of others, stay."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from fumikura.project.nightly_backups import age_backups, take_backup, too_old

NIGHT = datetime(2026, 5, 19, 17, 10, tzinfo=UTC)
"""Ten past two of the twentieth in 水瀬."""


def named(*days: str) -> list[str]:
    return [f"文庫-{day}.tar.gz" for day in days]


def test_older_than_the_number_of_days_goes_and_the_day_itself_stays() -> None:
    names = named("2026-04-14", "2026-04-15", "2026-05-19", "2026-05-20")
    assert too_old(names, date(2026, 5, 20), days=35) == named("2026-04-14")
    assert too_old(names, date(2026, 5, 20), days=1) == named("2026-04-14", "2026-04-15")


def test_the_latest_stays_when_no_new_one_was_written_for_long() -> None:
    assert too_old(named("2025-01-01", "2025-01-02"), date(2026, 5, 20), days=35) == named("2025-01-01")
    assert too_old([], date(2026, 5, 20), days=35) == []


def test_files_with_other_names_are_left_alone(tmp_path: Path, settings) -> None:
    settings.BACKUP_FOLDER, settings.BACKUP_DAYS = str(tmp_path), 35
    others = ["文庫-2001-01-01.tar", "文庫-before-the-move.tar.gz", "文庫-2001-13-01.tar.gz", "letters.txt"]
    for name in [*named("2026-01-01", "2026-05-20"), *others]:
        (tmp_path / name).touch()
    assert age_backups(NIGHT) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*named("2026-05-20"), *others])


def test_without_a_folder_nothing_is_written_or_deleted(settings) -> None:
    settings.BACKUP_FOLDER = ""
    take_backup(NIGHT)
    assert age_backups(NIGHT) == 0


@pytest.mark.django_db(transaction=True)
def test_one_a_night_that_can_be_put_back(tmp_path: Path, settings) -> None:
    settings.BACKUP_FOLDER = str(tmp_path)
    take_backup(NIGHT)
    (made,) = tmp_path.iterdir()
    assert made.name == "文庫-2026-05-20.tar.gz"
    before = made.stat().st_mtime_ns
    take_backup(NIGHT)
    assert made.stat().st_mtime_ns == before
    call_command("restore", str(made), replace=True, stdout=io.StringIO())
