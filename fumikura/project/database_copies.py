"""A consistent copy of the database while others write, and putting such a copy in the database's place.

SQLite by VACUUM INTO (its incremental backup interface starts again at every foreign commit and may never end);
PostgreSQL by its own pg_dump and pg_restore.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from django.db import DatabaseError, connection

ALL_OR_NOTHING = ("--single-transaction", "--exit-on-error")


class CannotCopy(Exception):
    """The copy could not be made or put back; the message says why and what to do. Nothing was changed."""


class Copies(Protocol):
    kind: str
    file_name: str

    def write(self, target: Path) -> None:
        """Write the state of this moment to the new file `target`."""

    def check(self, copy: Path) -> None:
        """Raise CannotCopy unless `copy` is whole."""

    def put_in_place(self, copy: Path, *, keep_in: Path, suffix: str) -> str:
        """Make `copy` the database, and say where the database of before is kept."""


def copies() -> Copies:
    return PostgresCopies() if connection.vendor == "postgresql" else SqliteCopies()


class SqliteCopies:
    kind = "sqlite"
    file_name = "fumikura.sqlite3"

    def write(self, target: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])

    def check(self, copy: Path) -> None:
        try:
            with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
                said = [row[0] for row in database.execute("PRAGMA integrity_check")]
                orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as failure:
            raise CannotCopy(f"控えの中のデータベースを読めません({failure})。別の控えを使ってください。") from failure
        if said != ["ok"] or orphans:
            raise CannotCopy("控えの中のデータベースが傷んでいます。別の控えを使ってください。")

    def put_in_place(self, copy: Path, *, keep_in: Path, suffix: str) -> str:
        place = Path(connection.settings_dict["NAME"])
        if place.exists():
            # Bring everything into the one file first, so that the kept one is whole by itself.
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            kept = keep_in / f"database-{suffix}.sqlite3"
            place.replace(kept)
            for beside in ("-wal", "-shm"):
                Path(f"{place}{beside}").unlink(missing_ok=True)
        connection.close()
        shutil.move(copy, place)
        place.chmod(0o600)
        return str(keep_in)


class PostgresCopies:
    kind = "postgresql"
    file_name = "fumikura.pgdump"

    def write(self, target: Path) -> None:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--schema=public", f"--file={target}")

    def check(self, copy: Path) -> None:
        _run("pg_restore", "--list", "--file=/dev/null", str(copy), connect=False)

    def put_in_place(self, copy: Path, *, keep_in: Path, suffix: str) -> str:
        kept = f"before_restore_{suffix.replace('-', '_')}"
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER SCHEMA public RENAME TO {kept}")
            cursor.execute("CREATE SCHEMA public")
        try:
            # --clean for the new, empty schema: a dump may or may not want to make it itself.
            _run("pg_restore", "--no-owner", "--no-privileges", "--clean", "--if-exists", *ALL_OR_NOTHING, str(copy))
        except CannotCopy:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute(f"ALTER SCHEMA {kept} RENAME TO public")
            raise
        return f"{keep_in}、データベースのスキーマ {kept}"


def _run(program: str, *arguments: str, connect: bool = True) -> None:
    path = shutil.which(program)
    if path is None:
        raise CannotCopy(
            f"{program} が見つかりません。PostgreSQL の道具を入れてください(Debian/Ubuntu: sudo apt install postgresql-client)。"
        )
    given: dict[str, Any] = connection.settings_dict
    environment = {**os.environ, "PGPASSWORD": given["PASSWORD"] or "", "LC_ALL": "C.UTF-8"}
    where = [f"--dbname={given['NAME']}"] if connect else []
    for option, value in (("host", given["HOST"]), ("port", given["PORT"]), ("username", given["USER"])):
        if connect and value:
            where.append(f"--{option}={value}")
    done = subprocess.run(  # noqa: S603  # the program is PostgreSQL's own, the arguments are ours
        [path, *where, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise CannotCopy(f"{program} が失敗しました: {said[-1] if said else done.returncode}")


def database_is_in_use() -> bool:
    """Whether anything has been written to the present database, so that restoring would put it aside.

    An SQLite file without a table is what starting this very command leaves on a new machine: nothing to keep.
    """
    try:
        tables = connection.introspection.table_names()
    except DatabaseError:
        return True  # damaged: all the more to be kept
    return bool(tables) if connection.vendor == "sqlite" else "journal_entry" in tables
