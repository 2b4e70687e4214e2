"""The command line: what it prints, how it ends, and what is left when the plug is pulled or the disk is full."""

import gzip
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.models import BibliographicRecord, QuarantinedRecord
from tests.catalogue.records import kokoro_bytes
from tests.migrated import migrated

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "records.mrc"
    path.write_bytes(kokoro_bytes("1") + kokoro_bytes("2") + kokoro_bytes("3")[:200])
    return path


def run(*arguments: object, **options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_import_prints_the_three_counts_last_and_where_to_look(file: Path) -> None:
    out, err = run("import", file)
    assert out.splitlines()[-1] == "新規 2 更新 0 隔離 1"
    assert "レコードが途中で切れています。" in err
    batch = QuarantinedRecord.objects.get().batch_id
    assert f"fumikura quarantine --batch {batch}" in err


@pytest.mark.django_db
def test_import_as_json_is_one_object(file: Path) -> None:
    out, _err = run("import", "--json", file, file)
    counts = json.loads(out)
    assert {name: counts[name] for name in ("created", "updated", "unchanged", "quarantined")} == {
        "created": 2,
        "updated": 0,
        "unchanged": 2,
        "quarantined": 2,
    }
    assert [each["created"] for each in counts["files"]] == [2, 0]


@pytest.mark.django_db
def test_a_rehearsal_writes_nothing(file: Path) -> None:
    out, _err = run("import", "--dry-run", file)
    assert "何も書き込んでいません" in out
    assert out.splitlines()[-1] == "新規 2 更新 0 隔離 1"
    assert not BibliographicRecord.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, "ファイルがありません。"),
        (lambda path: path.mkdir(), "これはフォルダーです。"),
        (lambda path: path.write_bytes(b""), "ファイルが空です。"),
        (
            lambda path: zipfile.ZipFile(path, "w").writestr("a.mrc", kokoro_bytes()),
            "これは ZIP の書庫で、MARC ではありません。",
        ),
        (lambda path: path.write_bytes(b"%PDF-1.4"), "これは PDF で、MARC ではありません。"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_brought_in(
    tmp_path: Path, file: Path, make: object, sentence: str
) -> None:
    bad = tmp_path / "bad"
    make(bad)
    err = StringIO()
    with pytest.raises(CommandError, match="1 個のファイルを取り込めませんでした"):
        call_command("import", str(bad), str(file), stdout=StringIO(), stderr=err)
    assert f"{bad}: {sentence}" in err.getvalue()
    assert BibliographicRecord.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("format_", "ending"), [("iso2709", "mrc"), ("marcxml", "xml"), ("jsonl", "jsonl")])
def test_what_is_exported_can_be_brought_in_again_unchanged(
    tmp_path: Path, file: Path, format_: str, ending: str
) -> None:
    run("import", file)
    out = tmp_path / f"all.{ending}"
    run("export", "--format", format_, "--out", out)
    assert json.loads(run("import", "--json", out)[0])["unchanged"] == 2
    assert not out.with_name(out.name + ".unfinished").exists()


@pytest.mark.django_db
def test_export_is_byte_for_byte_and_can_be_narrowed_to_a_source(tmp_path: Path, file: Path) -> None:
    run("import", file)
    out = tmp_path / "all.mrc"
    run("export", "--out", out, "--source", "MINASE")
    assert out.read_bytes() == kokoro_bytes("1") + kokoro_bytes("2")
    with pytest.raises(CommandError, match="あるのは: MINASE"):
        run("export", "--source", "NDL")


@pytest.mark.django_db
def test_quarantined_records_are_listed_shown_and_given_back(tmp_path: Path, file: Path) -> None:
    run("import", file)
    batch = QuarantinedRecord.objects.get().batch_id
    listed, _err = run("quarantine")
    assert "records.mrc の 3 件目: レコードが途中で切れています。" in listed
    shown, _err = run("quarantine", "--batch", batch, "--ordinal", 3)
    assert kokoro_bytes("3")[:24].decode() in shown
    assert json.loads(run("quarantine", "--json")[0])["bytes"] == 200
    run("quarantine", "--batch", batch, "--out", tmp_path / "bad.mrc")
    assert (tmp_path / "bad.mrc").read_bytes() == kokoro_bytes("3")[:200]


@pytest.mark.parametrize("command", ["import", "export", "quarantine"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command(command, "--help")
    assert f"fumikura {command}" in capsys.readouterr().out


# ---- a program of its own, to be killed and starved -------------------------------------------------


PROGRAM = [sys.executable, "manage.py"]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SEARCH_URL"}}
    return {**kept, "FUMIKURA_HOME": str(home), "PYTHONPATH": str(ROOT)}


def many(path: Path, count: int) -> Path:
    with path.open("wb") as out:
        for number in range(count):
            out.write(kokoro_bytes(str(number)))
    return path


def rows(home: Path) -> tuple[int, int, int]:
    with sqlite3.connect(home / "fumikura.sqlite3") as database:
        (records,) = database.execute("SELECT count(*) FROM catalogue_bibliographicrecord").fetchone()
        (identifiers,) = database.execute("SELECT count(*) FROM catalogue_recordidentifier").fetchone()
        batch = database.execute("SELECT position FROM catalogue_importbatch").fetchone()
    return records, identifiers, batch[0] if batch else 0


def test_killed_in_the_middle_it_leaves_whole_chunks_and_goes_on_there(tmp_path: Path) -> None:
    home, file = migrated(tmp_path / "home"), many(tmp_path / "many.mrc", 6000)
    command = [*PROGRAM, "import", "--json", str(file)]
    importing = subprocess.Popen(command, env=environment(home), cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while rows(home)[0] < 1000 and time.monotonic() < deadline:
        time.sleep(0.02)
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    records, identifiers, position = rows(home)
    assert 1000 <= records < 6000
    assert records == position
    assert records % 500 == 0
    assert identifiers == 2 * records
    again = subprocess.run(command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["created"] == 6000
    assert rows(home) == (6000, 12_000, 6000)


def test_a_full_disk_stops_the_import_with_a_sentence_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    home, file = migrated(tmp_path / "home"), many(tmp_path / "many.mrc", 4000)
    room = (home / "fumikura.sqlite3").stat().st_size + 3_000_000
    command = [*PROGRAM, "import", str(file)]

    def starve() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    starved = subprocess.run(
        command, env=environment(home), cwd=ROOT, capture_output=True, text=True, preexec_fn=starve, check=False
    )
    assert starved.returncode == 1
    assert "続きから始まります。" in starved.stderr
    assert "Traceback" not in starved.stderr
    records, identifiers, position = rows(home)
    assert records == position < 4000
    assert identifiers == 2 * records
    fed = subprocess.run(command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True)
    assert fed.stdout.splitlines()[-1] == "新規 4000 更新 0 隔離 0"
    assert rows(home) == (4000, 8000, 4000)


def test_a_packed_export_through_a_pipe_that_closes_early_is_no_failure(tmp_path: Path) -> None:
    home = migrated(tmp_path / "home")
    file = tmp_path / "many.mrc.gz"
    file.write_bytes(gzip.compress(many(tmp_path / "many.mrc", 600).read_bytes()))
    subprocess.run(
        [*PROGRAM, "import", "--json", str(file)], env=environment(home), cwd=ROOT, check=True, capture_output=True
    )
    export = subprocess.Popen(
        [*PROGRAM, "export"], env=environment(home), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert export.stdout is not None
    head = export.stdout.read(3000)
    export.stdout.close()
    assert export.wait() == 0
    assert next(iso2709.pieces(BytesIO(head))) == kokoro_bytes("0")


@pytest.mark.django_db
def test_what_is_exported_as_dc_ndl_comes_back_the_same_records(tmp_path: Path) -> None:
    (tmp_path / "in.mrc").write_bytes(kokoro_bytes("1") + kokoro_bytes("2", "こころ 下 :"))
    run("import", tmp_path / "in.mrc")
    run("export", "--format", "dcndl", "--out", tmp_path / "out.rdf")
    before = list(BibliographicRecord.objects.values_list("source", "number", "title", "reading", "creator", "year"))
    BibliographicRecord.objects.all().delete()
    out, _err = run("import", tmp_path / "out.rdf")
    assert out.splitlines()[-1] == "新規 2 更新 0 隔離 0"
    after = list(BibliographicRecord.objects.values_list("source", "number", "title", "reading", "creator", "year"))
    assert after == before


@pytest.mark.django_db
@pytest.mark.parametrize(("format_", "name"), [("csv", "out.csv"), ("tsv", "out.tsv")])
def test_a_table_for_spreadsheets_comes_in_again_with_its_words(tmp_path: Path, format_: str, name: str) -> None:
    (tmp_path / "one.mrc").write_bytes(kokoro_bytes("1"))
    run("import", tmp_path / "one.mrc")
    run("export", "--format", format_, "--out", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(b"\xef\xbb\xbf")
    run("import", "--source", "TABLE", tmp_path / name)
    before, after = BibliographicRecord.objects.order_by("pk")
    assert (after.source, after.number, after.title) == ("TABLE", before.number, before.title)
    assert (after.reading, after.creator, after.publisher, after.year, after.ndc) == (
        before.reading, before.creator, before.publisher, before.year, before.ndc.partition("/")[0],
    )  # fmt: skip
    assert set(after.identifiers.filter(scheme="isbn").values_list("value")) == set(
        before.identifiers.filter(scheme="isbn").values_list("value")
    )
