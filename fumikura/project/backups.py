"""One file that holds everything that cannot be made again: the database and the files. The search index is made again.

A tar archive: the database's copy, `files/…`, and last `backup.json` with what is in it and the digest of every member, so
that an archive cut short is noticed before anything is touched. The secret key stays at home: whoever finds a backup must
not be able to forge a sign-in with it.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from fumikura.project.database_copies import CannotCopy, copies

CONTENTS = "backup.json"
FORMAT = 1
FREE_ROOM = 1.2  # times the size of what is unpacked


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What an archive says about itself."""

    format: int
    program: str
    made_at: str
    database: str
    migrations: list[str]
    digests: dict[str, str]
    """SHA-256 of every other member."""


def write_backup(target: Path, *, at: datetime) -> Contents:
    """Write a new archive at `target`; FileExistsError when something is there. Others may read and write meanwhile."""
    if target.exists():
        raise FileExistsError(target)
    with tempfile.TemporaryDirectory(prefix=".fumikura-backup-", dir=target.parent) as folder:
        draft = Path(folder) / "draft"
        database = Path(folder) / copies().file_name
        copies().write(database)
        # The files after the database: whatever its rows name had been put there before.
        members = {database.name: database, **_files()}
        with tarfile.open(draft, "w:gz" if target.suffix in {".gz", ".tgz"} else "w") as archive:
            draft.chmod(0o600)
            digests = {name: _add(archive, name, path) for name, path in members.items()}
            contents = Contents(
                format=FORMAT,
                program=version("fumikura"),
                made_at=at.isoformat(),
                database=copies().kind,
                migrations=sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
                digests=digests,
            )
            description = Path(folder) / CONTENTS
            description.write_text(json.dumps(asdict(contents), ensure_ascii=False, indent=1))
            archive.add(description, CONTENTS)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        _give_name(draft, target)
    return contents


def _files() -> dict[str, Path]:
    root = Path(settings.FILES_DIR)
    return {f"files/{path.relative_to(root)}": path for path in sorted(root.rglob("*")) if path.is_file()}


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    archive.add(path, name, recursive=False)
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _give_name(draft: Path, target: Path) -> None:
    """Give the finished draft its name at once, and never over another file, whoever made it meanwhile."""
    try:
        target.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise FileExistsError(target) from None
        draft.replace(target)


def unpack_backup(source: Path, folder: Path) -> Contents:
    """Unpack `source` into the empty `folder` and check all of it; CannotCopy with the reason when it will not do."""
    try:
        with tarfile.open(source, "r:*") as archive:
            _require_room(folder, sum(member.size for member in archive))
            for member in archive:
                _unpack(archive, member, folder)
    except (tarfile.TarError, EOFError, OSError) as failure:
        raise CannotCopy(
            f"{source} を最後まで読めません。途中で切れているか、fumikura backup で作ったものではありません({type(failure).__name__})。"
        ) from failure
    described = folder / CONTENTS
    if not described.exists():
        raise CannotCopy(
            f"{source} は途中で切れているか、fumikura backup で作ったものではありません({CONTENTS} がない)。"
        )
    contents = Contents(**json.loads(described.read_text()))
    _require_fit(contents)
    for name, digest in contents.digests.items():
        if not (folder / name).exists() or _digest(folder / name) != digest:
            raise CannotCopy(f"控えの中の {name} が欠けているか、傷んでいます。別の控えを使ってください。")
    copies().check(folder / copies().file_name)
    return contents


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    # Not extractall: its safe form came with Python 3.11.4, and Debian 12 has 3.11.2.
    place = (folder / member.name).resolve()
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or not place.is_relative_to(folder.resolve()):
        raise CannotCopy(f"控えの中の {member.name} は、fumikura backup が入れたものではありません。")
    place.parent.mkdir(parents=True, exist_ok=True)
    with content, place.open("xb") as file:
        shutil.copyfileobj(content, file)


def _require_room(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < size * FREE_ROOM:
        raise CannotCopy(
            f"空き容量が足りません。{folder} に {size * FREE_ROOM / 1e6:,.0f} MB 空けてから、もう一度どうぞ。"
        )


def _require_fit(contents: Contents) -> None:
    if contents.database != copies().kind:
        raise CannotCopy(
            f"この控えは {contents.database} のものですが、いまのデータベースは {copies().kind} です。DATABASE_URL を確かめてください。"
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    newer = [name for name in contents.migrations if name.startswith(_our_rooms()) and name not in known]
    if contents.format > FORMAT or newer:
        raise CannotCopy(
            f"この控えは新しい版({contents.program})で作られています。プログラムを新しくしてから戻してください。"
        )


def _our_rooms() -> tuple[str, ...]:
    return tuple(f"{name.rpartition('.')[2]}." for name in settings.INSTALLED_APPS if name.startswith("fumikura."))


def put_in_place(unpacked: Path, *, at: datetime) -> str:
    """Make what was unpacked the present, and say where the present of before is kept."""
    suffix = at.strftime("%Y%m%d-%H%M%S")
    kept = settings.HOME / f"before-restore-{suffix}"
    kept.mkdir(parents=True, mode=0o700)
    said = copies().put_in_place(unpacked / copies().file_name, keep_in=kept, suffix=suffix)
    for present in (Path(settings.FILES_DIR), Path(settings.INDEX_DIR)):
        if present.exists():
            present.replace(kept / present.name)
    if (unpacked / "files").exists():
        shutil.move(unpacked / "files", settings.FILES_DIR)
    return said
