"""Catching up with much at once: by several processes, and without keeping a single scan waiting."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import save_record
from fumikura.discovery import preparing, services, versions
from fumikura.discovery.preparing import Crew, Ready, do_nothing, pieces_of
from fumikura.journal.models import Bookmark, Entry
from fumikura.journal.readers import read_on
from fumikura.journal.services import record as journal
from fumikura.journal.subscriptions import Subscription
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes
from tests.discovery.test_commands import run
from tests.discovery.test_services import catch_up, found
from tests.migrated import migrated


def announce_import(numbers: list[int]) -> None:
    from django.db import transaction

    from fumikura.catalogue.events import RecordsImported

    with transaction.atomic():
        journal(RecordsImported(batch=0, records=numbers, created=len(numbers), updated=0), by=SYSTEM, at=AT)


def read(reader: str, handle: object) -> int:
    return read_on(Subscription(reader=reader, handle=handle, batch=50), at=AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("index")
class TestTwoLanes:
    def test_what_came_after_an_import_is_found_before_the_import_is_read(self) -> None:
        first = save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
        catch_up()
        announce_import([first.pk] * 60)
        second = save_record(kokoro_bytes("2", "土佐日記"), by=SYSTEM, at=AT)
        assert read(services.READER, services.keep_up) == 2
        assert found("土佐日記") == [second.pk]
        assert Bookmark.objects.get(reader=services.BULK_READER).entry < Entry.objects.order_by("-pk")[1].pk

    def test_a_record_changed_while_its_import_is_read_ends_up_as_it_is_now(self, monkeypatch) -> None:
        """The import's piece was prepared before the change; what was read on in the meantime must win."""
        first = save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
        catch_up()
        many = [save_record(kokoro_bytes(str(number), "雑"), by=SYSTEM, at=AT).pk for number in range(100, 160)]
        announce_import([*many, first.pk])
        monkeypatch.setattr("fumikura.discovery.preparing.PIECE", 30)
        real, changed = Crew.prepared, []

        def all_at_once_then_one_by_one(
            self, pieces, at, *, expected, meanwhile=do_nothing
        ):  # as several processes do it
            ready: list[Ready] = list(real(self, pieces, at, expected=expected))
            for one in ready:
                if not changed:
                    changed.append(save_record(kokoro_bytes("159", "金の匙"), by=SYSTEM, at=AT))
                yield one
                meanwhile()

        read(services.READER, services.keep_up)
        monkeypatch.setattr(Crew, "prepared", all_at_once_then_one_by_one)
        while read(services.BULK_READER, services.keep_up_in_bulk):
            pass
        assert found("金の匙") == [changed[0].pk]

    def test_the_first_index_is_not_written_twice(self, monkeypatch) -> None:
        save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
        announce_import([BibliographicRecord.objects.get().pk] * 60)
        written: list[int] = []
        real = Crew.prepared

        def counted(self, pieces, at, **how):
            for ready in real(self, pieces, at, **how):
                written.extend(ready.ids)
                yield ready

        monkeypatch.setattr(Crew, "prepared", counted)
        catch_up()
        assert len(found("銀の匙")) == 1
        assert written == [BibliographicRecord.objects.get().pk]
        assert {mark.entry for mark in Bookmark.objects.filter(reader__startswith="discovery")} == {
            Entry.objects.latest("pk").pk
        }

    def test_a_rebuild_while_everything_is_being_read_loses_nothing(self) -> None:
        save_record(kokoro_bytes("1", "銀の匙"), by=SYSTEM, at=AT)
        catch_up()
        services.rebuild(by=SYSTEM, at=timezone.now())
        second = save_record(kokoro_bytes("2", "土佐日記"), by=SYSTEM, at=AT)
        announce_import([second.pk] * 60)
        catch_up()
        assert found("土佐日記") == [second.pk]
        assert versions.answering_engine().count() == 2


def test_pieces_hold_every_number_once() -> None:
    numbers = list(range(1, 1002))
    assert [number for piece in pieces_of(numbers) for number in piece] == numbers


def test_one_who_reads_on_while_the_helpers_work_does_not_take_their_answers(monkeypatch, settings) -> None:
    settings.INDEX_PROCESSES = 2

    class Echo:
        """Answers in the order of asking, as a helper does, without a process."""

        def __init__(self, _work) -> None:
            self.asked: list[list[int]] = []

        def ask(self, question) -> None:
            self.asked.append(list(question[0]))

        def has_answered(self, *, within) -> bool:
            return True

        def answer(self) -> list[dict[str, int]]:
            return [{"id": number} for number in self.asked.pop(0)]

        def end(self) -> None:
            pass

    monkeypatch.setattr(preparing, "Helper", Echo)
    monkeypatch.setattr(preparing, "prepare", lambda ids, at: [{"id": number} for number in ids])
    crew, seen = Crew(), []
    for ready in crew.prepared(pieces_of(range(5000)), AT, expected=5000):
        seen += [one["id"] for one in ready.prepared]
        between = [
            one["id"]
            for some in crew.prepared(pieces_of(range(7000, 9000)), AT, expected=2000)
            for one in some.prepared
        ]
        assert between == list(range(7000, 9000))
    assert seen == list(range(5000))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = migrated(tmp_path_factory.mktemp("home"))
    marc = folder / "books.mrc"
    marc.write_bytes(b"".join(kokoro_bytes(str(number), f"第{number}話") for number in range(1, 1801)))
    assert run(folder, "import", str(marc)).returncode == 0
    return folder


def helpers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at Linux's list of processes")
def test_several_processes_build_the_index_and_one_that_is_killed_is_done_without(home: Path) -> None:
    environment = {**os.environ, "FUMIKURA_HOME": str(home), "INDEX_PROCESSES": "2"}
    command = ["python", "-m", "fumikura.project.program", "worker", "--once"]
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    helpers: list[int] = []
    while worker.poll() is None and not helpers:
        helpers = helpers_of(worker.pid)
    assert helpers, "no helpers were started"
    os.kill(helpers[0], signal.SIGKILL)
    _, errors = worker.communicate(timeout=120)
    assert worker.returncode == 0, errors
    answer = json.loads(run(home, "search", "--json", "--rows", "0").stdout)
    assert answer["total"] == 1800
    assert json.loads(run(home, "search", "--json", "第1799話").stdout)["total"] == 1
    assert not any(Path(f"/proc/{helper}").exists() for helper in helpers)


@pytest.mark.parametrize("processes", [1, 2])
def test_while_a_piece_is_prepared_something_else_may_be_done(processes, monkeypatch, settings) -> None:
    """Of a thousand records in work, a scan waits for fifty at most."""
    settings.INDEX_PROCESSES = processes

    class Slow:
        """Answers at the third look."""

        def __init__(self, _work) -> None:
            self.asked, self.looks = [], 0

        def ask(self, question) -> None:
            self.asked.append(list(question[0]))

        def has_answered(self, *, within) -> bool:
            self.looks += 1
            return self.looks % 3 == 0

        def answer(self) -> list[dict[str, int]]:
            return prepared_at_once(self.asked.pop(0), AT)

        def end(self) -> None:
            pass

    def prepared_at_once(ids, at):
        happened.append(f"{len(ids)} prepared")
        return [{"id": number} for number in ids]

    happened: list[str] = []
    monkeypatch.setattr(preparing, "Helper", Slow)
    monkeypatch.setattr(preparing, "prepare", prepared_at_once)
    for _ in Crew().prepared([range(250)], AT, expected=5000, meanwhile=lambda: happened.append("a scan read")):
        happened.append("handed over")
    together = ["50 prepared", "a scan read"] * 4 + ["50 prepared", "handed over", "a scan read"]
    beside = ["a scan read"] * 3 + ["250 prepared", "handed over"]
    assert happened == (together if processes == 1 else beside)
