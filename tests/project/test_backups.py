"""A backup holds everything of one moment; restoring checks first, keeps what was there, and else changes nothing."""

import io
import json
import shutil
import sqlite3
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from fumikura.journal.models import Entry
from fumikura.journal.services import record
from fumikura.project import in_use
from tests.journal.test_services import BY, BellRung

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 5, 20, tzinfo=UTC)


@transaction.atomic
def ring_twice() -> None:
    record(BellRung(times=1), by=BY, at=AT)
    record(BellRung(times=2), by=BY, at=AT)


def rings() -> int:
    """How many of our own entries there are; making the index anew is recorded too."""
    return Entry.objects.filter(event=BellRung.name).count()


@pytest.fixture(autouse=True)
def clean_home():
    yield
    shutil.rmtree(settings.FILES_DIR, ignore_errors=True)
    for kept in settings.HOME.glob("before-restore-*"):
        shutil.rmtree(kept)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%'")
            for (schema,) in cursor.fetchall():
                cursor.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of two entries and one file."""
    ring_twice()
    settings.FILES_DIR.mkdir(parents=True, exist_ok=True)
    (settings.FILES_DIR / "表紙.svg").write_text("<svg/>")
    call_command("backup", str(tmp_path / "文庫.tar.gz"), stdout=io.StringIO())
    return tmp_path / "文庫.tar.gz"


def restore(file: Path, **options: bool) -> str:
    said = io.StringIO()
    call_command("restore", str(file), stdout=said, **options)
    return said.getvalue()


def test_what_was_there_comes_back_and_what_replaced_it_is_kept(backup: Path) -> None:
    ring_twice()
    (settings.FILES_DIR / "表紙.svg").write_text("changed since")
    said = restore(backup, replace=True)
    assert rings() == 2
    assert (settings.FILES_DIR / "表紙.svg").read_text() == "<svg/>"
    (kept,) = settings.HOME.glob("before-restore-*")
    assert str(kept) in said
    assert (kept / "files" / "表紙.svg").read_text() == "changed since"
    if connection.vendor == "sqlite":
        (database,) = kept.glob("database-*.sqlite3")
        assert sqlite3.connect(database).execute("SELECT count(*) FROM journal_entry").fetchone() == (4,)
    ring_twice()  # and it goes on
    assert rings() == 4


def test_a_second_backup_after_a_restore_can_be_restored_too(backup: Path, tmp_path: Path) -> None:
    restore(backup, replace=True)
    ring_twice()
    call_command("backup", str(tmp_path / "second.tar"), stdout=io.StringIO())
    for kept in settings.HOME.glob("before-restore-*"):
        kept.rename(tmp_path / kept.name)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%'")
            cursor.execute(f"DROP SCHEMA {cursor.fetchone()[0]} CASCADE")
    restore(tmp_path / "second.tar", replace=True)
    assert rings() == 4


def test_present_data_is_not_replaced_unasked(backup: Path) -> None:
    ring_twice()
    with pytest.raises(CommandError, match="--replace"):
        restore(backup)
    assert rings() == 4


def test_a_file_is_never_written_over(backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(CommandError, match="上書きはしません"):
        call_command("backup", str(backup))
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_a_backup_is_for_its_owner_only_and_without_the_key(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    with tarfile.open(backup) as archive:
        assert "secret-key" not in "".join(archive.getnames())
        assert archive.getnames()[-1] == "backup.json"


def test_a_backup_taken_while_others_write_is_of_one_moment(tmp_path: Path) -> None:
    stop = threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            ring_twice()
        connection.close()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for number in range(5):
            call_command("backup", str(tmp_path / f"{number}.tar"), stdout=io.StringIO())
    finally:
        stop.set()
        writer.join()
    written = rings()
    restore(tmp_path / "4.tar", replace=True)
    assert 0 < rings() <= written
    assert rings() % 2 == 0


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_backup_cut_short_is_refused_and_nothing_is_changed(backup: Path, keep: float) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(CommandError, match="何も変えていません"):
        restore(backup, replace=True)
    assert rings() == 2
    assert list(settings.HOME.glob("before-restore-*")) == []


@pytest.mark.parametrize("content", ["PK\x03\x04 a zip", ""])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "other").write_text(content)
    with pytest.raises(CommandError, match="fumikura backup で作ったものではありません"):
        restore(tmp_path / "other", replace=True)


def rewritten(backup: Path, **changes: object) -> Path:
    """The same backup, saying something else about itself."""
    changed = backup.with_name("changed.tar")
    with tarfile.open(backup) as before, tarfile.open(changed, "w") as after:
        for member in before:
            content = before.extractfile(member).read()
            if member.name == "backup.json":
                content = json.dumps({**json.loads(content), **changes}).encode()
                member.size = len(content)
            after.addfile(member, io.BytesIO(content))
    return changed


def test_a_backup_of_a_newer_program_is_refused(backup: Path) -> None:
    newer = rewritten(backup, migrations=["journal.0099_of_tomorrow"], program="9.0")
    with pytest.raises(CommandError, match="新しい版"):
        restore(newer, replace=True)


def test_a_backup_of_the_other_database_is_refused(backup: Path) -> None:
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    with pytest.raises(CommandError, match="DATABASE_URL"):
        restore(rewritten(backup, database=other), replace=True)


def test_a_member_that_differs_from_its_digest_is_refused(backup: Path) -> None:
    wrong = rewritten(backup, digests={"files/表紙.svg": "0" * 64})
    with pytest.raises(CommandError, match="表紙"):
        restore(wrong, replace=True)


def test_nothing_is_restored_under_a_running_server(backup: Path) -> None:
    with in_use.at_work(), pytest.raises(CommandError, match="止めてから"):
        restore(backup, replace=True)
    with in_use.alone(), pytest.raises(in_use.InUse), in_use.at_work():
        pass


@pytest.mark.parametrize("name", ["../outside", "/tmp/fumikura-outside", "files/../../outside"])
def test_a_member_that_would_land_elsewhere_is_refused(backup: Path, name: str) -> None:
    wrong = backup.with_name("wrong.tar")
    with tarfile.open(wrong, "w") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(CommandError, match="入れたものではありません"):
        restore(wrong, replace=True)
    assert not Path("/tmp/fumikura-outside").exists()
