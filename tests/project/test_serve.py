"""`fumikura serve` as an administrator runs it: a real process on a real port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.migrated import migrated
from tests.project.test_checks import fumikura


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    environment = {**os.environ, "FUMIKURA_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "fumikura.project.program", "serve", "--port", str(port), *options]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield server, port
    finally:
        server.kill()
        server.wait()


def answers(port: int, *, within: float = 60) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (URLError, ConnectionError):
            time.sleep(0.1)
    return False


def workers_of(server: subprocess.Popen[str]) -> list[int]:
    return [process for process, command in started_by(server.pid) if command.endswith(" worker")]


def started_by(parent: int) -> list[tuple[int, str]]:
    listed = ["ps", "-ww", "--no-headers", "-o", "pid,args", "--ppid", str(parent)]
    said = subprocess.run(listed, capture_output=True, text=True).stdout
    return [(int(process), command) for process, command in (line.split(None, 1) for line in said.splitlines())]


def reading_for_the_index(worker: int, *, than: int = 0, within: float = 90) -> int:
    """The process that the worker keeps for it, when it is another than that."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        for process, command in started_by(worker):
            if "--urgent-for" in command and process != than:
                return process
        time.sleep(0.1)
    raise AssertionError("the worker keeps no process for the index")


def gone(process: int, *, within: float = 60) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def another_worker_of(server: subprocess.Popen[str], *, than: int, within: float = 90) -> int:
    end = time.monotonic() + within
    while time.monotonic() < end and server.poll() is None:
        if others := [worker for worker in workers_of(server) if worker != than]:
            return others[0]
        time.sleep(0.1)
    raise AssertionError("no other worker was started")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return migrated(tmp_path)


def test_the_server_and_its_worker_start_and_stop_together(home: Path) -> None:
    with serving(home) as (server, port):
        assert answers(port)
        (worker,) = workers_of(server)
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert gone(worker)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help in this is Linux's")
def test_a_killed_server_leaves_no_worker_behind_and_a_killed_worker_is_replaced(home: Path) -> None:
    with serving(home) as (server, port):
        assert answers(port)
        (first,) = workers_of(server)
        os.kill(first, signal.SIGKILL)
        second = another_worker_of(server, than=first)
        killed = reading_for_the_index(second)
        os.kill(killed, signal.SIGKILL)
        replaced = reading_for_the_index(second, than=killed)
        server.kill()
        assert gone(second) and gone(replaced)
        with socket.socket() as probe:  # nor a server process that keeps the port
            probe.settimeout(5)
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_port_in_use_is_explained_with_the_way_out(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = fumikura("serve", "--port", str(port), FUMIKURA_HOME=str(home))
    assert answer.returncode != 0
    assert f"PORT={port + 1} bin/dev" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_server_without_its_tables_does_not_start(tmp_path: Path) -> None:
    answer = fumikura("serve", "--port", str(free_port()), FUMIKURA_HOME=str(tmp_path))
    assert answer.returncode != 0
    assert "fumikura migrate" in answer.stderr


def test_static_files_are_named_by_content_and_compressed(home: Path) -> None:
    with serving(home, "--no-worker") as (server, port):
        assert answers(port)
        assert workers_of(server) == []
        assert list((home / "static" / "packages").glob("htmx.min.*.js.gz"))
        (named,) = (home / "static" / "packages").glob("htmx.min.*.js")
        with urlopen(f"http://127.0.0.1:{port}/static/packages/{named.name}") as answer:
            assert "immutable" in answer.headers["Cache-Control"]


def test_two_processes_count_together(home: Path) -> None:
    with serving(home, "--no-worker", "--workers", "2") as (_server, port):
        assert answers(port)
        for _ in range(5):
            assert answers(port)
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            figures = answer.read().decode()
    assert 'fumikura_requests_total{method="GET",route="healthz",status="200"} 6.0' in figures
