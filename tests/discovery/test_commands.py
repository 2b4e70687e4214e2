"""`fumikura search` and `fumikura index`, as an administrator types them; and a worker that is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.catalogue.records import kokoro_bytes
from tests.migrated import migrated
from tests.project.test_checks import fumikura
from tests.shared_data import shared


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = migrated(tmp_path_factory.mktemp("home"))
    marc = folder / "books.mrc"
    marc.write_bytes(kokoro_bytes("1", "こころ :") + kokoro_bytes("2", "電子圖書舘の研究"))
    for command in (["import", str(marc)], ["worker", "--once"]):
        done = run(folder, *command)
        assert done.returncode == 0, done.stderr
    return folder


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return fumikura(*command, FUMIKURA_HOME=str(home), COLUMNS="120")


def test_search_prints_a_table(home: Path) -> None:
    done = run(home, "search", "電子図書館")
    assert "1 件" in done.stdout
    assert "電子圖書舘の研究" in done.stdout
    assert "異体字で一致" in done.stdout


def test_search_answers_json_in_the_promised_shape(home: Path) -> None:
    answer = json.loads(run(home, "search", "そうせき", "こころ", "--json", "--rows", "1").stdout)
    assert set(answer) == {"total", "hits"}
    # The second record has the reading of the first: both are found, the one whose title is the word comes first.
    assert answer["total"] == 2
    (hit,) = answer["hits"]
    assert (hit["title"], hit["reading"], hit["creators"], hit["year"]) == ("こころ", "ココロ", ["夏目, 漱石"], 1914)
    assert json.loads(run(home, "search", "該当のない語", "--json").stdout) == {"total": 0, "hits": []}


def test_search_says_what_is_wrong_with_its_options(home: Path) -> None:
    done = run(home, "search", "こころ", "--rows", "-1")
    assert done.returncode != 0
    assert "0 以上" in done.stderr


def test_help_has_an_example(home: Path) -> None:
    assert "fumikura search 夏目漱石 こころ" in run(home, "search", "--help").stdout
    assert "fumikura index rebuild" in run(home, "index", "--help").stdout


def test_index_rebuild_takes_over_without_a_worker_and_status_tells(home: Path) -> None:
    before = run(home, "index", "status").stdout
    done = run(home, "index", "rebuild")
    assert done.returncode == 0, done.stderr
    assert "件数: 2(書誌 2)" in done.stdout
    assert before.splitlines()[0] != done.stdout.splitlines()[0]
    assert json.loads(run(home, "search", "圖書舘", "--json").stdout)["total"] == 1


def test_an_engine_that_is_not_there_is_told(home: Path) -> None:
    done = fumikura("search", "こころ", FUMIKURA_HOME=str(home), SEARCH_URL="opensearch://nowhere")
    assert done.returncode != 0
    assert "SEARCH_URL" in done.stderr


def test_a_worker_killed_again_and_again_catches_up(tmp_path: Path) -> None:
    """kill -9 at any moment: the bookmark and the index may disagree, but the next worker makes them agree."""
    records = shared("data/marc/japan/dev_120.mrc")
    run(migrated(tmp_path), "import", str(records))
    environment = {**os.environ, "FUMIKURA_HOME": str(tmp_path)}
    for patience in (1.5, 2.5):
        worker = subprocess.Popen([sys.executable, "-m", "fumikura.project.program", "worker"], env=environment)
        time.sleep(patience)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert run(tmp_path, "worker", "--once").returncode == 0
    assert json.loads(run(tmp_path, "search", "--json", "--rows", "0").stdout)["total"] == 120
