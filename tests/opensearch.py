"""A real OpenSearch cluster of three nodes: for the tests that need one, and as `python -m tests.opensearch [command…]`.

The server comes from Maven Central as a zip (its smallest distribution), is unpacked once into a cache, and runs on this
machine only, with small heaps, as a user without rights, and goes with the command, which finds it in SEARCH_URL. Without a
command it runs until Ctrl+C. Needs Java 11 to 21 and, the first time, mvn.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

VERSION = "2.19.3"  # the 3 line needs Java 21, which Debian 12 does not have
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
CACHE = Path(os.environ.get("FUMIKURA_CACHE") or Path(tempfile.gettempdir()) / "fumikura-cache")
FIRST_PORT = int(os.environ.get("OPENSEARCH_PORT", "9250"))
HEAP = os.environ.get("OPENSEARCH_HEAP", "384m")
NOBODY = 65534
PATIENCE = 150.0  # seconds until three nodes have found one another, on a busy machine


def why_not() -> str:
    """Why no cluster can be started here; empty when it can."""
    if not shutil.which("java"):
        return "no Java (apt install openjdk-17-jre-headless)"
    if not (CACHE / f"opensearch-{VERSION}").exists() and not shutil.which("mvn"):
        return "no mvn to fetch OpenSearch with (apt install maven)"
    return ""


def distribution() -> Path:
    """The unpacked server, fetched and unpacked when it is not there yet."""
    home = CACHE / f"opensearch-{VERSION}"
    if home.exists():
        return home
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        copy = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
        subprocess.run(copy, check=True, stdout=sys.stderr, timeout=300)
        with zipfile.ZipFile(next(Path(folder).glob("*.zip"))) as archive:
            archive.extractall(Path(folder) / "unpacked")
        unpacked = next((Path(folder) / "unpacked").iterdir())
        for path in [CACHE, unpacked, *unpacked.rglob("*")]:
            path.chmod(0o755)
        unpacked.rename(home)
    return home


@dataclass
class Node:
    number: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{FIRST_PORT + self.number}"

    def start(self, home: Path, names: list[str]) -> None:
        config = self.folder / "config"
        config.mkdir(parents=True, exist_ok=True)
        shutil.copy(home / "config" / "log4j2.properties", config)
        (config / "opensearch.yml").write_text(self._settings(names))
        if os.geteuid() == 0:
            for path in [self.folder, config, *config.iterdir()]:
                os.chown(path, NOBODY, NOBODY)
        # It refuses to run as root.
        lower = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        java = [
            "java", f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", "-Djava.security.manager=allow",
            "-Dlog4j2.formatMsgNoLookups=true", f"-Djava.io.tmpdir={self.folder}", f"-Dopensearch.path.home={home}",
            f"-Dopensearch.path.conf={config}", "-Dopensearch.distribution.type=tar", "-Dopensearch.bundled_jdk=false",
            "-cp", f"{home}/lib/*", "org.opensearch.bootstrap.OpenSearch",
        ]  # fmt: skip
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen([*lower, *java], stdout=output, stderr=output, cwd=self.folder)

    def kill(self) -> None:
        """kill -9."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def _settings(self, names: list[str]) -> str:
        seeds = ", ".join(f"127.0.0.1:{FIRST_PORT + 10 + number}" for number in range(len(names)))
        return f"""
cluster.name: fumikura-tests-{FIRST_PORT}
node.name: {names[self.number]}
path.data: {self.folder}/data
path.logs: {self.folder}/logs
network.host: 127.0.0.1
http.port: {FIRST_PORT + self.number}
transport.port: {FIRST_PORT + 10 + self.number}
discovery.seed_hosts: [{seeds}]
cluster.initial_cluster_manager_nodes: [{", ".join(names)}]
cluster.fault_detection.leader_check.interval: 500ms
cluster.fault_detection.follower_check.interval: 500ms
cluster.routing.allocation.disk.threshold_enabled: false
action.destructive_requires_name: true
indices.query.bool.max_clause_count: 4096
"""


@dataclass
class Cluster:
    home: Path
    nodes: list[Node] = field(default_factory=list)

    @property
    def url(self) -> str:
        """As SEARCH_URL has it."""
        return ",".join(node.url for node in self.nodes)

    def start(self, number: int) -> None:
        self.nodes[number].start(self.home, [f"node-{one.number}" for one in self.nodes])

    def wait(self, alive: int, *, status: str = "yellow") -> None:
        """Until so many nodes have found one another and all indexes can be written."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for node in self.nodes:
                health = _answer(f"{node.url}/_cluster/health")
                if health.get("number_of_nodes") == alive and health["status"] in {status, "green"}:
                    return
                if node.process and node.process.poll() not in (None, -9):
                    raise RuntimeError((node.folder / "output.txt").read_text()[-3000:])
            time.sleep(0.3)
        raise TimeoutError((self.nodes[0].folder / "output.txt").read_text()[-3000:])

    def stop(self, *, patiently: bool = False) -> None:
        """`patiently`: what they have written is wanted again."""
        running = [node.process for node in self.nodes if node.process and node.process.poll() is None]
        for process in running:
            (process.terminate if patiently else process.kill)()
        for process in running:
            process.wait()


def _answer(url: str) -> dict[str, object]:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            found: dict[str, object] = json.load(answer)
            return found
    except (OSError, ValueError):
        return {}


def _port_is_free() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", FIRST_PORT)) != 0


@contextmanager
def cluster(nodes: int = 3) -> Iterator[Cluster]:
    """A running, empty cluster; everything it wrote is gone afterwards."""
    place = tempfile.TemporaryDirectory(prefix="fumikura-opensearch-", ignore_cleanup_errors=True)
    with place as folder, cluster_in(Path(folder), nodes, kept=False) as made:
        yield made


@contextmanager
def cluster_in(folder: Path, nodes: int, *, kept: bool = True) -> Iterator[Cluster]:
    """A running cluster with what it wrote there before; with as many nodes as then. `kept`: it will be wanted again."""
    if not _port_is_free():
        raise RuntimeError(f"port {FIRST_PORT} is taken; choose another with OPENSEARCH_PORT")
    folder.chmod(0o755)
    made = Cluster(distribution(), [Node(number, folder / f"node-{number}") for number in range(nodes)])
    for node in made.nodes:
        node.folder.mkdir(exist_ok=True)
    try:
        for number in range(nodes):
            made.start(number)
        made.wait(nodes)
        yield made
    finally:
        made.stop(patiently=kept)


def _wanted() -> bool:
    return bool(os.environ.get("FUMIKURA_TEST_OPENSEARCH"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("opensearch")]
    reason = why_not() if _wanted() else "bin/test asks for it with FUMIKURA_TEST_OPENSEARCH=1 (three Java processes)"
    if wanting and _wanted() and reason:
        sys.stderr.write(f"\n!! OpenSearch tests are SKIPPED: {reason}\n\n")
    for item in wanting:
        # One test process has the cluster.
        item.add_marker(pytest.mark.xdist_group("opensearch"))
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def search_cluster() -> Iterator[Cluster]:
    """Three nodes, all alive; who kills one starts it again."""
    with cluster() as running:
        yield running


def main(command: list[str]) -> int:
    with cluster() as running:
        if command:
            return subprocess.run(command, check=False, env={**os.environ, "SEARCH_URL": running.url}).returncode
        sys.stdout.write(f"SEARCH_URL={running.url}\n")
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    if reason := why_not():
        sys.exit(f"OpenSearch cannot be started: {reason}")
    sys.exit(main(sys.argv[1:]))
